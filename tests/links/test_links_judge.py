"""When a page that answers is not the page that was cited."""

from __future__ import annotations

import pytest

from bot.knowledge.types import Point, Source
from bot.links.judge import is_start_page, judge_page, new_address
from bot.links.types import Fetched, Redirect

SOURCE = Source("weights", "Parcel weights", "https://docs.example/en/weights", "2026-05-01")
POINT = Point("limit", "At most 31.5 kg.", "weights", "2026-05-01", ("31.5",))
UNPINNED = Point("limit", "At most 31.5 kg.", "weights", "2026-05-01")
TEXT = "Every value on this page holds for all plans and all countries that are served. " * 20


def judged(title: str, body: str, point: Point = POINT, source: Source = SOURCE) -> str:
    page = f"<html><title>{title}</title><body>{body}</body></html>"
    return judge_page(source, [point], Fetched(source.url, source.url, 200, (), "text/html", page)).status


@pytest.mark.parametrize(
    ("title", "body", "status"),
    [
        ("Weights", TEXT + "31.5 kg", "ok"),
        ("Weights", TEXT, "ok"),
        ("404", TEXT, "soft-404"),
        ("Page Not Found | Parcelo", TEXT, "soft-404"),
        ("Parcelo", f"<h1>This page doesn’t exist</h1>{TEXT}", "soft-404"),
        ("Parcelo", f"<h2>Article was removed</h2>{TEXT}", "soft-404"),
        ("Parcelo", "Sorry, we can't find that page.", "soft-404"),
        ("Parcelo", TEXT + "The API answers 404, not found, to an unknown label.", "ok"),
        ("Errors: label not found", TEXT + "31.5 kg", "ok"),
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(title: str, body: str, status: str) -> None:
    assert judged(title, body) == status


def test_a_source_about_not_found_errors_is_not_taken_for_one() -> None:
    about = Source("e404", "404 Not Found", "https://docs.example/404", "2026-05-01")
    assert judged("404 Not Found - Parcelo", TEXT, UNPINNED, about) == "ok"


def test_a_point_without_keys_is_current_while_its_page_is_there() -> None:
    fetched = Fetched(SOURCE.url, SOURCE.url, 200, (), "text/html", TEXT)
    assert judge_page(SOURCE, [UNPINNED], fetched).points[0].state == "current"


def redirected(asked: str, *hops: tuple[int, str]) -> Fetched:
    return Fetched(asked, hops[-1][1] if hops else asked, 200, tuple(Redirect(status, url) for status, url in hops))


@pytest.mark.parametrize(
    ("asked", "landed", "start"),
    [
        ("https://a.example/docs/x", "https://a.example/", True),
        ("https://a.example/docs/x", "https://a.example", True),
        ("https://a.example/docs/x", "https://www.b.example/", True),
        ("https://a.example/docs/x", "https://a.example/en-us/", True),
        ("https://a.example/docs/guides/x", "https://a.example/docs", True),
        ("https://a.example/docs/x", "https://a.example/docs/y", False),
        ("https://a.example/docs/x", "https://a.example/docs/x/", False),
        ("https://a.example/docsx", "https://a.example/docs", False),
        ("https://a.example/", "https://b.example/", False),
    ],
)
def test_a_start_page_is_told_from_a_new_address(asked: str, landed: str, start: bool) -> None:
    assert is_start_page(redirected(asked, (301, landed))) is start


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [
        ([], ""),
        ([(301, "https://b.example/x")], "https://b.example/x"),
        ([(308, "https://b.example/x"), (301, "https://c.example/x")], "https://c.example/x"),
        ([(302, "https://b.example/x"), (301, "https://c.example/x")], ""),
        ([(307, "https://b.example/x")], ""),
        ([(301, "https://a.example/x/")], ""),
        ([(301, "http://a.example/x")], ""),
    ],
)
def test_only_permanent_redirects_give_a_new_address(hops: list[tuple[int, str]], moved_to: str) -> None:
    assert new_address(redirected("https://a.example/x", *hops)) == moved_to
