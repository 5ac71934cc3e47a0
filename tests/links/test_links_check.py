"""Every condition of a cited page, on a real server: what is reported of the page and of the points that cite it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from local_web import LocalWeb, serve_locally

from bot.knowledge.types import Point, Snapshot, Source
from bot.links.check import check_pages
from bot.links.fetch import Limits
from bot.links.types import PageCheck, PointState

FAST = Limits(pause_s=0.0, timeout_s=2.0, max_bytes=200_000, allow_private=True)


@pytest.fixture
def local_web() -> Iterator[LocalWeb]:
    with serve_locally() as served:
        yield served


def citing(snapshot: Snapshot, *urls: str, keys: tuple[str, ...] = ("31.5 kg",)) -> Snapshot:
    """The tiny corpus with one source and one point for each address."""
    sources = {f"s{n}": Source(f"s{n}", "Parcel weights", url, "2026-05-01") for n, url in enumerate(urls)}
    points = {f"p{n}": Point(f"p{n}", "One parcel may weigh 31.5 kg.", f"s{n}", "2026-05-01", keys) for n in range(len(urls))}
    return replace(snapshot, sources=sources, points=points)


def check(snapshot: Snapshot, limits: Limits = FAST) -> tuple[PageCheck, ...]:
    return asyncio.run(check_pages(snapshot, limits, lambda done, total, page: None))


@pytest.mark.parametrize(
    ("path", "status", "http_status", "state", "detail"),
    [
        ("/ok", "ok", 200, "current", ""),
        ("/notes.md", "ok", 200, "current", ""),
        ("/ok#limits", "ok", 200, "current", ""),
        ("/ok/", "ok", 200, "current", ""),
        ("/elsewhere-for-now", "ok", 200, "current", ""),
        ("/busy", "ok", 200, "current", ""),
        ("/changed", "ok", 200, "stale", ""),
        ("/moved", "moved", 200, "current", "permanently redirected to {base}/ok"),
        ("/moved-twice", "moved", 200, "current", "permanently redirected to {base}/ok"),
        ("/first-for-good", "moved", 200, "current", "permanently redirected to {base}/elsewhere-for-now"),
        ("/gone", "gone", 410, "stale", "HTTP 410"),
        ("/missing", "gone", 404, "stale", "HTTP 404"),
        ("/to-gone", "gone", 410, "stale", "HTTP 410"),
        ("/soft", "soft-404", 200, "stale", 'answers 200 and says "not found"'),
        ("/to-home", "soft-404", 200, "stale", "redirected to the start page {base}/"),
        ("/section/page", "soft-404", 200, "stale", "redirected to the start page {base}/section"),
        ("/error", "unreachable", 500, "unknown", "HTTP 500"),
        ("/forbidden", "unreachable", 403, "unknown", "HTTP 403"),
        ("/always-busy", "unreachable", 503, "unknown", "HTTP 503"),
        ("/slow", "unreachable", None, "unknown", "no answer within 2 s"),
        ("/broken", "unreachable", None, "unknown", "ServerDisconnectedError: Server disconnected"),
        ("/loop", "unreachable", None, "unknown", "redirects without end (2 so far)"),
        ("/to-file", "unreachable", None, "unknown", "refused: not a web address: file"),
        ("/shell", "ok", 200, "unknown", ""),
        ("/large", "ok", 200, "unknown", ""),
        ("/manual.pdf", "ok", 200, "unknown", ""),
    ],
)
def test_each_condition_is_told_apart(
    snapshot: Snapshot, local_web: LocalWeb, path: str, status: str, http_status: int | None, state: str, detail: str
) -> None:
    (page,) = check(citing(snapshot, local_web.base + path))
    assert (page.status, page.http_status, page.points[0].state) == (status, http_status, state)
    assert page.detail == detail.format(base=local_web.base)


def test_redirects_are_reported_hop_by_hop(snapshot: Snapshot, local_web: LocalWeb) -> None:
    (page,) = check(citing(snapshot, local_web.base + "/first-for-good"))
    assert [(hop.status, hop.url.removeprefix(local_web.base)) for hop in page.redirects] == [
        (301, "/elsewhere-for-now"),
        (302, "/ok"),
    ]
    assert page.moved_to == local_web.base + "/elsewhere-for-now"


def test_a_missing_key_is_named(snapshot: Snapshot, local_web: LocalWeb) -> None:
    (page,) = check(citing(snapshot, local_web.base + "/ok", keys=("31.5", "weigh 12 kg")))
    assert page.points[0].missing == ("weigh 12 kg",)


def test_a_server_that_refuses_connections_is_unreachable(snapshot: Snapshot) -> None:
    (page,) = check(citing(snapshot, "http://127.0.0.1:9/closed"))
    assert (page.status, page.points[0].state) == ("unreachable", PointState.UNKNOWN)
    assert "ConnectionRefusedError" in page.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_private_network_is_never_asked_unless_that_is_allowed(snapshot: Snapshot, local_web: LocalWeb, host: str) -> None:
    url = local_web.base.replace("127.0.0.1", host) + "/ok"
    (page,) = check(citing(snapshot, url), replace(FAST, allow_private=False))
    assert page.status == "unreachable"
    assert "private network" in page.detail
    assert local_web.asked == []


def test_pages_keep_the_order_of_the_corpus_and_progress_counts_them(snapshot: Snapshot, local_web: LocalWeb) -> None:
    corpus = citing(snapshot, *(local_web.base + path for path in ("/slow", "/gone", "/ok")))
    seen: list[tuple[int, int, str]] = []
    limits = replace(FAST, timeout_s=0.5)
    pages = asyncio.run(check_pages(corpus, limits, lambda done, total, page: seen.append((done, total, page.source))))
    assert [page.source for page in pages] == ["s0", "s1", "s2"]
    assert [(done, total) for done, total, _ in seen] == [(1, 3), (2, 3), (3, 3)]
    assert {source for _, _, source in seen} == {"s0", "s1", "s2"}


def test_one_page_cited_in_parts_is_fetched_once(snapshot: Snapshot, local_web: LocalWeb) -> None:
    pages = check(citing(snapshot, *(local_web.base + path for path in ("/ok#a", "/ok#b", "/ok"))))
    assert [page.status for page in pages] == ["ok"] * 3
    assert local_web.asked == ["/ok"]


def test_a_host_is_asked_one_thing_at_a_time(snapshot: Snapshot, local_web: LocalWeb) -> None:
    check(citing(snapshot, *(f"{local_web.base}/ok?{n}" for n in range(12))))
    assert (len(local_web.asked), local_web.peak) == (12, 1)


def test_a_corpus_without_sources_has_nothing_to_check(snapshot: Snapshot) -> None:
    assert check(replace(snapshot, sources={}, points={})) == ()
