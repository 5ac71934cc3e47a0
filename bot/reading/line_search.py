"""Searches many lines for many patterns; lines are looked at one by one only where something is found in several together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.patterns import PatternSet

TOGETHER = (64, 8)
"""Lines searched at once, then those of a part in which something was found: in most logs, most lines bear no pattern."""


class LineSearch:
    """RE2 patterns that are searched in lines, each on its own: `^` and `$` mean the ends of a line."""

    def __init__(self, patterns: Sequence[str], *, ignore_case: bool = True) -> None:
        self._each = PatternSet(patterns, ignore_case=ignore_case)
        # What is found in a line is found in lines put together as well, when `^` and `$` also mean the ends of their lines.
        together = [] if any("\\A" in pattern or "\\z" in pattern for pattern in patterns) else patterns
        self._together = PatternSet([f"(?m){pattern}" for pattern in together], ignore_case=ignore_case)
        self._sizes = TOGETHER if together else ()

    def find(self, lines: Sequence[str]) -> Iterator[tuple[int, list[int]]]:
        """The index of each line in which patterns are found, and theirs, both ascending."""
        return self._find(lines, 0, len(lines), self._sizes)

    def _find(self, lines: Sequence[str], first: int, last: int, sizes: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        if not sizes:
            for index in range(first, last):
                if lines[index] and (found := self._each.matches(lines[index])):
                    yield index, found
            return
        for start in range(first, last, sizes[0]):
            stop = min(start + sizes[0], last)
            if self._together.bears("\n".join(lines[start:stop])):
                yield from self._find(lines, start, stop, sizes[1:])
