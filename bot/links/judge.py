"""From what a server answered to a verdict on the page and on each point that cites it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.knowledge.types import Point, Source
from bot.links.keys import normalise, occurs
from bot.links.page_text import PageText, read_page
from bot.links.types import Fetched, PageCheck, PageStatus, PointCheck, PointState

PERMANENT = frozenset({301, 308})
GONE = frozenset({404, 410})
NOT_FOUND = re.compile(
    r"\b(?:404|not found|(?:page|document|article) (?:is |was )?(?:missing|gone|unavailable)"
    r"|(?:page|document|article) (?:does not|doesn't|no longer) exists?|(?:can ?not|can't|could not|couldn't) (?:be found|find)"
    r"|(?:page|document|article) (?:has been|was) (?:removed|deleted))\b"
)
"""How pages say that they are not there, in normalised text."""
LOCALE = re.compile(r"^/[a-z]{2}(?:-[a-z]{2})?$", re.IGNORECASE)
SHORT = 1200
"""Characters of visible text up to which a text that says "not found" says nothing else."""
READABLE = 200
"""Characters below which a page is taken for a shell that only scripts fill."""


def judge_page(source: Source, points: Iterable[Point], fetched: Fetched) -> PageCheck:
    """The verdict on one source: a point is stale when its page is gone or lacks one of its keys, unknown when unread."""
    cited = tuple(points)
    moved_to = ""
    status, detail, checks = _without_text(cited, fetched)
    if status is None:
        page = read_page(fetched.body, fetched.content_type)
        checks = _look_for_keys(cited, page, fetched)
        pinned = any(point.keys and not check.missing for point, check in zip(cited, checks, strict=True))
        status, detail = _as_cited(source, page, fetched, pinned=pinned)
        if status is PageStatus.SOFT_404:
            checks = _all(cited, PointState.STALE)
        elif moved_to := new_address(fetched):
            status, detail = PageStatus.MOVED, f"permanently redirected to {moved_to}"
    return PageCheck(source.id, source.url, status, fetched.status, fetched.redirects, moved_to, detail, checks)


def new_address(fetched: Fetched) -> str:
    """Where the page moved for good: the end of the permanent redirects it began with; empty when that is the same page."""
    target = fetched.url
    for hop in fetched.redirects:
        if hop.status not in PERMANENT:
            break
        target = hop.url
    return "" if _place(target) == _place(fetched.url) else target


def is_start_page(fetched: Fetched) -> bool:
    """Whether the redirects led from a page to the home page or to the start page of a section that it was in."""
    (_, asked), (_, landed) = _place(fetched.url), _place(fetched.final)
    if not fetched.redirects or not asked or asked == landed:
        return False
    home = not landed or (bool(LOCALE.match(landed)) and asked.count("/") > 1)
    return home or asked.startswith(f"{landed}/")


def _without_text(points: Iterable[Point], fetched: Fetched) -> tuple[PageStatus | None, str, tuple[PointCheck, ...]]:
    """What the answer alone says of the page; None when its text decides."""
    if fetched.status is None:
        return PageStatus.UNREACHABLE, fetched.error, _all(points, PointState.UNKNOWN)
    if fetched.status in GONE:
        return PageStatus.GONE, f"HTTP {fetched.status}", _all(points, PointState.STALE)
    if not 200 <= fetched.status < 300:
        return PageStatus.UNREACHABLE, f"HTTP {fetched.status}", _all(points, PointState.UNKNOWN)
    return None, "", ()


def _look_for_keys(points: Iterable[Point], page: PageText, fetched: Fetched) -> tuple[PointCheck, ...]:
    text = normalise(page.everything)
    readable = fetched.complete and len(text) >= READABLE
    checks = []
    for point in points:
        missing = tuple(key for key in point.keys if not occurs(normalise(key), text))
        state = PointState.CURRENT if not missing else PointState.STALE if readable else PointState.UNKNOWN
        checks.append(PointCheck(point.id, state, missing))
    return tuple(checks)


def _as_cited(source: Source, page: PageText, fetched: Fetched, *, pinned: bool) -> tuple[PageStatus, str]:
    """Whether a page that answered is the one that was cited; `pinned`: it holds all keys of at least one point."""
    if is_start_page(fetched):
        return PageStatus.SOFT_404, f"redirected to the start page {fetched.final}"
    # Pages about errors speak of "not found" as well: not one that holds what a claim is pinned to, or is cited by such a title.
    if pinned or NOT_FOUND.search(normalise(source.title)):
        return PageStatus.OK, ""
    visible = normalise(page.visible)
    said = [page.title, *page.headings, *([visible] if len(visible) <= SHORT else [])]
    found = next((match for text in said if (match := NOT_FOUND.search(normalise(text)))), None)
    return (PageStatus.SOFT_404, f'answers 200 and says "{found.group()}"') if found else (PageStatus.OK, "")


def _all(points: Iterable[Point], state: PointState) -> tuple[PointCheck, ...]:
    return tuple(PointCheck(point.id, state) for point in points)


def _place(url: str) -> tuple[str, str]:
    """Host, and path without a slash at its end: what tells pages apart, leaving the query to the server."""
    parts = urlsplit(url)
    return (parts.hostname or ""), parts.path.rstrip("/")
