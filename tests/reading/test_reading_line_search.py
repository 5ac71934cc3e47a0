"""Searching many lines together finds what searching each alone finds."""

from __future__ import annotations

import random

import pytest

from bot.patterns import PatternSet
from bot.reading.line_search import LineSearch

PATTERNS = (r"^start", r"end$", r"\bword\b", r"a[^b]c", r"^$|only", r"(?i)loud", r"x\s*$")


def _alone(patterns: tuple[str, ...], lines: list[str], *, ignore_case: bool) -> list[tuple[int, list[int]]]:
    each = PatternSet(patterns, ignore_case=ignore_case)
    return [(index, found) for index, line in enumerate(lines) if line and (found := each.matches(line))]


@pytest.mark.parametrize("ignore_case", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 1.0])
def test_finds_in_many_lines_what_it_finds_in_each(share: float, ignore_case: bool) -> None:
    chance = random.Random(share)
    telling = ["start here", "at the END", "a word", "words", "a\u00e9c", "only this", "LOUD", "x  ", "no start", "end. ", "ab c"]
    lines = [chance.choice(telling) if chance.random() < share else chance.choice(["", "plain", "a", "b"]) for _ in range(700)]
    search = LineSearch(PATTERNS, ignore_case=ignore_case)
    assert list(search.find(lines)) == _alone(PATTERNS, lines, ignore_case=ignore_case)


@pytest.mark.parametrize("pattern", [r"\Astart", r"end\z", r"^start$"])
def test_ends_of_a_text_are_ends_of_each_line(pattern: str) -> None:
    lines = ["middle", "start", "end", "middle"] * 40
    assert list(LineSearch([pattern]).find(lines)) == _alone((pattern,), lines, ignore_case=True)


def test_a_pattern_does_not_reach_over_two_lines() -> None:
    assert list(LineSearch([r"a\s+b", r"a[^x]b"]).find(["a", "b"] * 50)) == []


def test_no_patterns_and_no_lines_find_nothing() -> None:
    assert list(LineSearch([]).find(["text"] * 3)) == []
    assert list(LineSearch(["text"]).find([])) == []
