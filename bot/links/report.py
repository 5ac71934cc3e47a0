"""What a check found, for people and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.links.types import PageCheck, PageStatus, PointState


@dataclass(frozen=True, slots=True)
class LinkReport:
    """One run: the version of the corpus, when it began (ISO 8601, UTC), and the verdict on each page."""

    corpus: str
    checked: str
    pages: tuple[PageCheck, ...]

    def points(self, state: PointState) -> list[str]:
        """The ids of the points in a state, in the order of the pages."""
        return [point.id for page in self.pages for point in page.points if point.state is state]

    @property
    def failed(self) -> bool:
        """Whether somebody has to act: points are stale, or there are pages and none of them could be reached."""
        reached = any(page.status is not PageStatus.UNREACHABLE for page in self.pages)
        return bool(self.points(PointState.STALE)) or (bool(self.pages) and not reached)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "corpus": self.corpus,
            "checked": self.checked,
            "counts": {
                "pages": _counts(self.pages),
                "points": {state.value: len(self.points(state)) for state in PointState},
            },
            "stale": self.points(PointState.STALE),
            "pages": [asdict(page) for page in self.pages],
        }


def render(report: LinkReport) -> str:
    """What somebody has to look at, page by page, and the counts."""
    lines = []
    for page in report.pages:
        changed = [point for point in page.points if point.state is PointState.STALE and point.missing]
        if page.status is PageStatus.OK and not changed:
            continue
        lines.append(f"{page.status.value}: {page.source} {page.url}" + (f" ({page.detail})" if page.detail else ""))
        lines += [f"  {point.id}: no longer there: {', '.join(map(repr, point.missing))}" for point in changed]
        if page.status in (PageStatus.GONE, PageStatus.SOFT_404):
            lines += [f"  {point.id}: its page is not there" for point in page.points]
    pages = ", ".join(f"{n} {status}" for status, n in _counts(report.pages).items() if n)
    points = ", ".join(f"{len(report.points(state))} {state.value}" for state in PointState)
    return "\n".join([*lines, f"{len(report.pages)} pages: {pages or 'none'}", f"points: {points}"])


def progress_line(done: int, total: int, page: PageCheck) -> str:
    """One line for a page that is done."""
    stale = sum(point.state is PointState.STALE for point in page.points)
    return f"[{done:{len(str(total))}}/{total}] {page.status.value:<11} {page.url}" + (f" ({stale} stale)" if stale else "")


def write_report(report: LinkReport, path: Path) -> None:
    """Write the report as one JSON object; raises InputError when the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _counts(pages: Iterable[PageCheck]) -> dict[str, int]:
    counted = Counter(page.status for page in pages)
    return {status.value: counted[status] for status in PageStatus}
