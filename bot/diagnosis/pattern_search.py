"""Which of very many patterns are found in which texts, for a cost that hardly grows with the number of patterns.

A pattern can only be found where the words it cannot do without stand. The texts are first searched, joined, for those words,
and only the few patterns that are left over are searched for one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import re2

from bot.diagnosis.literals import GramIndex, required
from bot.patterns import PatternError, clean, compile_pattern

SHARD = 1_000
"""Patterns that RE2 filters by itself, which is fastest for so many; a filter has 8 MB, and twice as many leave most free."""
SENTINEL = "\x00a text that no paste holds\x00"
"""Added to what is searched: a filter that does not find it has run out of memory, and nothing it says counts."""
# With one of these it matters where a text begins or ends. A class that begins with ^ has none.
_ANCHOR = re.compile(r"\$|(?<!\[)\^|\\[AzZ]|\(\?[a-zA-Z-]*m")


class PatternSearch:
    """Patterns without regard to case; immutable, safe to share between threads. Raises PatternError for one that is not RE2."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._anchored = frozenset(number for number, pattern in enumerate(patterns) if _ANCHOR.search(pattern))
        words = [(number, required(pattern)) for number, pattern in enumerate(patterns)] if len(patterns) > SHARD else []
        self._words = GramIndex((number, found) for number, found in words if found)
        listed = {number for number, found in words if found}
        rest = [(number, pattern) for number, pattern in enumerate(patterns) if number not in listed]
        self._shards = [
            shard
            for anchored in (True, False)
            for shard in _cut([pair for pair in rest if (pair[0] in self._anchored) is anchored], anchored=anchored)
        ]
        filtered = {number: shard.filter.re(place) for shard in self._shards for place, number in enumerate(shard.numbers)}
        self.patterns: list[Any] = [filtered.get(n) or compile_pattern(pattern) for n, pattern in enumerate(patterns)]

    def find(self, texts: Sequence[str], keys: Sequence[int], limit: int) -> list[tuple[int, int]]:
        """Pairs of a text and a pattern found in it (their places), ascending; of each pattern, texts of the first `limit` keys.

        Texts with the same key count as one: they stand on the same line.
        """
        if not self.patterns or not texts:
            return []
        encoded = [clean(text).encode() for text in texts]
        joined = b"\n".join(encoded)
        starts = list(accumulate((len(text) + 1 for text in encoded), initial=0))
        candidates = [number for shard in self._shards for number in shard.candidates(joined)]
        if len(self.patterns) > SHARD:
            candidates += self._words.candidates("\n".join(texts))
        found: list[tuple[int, int]] = []
        for number in candidates:
            seen: set[int] = set()
            for place in self._places(number, encoded, joined, starts):
                seen.add(keys[place])
                if len(seen) > limit:
                    break
                found.append((place, number))
        return sorted(found)

    def _places(self, number: int, encoded: Sequence[bytes], joined: bytes, starts: Sequence[int]) -> Iterator[int]:
        """Places of the texts that a pattern is found in."""
        pattern = self.patterns[number]
        if number in self._anchored:
            yield from (place for place, text in enumerate(encoded) if pattern.search(text))
            return
        # What is found in a text is found in the joined ones: there, or in a stretch over the border before it.
        at = 0
        while at < len(joined) and (match := pattern.search(joined, at)) is not None:
            start, end = match.span()
            place = bisect_right(starts, start) - 1
            at = starts[place + 1]
            if end < at or pattern.search(encoded[place]):
                yield place


class _Shard:
    """Some of the patterns, by number, in one filter."""

    def __init__(self, patterns: Sequence[tuple[int, str]], *, anchored: bool) -> None:
        self.numbers = [number for number, _ in patterns]
        self.filter = re2.Filter()
        self._anchored = anchored
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        for pattern in (*(pattern for _, pattern in patterns), re2.escape(SENTINEL)):
            try:
                self.filter.Add(pattern, options)
            except re2.error as error:
                raise PatternError(str(error)) from None
        self.filter.Compile()

    def candidates(self, text: bytes) -> list[int]:
        """Numbers of the patterns that are found in the joined texts; of anchored ones, those whose words stand there."""
        found = self.filter.Match(text + b"\n" + SENTINEL.encode(), potential=self._anchored)
        if found is None or len(self.numbers) not in found:
            return self.numbers
        return [self.numbers[place] for place in found if place < len(self.numbers)]


def _cut(patterns: Sequence[tuple[int, str]], *, anchored: bool) -> Iterator[_Shard]:
    """The patterns in as few filters as hold them."""
    for at in range(0, len(patterns), SHARD):
        yield from _filled(patterns[at : at + SHARD], anchored=anchored)


def _filled(patterns: Sequence[tuple[int, str]], *, anchored: bool) -> list[_Shard]:
    """The patterns in one filter, or where RE2 finds them too many for one, in several; raises PatternError."""
    try:
        return [_Shard(patterns, anchored=anchored)]
    except re2.error:
        if len(patterns) == 1:
            raise PatternError(f"the pattern is too large: {patterns[0][1][:60]}") from None
        half = len(patterns) // 2
        return [*_filled(patterns[:half], anchored=anchored), *_filled(patterns[half:], anchored=anchored)]
