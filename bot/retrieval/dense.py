"""Nearest neighbours by cosine: what a search by meaning promises, and the exact one in memory.

One pass over the rows is fast enough without a vector database below some 100,000 rows; bot.retrieval.postgres is for more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.retrieval.embedder import Vectors
from bot.retrieval.groups import Group
from bot.retrieval.ranking import top

Vector = npt.NDArray[np.float32]
"""Of unit length, float32 (dimension,)."""


class Near(Protocol):
    """What is nearest to a query among the items of a group."""

    @property
    def ranking(self) -> Sequence[int]:
        """The nearest items, best first, equal ones in their order."""

    def best(self, items: Sequence[int]) -> list[tuple[int, float]] | None:
        """Of each item the document nearest to the query, the first of equals, and its cosine; None if it cannot be told now."""


class DenseSearch(Protocol):
    """The vectors of an index, wherever they are."""

    def nearest(self, group: Group, query: Vector, depth: int) -> Near | None:
        """The `depth` items of a group that are nearest to a query; None if that cannot be told now."""

    def only(self, rows: Sequence[int]) -> DenseSearch:
        """The search over some of the documents, numbered anew."""


class ExactSearch:
    """The vectors in memory, each compared with the query."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def nearest(self, group: Group, query: Vector, depth: int) -> ExactNear:
        """See DenseSearch."""
        cosines = similarities(self._vectors[group.rows], query)
        best = group.best(cosines)
        return ExactNear(group, cosines, best, [int(item) for item in top(best, depth)])

    def only(self, rows: Sequence[int]) -> ExactSearch:
        """See DenseSearch."""
        return ExactSearch(self._vectors[rows])


@dataclass(frozen=True, slots=True)
class ExactNear:
    """The cosines of all documents of a group (n,), and of its items (items,)."""

    group: Group
    cosines: npt.NDArray[np.float32]
    bests: npt.NDArray[np.float32]
    ranking: list[int]

    def best(self, items: Sequence[int]) -> list[tuple[int, float]]:
        """See Near."""
        return [(self.group.row(item, self.cosines), float(self.bests[item])) for item in items]


def similarities(vectors: Vectors, query: Vector) -> npt.NDArray[np.float32]:
    """Cosine of the query (dimension,) with every row of `vectors` (n, dimension), all of unit length: float32 (n,)."""
    # Not `vectors @ query`: a BLAS shares the product among its threads, which on a busy machine wait for each other, for a
    # hundred times as long as the product takes (measured: 4-15 ms instead of 0.08 ms at 2,600 rows).
    return np.vecdot(vectors, query) if len(vectors) else np.empty(0, dtype=np.float32)


def nearest(vectors: Vectors, query: Vector, k: int) -> list[tuple[int, float]]:
    """The k rows most similar to the query, best first, as (row, cosine); equal ones in order of row."""
    scores = similarities(vectors, query)
    return [(int(row), float(scores[row])) for row in top(scores, k)]
