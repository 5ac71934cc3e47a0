"""Regular expressions on text that strangers paste: RE2 only, so that no pattern can take more than linear time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import re2

MAX_PATTERN_MEMORY = 256 << 20
"""Bytes a set of patterns may use; RE2's default (8 MB) refuses a few hundred patterns."""


class PatternError(ValueError):
    """A pattern is not valid RE2 syntax."""


def clean(text: str) -> str:
    """Text that can be encoded: RE2 raises on lone surrogates, so each becomes a question mark."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def compile_pattern(pattern: str, *, ignore_case: bool = True) -> re2._Regexp:
    """A compiled RE2 pattern; raises PatternError with RE2's reason when the syntax is wrong."""
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "invalid pattern"
        raise PatternError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def find_ranges(pattern: Any, text: str, encoded: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every match in a text, or of its first group that took part; `encoded` is the text in UTF-8.

    A search of bytes costs a third of the same search of a text: RE2's binding translates every offset of a text.
    """
    groups = range(1, pattern.groups + 1)
    ascii_only = len(encoded) == len(text)
    at = characters = 0
    for match in pattern.finditer(encoded):
        spans = (match.span(group) for group in groups)
        start, end = next((span for span in spans if span[0] >= 0), None) or match.span()
        if ascii_only:
            yield start, end
            continue
        characters += len(encoded[at:start].decode())
        size = len(encoded[start:end].decode())
        yield characters, characters + size
        characters, at = characters + size, end


@lru_cache(maxsize=64)
def pattern_set(patterns: tuple[str, ...]) -> PatternSet:
    """The compiled set of these patterns; compiled once, for it is asked for with every message."""
    return PatternSet(patterns)


class PatternSet:
    """Many patterns searched in one pass over a line."""

    def __init__(self, patterns: Sequence[str], *, ignore_case: bool = True) -> None:
        options = re2.Options()
        options.case_sensitive = not ignore_case
        options.log_errors = False
        options.max_mem = MAX_PATTERN_MEMORY
        self._set = re2.Set.SearchSet(options) if patterns else None
        if self._set is not None:
            for pattern in patterns:
                try:
                    self._set.Add(pattern)
                except re2.error as error:
                    raise PatternError(str(error)) from None
            self._set.Compile()

    def matches(self, line: str) -> list[int]:
        """Indices of the patterns found in the line, ascending."""
        if self._set is None:
            return []
        found = self._set.Match(line)
        return sorted(found) if found else []

    def bears(self, text: str) -> bool:
        """Whether any of the patterns is found in the text."""
        return self._set is not None and bool(self._set.Match(text))
