"""Which of very many patterns are found in which texts, for a cost that hardly grows with the number of patterns.

A pattern is found only where the words it cannot do without stand (RE2 works out which). The texts are searched, joined, for
those words at once, and only the few patterns that are left over are searched for one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import re2

from bot.patterns import PatternError, PatternSet, clean

SHARD = 4_000
"""Patterns of one filter: RE2 gives it 8 MB, and where that is too little for so many they are divided."""
SENTINEL = "\x00a text that no paste holds\x00"
"""Added to what is searched: a filter that does not find it has run out of memory, and nothing it says counts."""
BORDER = b"\xff"
"""Between joined texts: no character of any text or class, so that nothing is found across it, and no part of a word."""
# With one of these it matters where a text begins or ends. A class that begins with ^ has none.
_ANCHOR = re.compile(r"\$|(?<!\[)\^|\\[AzZC]|\(\?[a-zA-Z-]*m")


@lru_cache(maxsize=16)
def pattern_search(patterns: tuple[str, ...]) -> PatternSearch:
    """The compiled search for these patterns; the reload of a corpus asks again for those of the scopes that did not change."""
    return PatternSearch(patterns)


class PatternSearch:
    """Patterns without regard to case; immutable, safe to share between threads. Raises PatternError for one that is not RE2."""

    def __init__(self, patterns: Sequence[str]) -> None:
        numbered = list(enumerate(patterns))
        self._free = list(_filters([pair for pair in numbered if not _ANCHOR.search(pair[1])]))
        self._anchored = list(_filters([pair for pair in numbered if _ANCHOR.search(pair[1])]))
        self._lines = [PatternSet([patterns[number] for number in one.numbers]) for one in self._anchored]
        compiled = {n: one.filter.re(at) for one in (*self._free, *self._anchored) for at, n in enumerate(one.numbers)}
        self.patterns: list[Any] = [compiled[number] for number in range(len(patterns))]

    def find(self, texts: Sequence[str], keys: Sequence[int], limit: int) -> list[tuple[int, int]]:
        """Pairs of a text and a pattern found in it (their places), ascending; of each pattern, the first `limit` texts.

        Of neighbours with the same key (they stand on the same line) one is enough.
        """
        if not self.patterns or not texts:
            return []
        encoded = [clean(text).encode() for text in texts]
        joined = BORDER.join(encoded)
        starts = list(accumulate((len(text) + 1 for text in encoded), initial=0))
        found = [
            (place, number)
            for one in self._free
            for number in one.matches(joined)
            for place in self._places(number, joined, starts, keys, limit)
        ]
        for one, lines in zip(self._anchored, self._lines, strict=True):
            if one.may_match(joined):
                found += [(place, one.numbers[at]) for place, text in enumerate(texts) for at in lines.matches(clean(text))]
        return sorted(found)

    def _places(self, number: int, joined: bytes, starts: Sequence[int], keys: Sequence[int], limit: int) -> Iterator[int]:
        """Places of the first texts that a pattern is found in."""
        pattern, place = self.patterns[number], 0
        for _ in range(limit):
            match = pattern.search(joined, starts[place])
            if match is None:
                return
            place = bisect_right(starts, match.start()) - 1
            yield place
            key = keys[place]
            while place < len(keys) and keys[place] == key:
                place += 1
            if place == len(keys):
                return


class _Filter:
    """Some of the patterns, by number, in a filter of RE2's."""

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        self.numbers = [number for number, _ in patterns]
        self.filter = re2.Filter()
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        for pattern in (*(pattern for _, pattern in patterns), re2.escape(SENTINEL)):
            try:
                self.filter.Add(pattern, options)
            except re2.error as error:
                raise PatternError(str(error)) from None
        self.filter.Compile()

    def matches(self, text: bytes) -> list[int]:
        """Numbers of the patterns that are found in the text."""
        return self._ask(text, potential=False)

    def may_match(self, text: bytes) -> bool:
        """Whether the text has the words of any of the patterns."""
        return bool(self._ask(text, potential=True))

    def _ask(self, text: bytes, *, potential: bool) -> list[int]:
        found = self.filter.Match(text + BORDER + SENTINEL.encode(), potential=potential)
        if found is None or len(self.numbers) not in found:
            return self.numbers
        return [self.numbers[place] for place in found if place < len(self.numbers)]


def _filters(patterns: Sequence[tuple[int, str]]) -> Iterator[_Filter]:
    """The patterns in as few filters as hold them; raises PatternError."""
    for at in range(0, len(patterns), SHARD):
        yield from _fitting(patterns[at : at + SHARD])


def _fitting(patterns: Sequence[tuple[int, str]]) -> list[_Filter]:
    """The patterns in one filter, or where they are too large for one, in several; raises PatternError."""
    try:
        return [_Filter(patterns)]
    except re2.error:
        if len(patterns) == 1:
            raise PatternError(f"the pattern is too large: {patterns[0][1][:60]}") from None
        half = len(patterns) // 2
        return [*_fitting(patterns[:half]), *_fitting(patterns[half:])]
