"""The words a pattern cannot do without, so that it need not be searched for where none of them stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

GRAM = 4
"""Characters by which words are looked up; a pattern that has a shorter one only is looked for in every text."""
_REPEAT = re.compile(r"\{\d+(?:,\d*)?\}")
_OPTIONAL, _ENDING = frozenset("*?{"), frozenset("*?{+")
_PLAIN = frozenset(" _-'\"/:,;=<>@#%&!~`")


Words = tuple[str, ...]
"""Words that all stand in every text that one alternative of a pattern is found in, the longest first."""


def required(pattern: str) -> list[Words]:
    """The words of each alternative of a pattern, in lower case; nothing where an alternative has none of GRAM characters.

    Only what stands outside of groups and classes is looked at, so it is a safe choice rather than always the best one.
    """
    if "(?" in pattern.replace("(?:", "") or "\\Q" in pattern:
        return []  # flags and quotation change what the characters mean
    found = [tuple(sorted(_runs(part), key=len, reverse=True)) for part in _alternatives(pattern)]
    return found if all(words and len(words[0]) >= GRAM for words in found) else []


class GramIndex:
    """Patterns, by number, each alternative under the rarest few characters of its longest word."""

    def __init__(self, patterns: Iterable[tuple[int, Sequence[Words]]]) -> None:
        listed = [(number, words) for number, alternatives in patterns for words in alternatives]
        common = Counter(gram for _, words in listed for gram in _grams(words[0]))
        self._listed: dict[str, list[tuple[Words, int]]] = {}
        for number, words in listed:
            rarest = min(_grams(words[0]), key=lambda gram: (common[gram], gram))
            self._listed.setdefault(rarest, []).append((words, number))

    def candidates(self, text: str) -> set[int]:
        """Numbers of the patterns that have an alternative whose words all stand in the text.

        The time depends on the text, hardly on the number of patterns.
        """
        folded = text.casefold()  # as RE2 ignores case: of other alphabets, too, what means an ASCII letter
        here = self._listed.keys() & _grams(folded)
        return {number for gram in here for words, number in self._listed[gram] if all(word in folded for word in words)}


def _grams(text: str) -> set[str]:
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of the whole pattern, with a backslash for every group, class and escape."""
    kept: list[str] = []
    depth = at = 0
    while at < len(pattern):
        letter = pattern[at]
        part, size = letter, 1
        if letter == "\\":
            size = 2
        elif letter == "[":
            part, size = "\\", _class(pattern, at)
        elif letter == "{" and (repeat := _REPEAT.match(pattern, at)):
            size = len(repeat[0])
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            part = "\\"
        if depth == 0:
            kept.append(part)
        at += size
    return "".join(kept).split("|")


def _class(pattern: str, at: int) -> int:
    """Length of the class that begins at the bracket."""
    end = at + 1 + (pattern[at + 1 : at + 2] == "^")
    end += pattern[end : end + 1] == "]"
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1 - at


def _runs(alternative: str) -> list[str]:
    """Runs of plain characters; one that may be missing or repeated ends a run."""
    runs = [""]
    for at, letter in enumerate(alternative):
        follower = alternative[at + 1 : at + 2]
        plain = (letter.isascii() and letter.isalnum()) or letter in _PLAIN
        if plain and follower not in _OPTIONAL:
            runs[-1] += letter.lower()
        if not plain or follower in _ENDING:
            runs.append("")
    return [run for run in runs if run]
