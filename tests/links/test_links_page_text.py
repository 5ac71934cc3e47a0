"""The words of a page: what a reader sees and what its data holds, in linear time."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear

from bot.links.page_text import read_page


def words(body: str, content_type: str = "text/html") -> str:
    return " ".join(read_page(body, content_type).everything.split())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <b>par</b>cel</p><p>Two</p>", "One parcel Two"),
        ("<td>31.5</td><td>kg</td>", "31.5 kg"),
        ("a<br>b", "a b"),
        ("<code>x &lt; 3 &amp;&amp; y</code>", "x < 3 && y"),
        ("<style>p {}</style><script>var hidden = 1</script>shown", "shown"),
        ("<noscript>Enable it</noscript>shown<svg><title>icon</title>x</svg>", "shown"),
        ("<!-- a <p>comment</p> -->shown<!doctype html><?xml?>", "shown"),
        ('<meta name="Description" content="Weights &amp; sizes">', "Weights & sizes"),
        ('<script type="application/json">{"a": ["Weight</p>"], "b": {"c": "31.5 kg"}}</script>', "Weight 31.5 kg"),
        ('<script>self.__next_f.push([1,"4:[\\"31.5 kg\\"]"])</script>', '4:["31.5 kg"]'),
        ('<script type="application/json">{broken</script>shown', "shown"),
        ('<script type="application/json">' + "[" * 200_000 + "</script>shown", "shown"),
        ("<script>never closed <p>x</p>", ""),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("shown <p never closed", "shown <p never closed"),
        ("shown <!-- never closed", "shown <!-- never closed"),
        ("", ""),
    ],
)
def test_the_words_of_html(body: str, expected: str) -> None:
    assert words(body) == expected


def test_the_first_title_and_the_headings_are_named() -> None:
    page = read_page(
        "<title>Parcel &amp; post</title><h1>Weights <i>and</i>\n sizes</h1><h2>EU</h2><h3>x</h3><title>no</title>", "text/html"
    )
    assert (page.title, page.headings) == ("Parcel & post", ("Weights and sizes", "EU"))


@pytest.mark.parametrize("content_type", ["text/plain", "text/markdown", "application/json"])
def test_what_is_no_html_is_taken_as_it_stands(content_type: str) -> None:
    assert words("a <b>c</b> & d", content_type) == "a <b>c</b> & d"


def test_html_is_known_by_its_beginning_as_well() -> None:
    assert words("\n<!DOCTYPE html><p>a</p>", "text/plain") == "a"


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "</", "<a href='", "<script>", "<script></script", "<svg>", "&", "&#", "<meta a-", "<1>", "<title>"],
)
@pytest.mark.parametrize("end", ["", ">"])
def test_no_page_takes_long(piece: str, end: str) -> None:
    def read(size: int) -> object:
        return read_page("<html>" + piece * (size // len(piece)) + end, "text/html")

    assert not grows_faster_than_linear(read, 25_000, 400_000)
