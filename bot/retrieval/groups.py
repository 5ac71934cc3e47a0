"""The documents of each item side by side, so that the best score of every item is one pass over the rows of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = slice | npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """The items of some kinds, numbered from 0 in the order of the corpus.

    rows: the documents of the first item, then those of the second, and so on: a slice where they stand so already, which costs
    no copy. numbers: the same as an array (n,). starts: where each item begins among them (items,). kinds: those of the group
    that have documents. ids: the number of each item in the whole corpus (items,). id_of: that of each of its documents.
    """

    rows: Rows
    numbers: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    kinds: tuple[str, ...]
    ids: npt.NDArray[np.intp]
    id_of: npt.NDArray[np.intp]

    def best(self, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The best score of each item, float32 (items,), of the scores of `rows` (n,)."""
        return np.maximum.reduceat(scores, self.starts)

    def row(self, item: int, scores: npt.NDArray[np.float32]) -> int:
        """The document of an item that has the best score, the first of equal ones."""
        start, end = self._range(item)
        return int(self.numbers[start + int(np.argmax(scores[start:end]))])

    def documents(self, item: int) -> npt.NDArray[np.intp]:
        """The documents of an item."""
        start, end = self._range(item)
        return self.numbers[start:end]

    def items(self, documents: Sequence[int]) -> list[int]:
        """The item that each of these documents of the group belongs to."""
        found: list[int] = np.searchsorted(self.ids, self.id_of[np.asarray(documents, dtype=np.intp)]).tolist()
        return found

    def _range(self, item: int) -> tuple[int, int]:
        start = int(self.starts[item])
        return start, int(self.starts[item + 1]) if item + 1 < len(self.starts) else len(self.numbers)


class Groups:
    """The documents of an index by kind; an item is a distinct (kind, id), and comes where its first document stands."""

    def __init__(self, items: Sequence[tuple[str, str]]) -> None:
        numbers: dict[tuple[str, str], int] = {}
        self._item = np.array([numbers.setdefault(item, len(numbers)) for item in items], dtype=np.intp)
        self._kind = np.array([kind for kind, _ in items], dtype=object)
        self._groups: dict[frozenset[str], Group] = {}

    def of(self, kinds: Iterable[str]) -> Group:
        """The group of some kinds. Grouped on first use; two threads that do so at once come to the same."""
        wanted = frozenset(kinds)
        group = self._groups.get(wanted)
        if group is None:
            group = self._groups[wanted] = self._group(wanted)
        return group

    def _group(self, kinds: frozenset[str]) -> Group:
        chosen = np.flatnonzero(np.isin(self._kind, list(kinds)))
        chosen = chosen[np.argsort(self._item[chosen], kind="stable")]
        starts = np.flatnonzero(np.diff(self._item[chosen], prepend=-1)) if len(chosen) else chosen
        joined = len(chosen) > 0 and bool((np.diff(chosen) == 1).all())
        rows: Rows = slice(int(chosen[0]), int(chosen[-1]) + 1) if joined else chosen
        return Group(rows, chosen, starts, tuple(sorted(set(self._kind[chosen]))), self._item[chosen[starts]], self._item)
