"""A search for many patterns at once finds what each of them finds alone."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import pattern_search as module
from bot.diagnosis.pattern_search import PatternSearch, pattern_search
from bot.patterns import PatternError, PatternSet

PATTERNS = [
    "closed with code 1008",
    r"\bfail(?:s|ed)?\b|\bcannot\b",
    r"^at the start",
    r"to the end$",
    r"^whole$|both \$",
    r'"[^"]{3,}"',
    r"[^a-z]x[^a-z]",
    r"over\s+the border",
    r"(?:one|two) (?:or|and) three",
    r"\w+Error\b",
    r"",
    r"(?i)FLAG|(?-i)Case",
    r"a.{0,5}b",
    r"\Aonly\z",
]
TEXTS = [
    "Closed with code 1008",
    "it FAILED, cannot go on",
    "at the start, not to the end",
    "to the end",
    "whole",
    'says "abc\ndef" both $',
    "x",
    "over",
    "the border",
    "over \t the border",
    "two and three: ValueError",
    "",
    "flag case Case",
    "a12345b a123456b",
    "only",
    "ſtart K x é",
    "lone \udce9 surrogate closed with code 1008",
]


def alone(patterns: list[str], texts: list[str]) -> list[tuple[int, int]]:
    search = PatternSet(patterns)
    return [
        (place, number) for place, text in enumerate(texts) for number in search.matches(text.encode("utf-8", "replace").decode())
    ]


def test_each_pattern_is_found_where_it_is_found_alone() -> None:
    found = PatternSearch(PATTERNS).find(TEXTS, range(len(TEXTS)), len(TEXTS))
    assert found == alone(PATTERNS, TEXTS)


@given(st.lists(st.sampled_from(TEXTS) | st.text('aAbxX1 \n"$^.-', max_size=12), max_size=8))
def test_nothing_is_found_across_texts_and_nothing_is_missed(texts: list[str]) -> None:
    found = pattern_search(tuple(PATTERNS)).find(texts, range(len(texts)), len(texts) + 1)
    assert found == alone(PATTERNS, texts)


def test_of_each_pattern_the_first_texts_are_found_and_one_a_line() -> None:
    texts = ["an Error here", "another Error", "no", "Error", "Error", "Error"]
    found = PatternSearch([r"\bError\b"]).find(texts, [1, 1, 2, 3, 4, 5], 2)
    assert found == [(0, 0), (3, 0)]


@pytest.mark.parametrize(("patterns", "texts"), [([], ["x"]), (["x"], [])])
def test_of_nothing_nothing_is_found(patterns: list[str], texts: list[str]) -> None:
    assert PatternSearch(patterns).find(texts, range(len(texts)), 3) == []


def test_many_patterns_are_divided_and_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARD", 3)
    found = PatternSearch(PATTERNS).find(TEXTS, range(len(TEXTS)), len(TEXTS))
    assert found == alone(PATTERNS, TEXTS)


def test_more_patterns_than_a_filter_holds_are_divided_further() -> None:
    patterns = [f"(?:word{n}[a-z]+|other{n} {'x' * 40}|third{n * 7} [0-9]+ of {n})" for n in range(6_000)]
    search = PatternSearch(patterns)
    assert search.find(["said word5999abc", "other17 " + "x" * 40], [1, 2], 3) == [(0, 5999), (1, 17)]


def test_a_filter_that_ran_out_of_memory_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    search = PatternSearch(PATTERNS)

    class Exhausted:
        def Match(self, *_: object, **__: object) -> None:  # noqa: N802 - as RE2 names it
            return None

    for one in (*search._free, *search._anchored):
        one.filter = Exhausted()
    assert search.find(TEXTS, range(len(TEXTS)), len(TEXTS)) == alone(PATTERNS, TEXTS)


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(PatternError):
        PatternSearch(["(unclosed"])


def test_time_grows_with_the_texts_not_faster() -> None:
    search = PatternSearch(PATTERNS)

    def find(size: int) -> None:
        texts = ['over "', "at the start x"] * size
        search.find(texts, range(len(texts)), 3)

    assert not grows_faster_than_linear(find, 2_000, 32_000)
