"""Whether two embedders agree: how near their vectors of the same texts are, and whether searches find the same first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors

MIN_COSINE = 0.99
"""Least cosine between the two vectors of any text."""
MIN_SAME_FIRST = 0.99
"""Least share of phrases that find the same cause first."""
TIE = 0.01
"""Two causes whose similarities, by the original, differ by less than this are a tie that either may come first in."""
EVERY = 10
"""Of texts that are no phrase of a cause, one in so many is compared: the original is slow."""
EDGES = ("", "x", "1008", "日本語", "word " * 2_000)
"""Texts such as no corpus holds and people write: nothing, one letter, a number, another script, more than the window."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two embedders compared: cosines over `texts` texts, and the first cause found by `phrases` phrases.

    Each phrase is searched among the compared causes without itself. `same_first` counts ties as agreement,
    `equal_first` does not.
    """

    texts: int
    min_cosine: float
    mean_cosine: float
    phrases: int
    same_first: float
    equal_first: float

    @property
    def passed(self) -> bool:
        """Whether one may stand in for the other."""
        return self.min_cosine >= MIN_COSINE and self.same_first >= MIN_SAME_FIRST

    def figures(self) -> dict[str, float]:
        """The figures by name."""
        return {name: round(value, 5) for name, value in asdict(self).items()}

    def __str__(self) -> str:
        return (
            f"cosine over {self.texts} texts: least {self.min_cosine:.4f} (needed {MIN_COSINE}), mean {self.mean_cosine:.4f}; "
            f"same first cause for {self.same_first:.1%} of {self.phrases} phrases, each searched without itself "
            f"(needed {MIN_SAME_FIRST:.0%}; {self.equal_first:.1%} without counting ties)"
        )


def sample(documents: Sequence[Document], *, whole: bool = False) -> list[Document]:
    """The documents to compare, in their order: every one of a cause, and of the others one in EVERY (with `whole`, all)."""
    others = 0
    chosen = []
    for document in documents:
        if document.kind != "cause":
            others += 1
        if whole or document.kind == "cause" or others % EVERY == 1:
            chosen.append(document)
    return chosen


def compare(documents: Sequence[Document], original: Vectors, other: Vectors) -> Agreement:
    """Compare two embedders by their vectors of the same texts: those of the documents, then maybe further ones."""
    cosines: npt.NDArray[np.float32] = np.einsum("ij,ij->i", original, other)
    rows = np.array([row for row, document in enumerate(documents) if document.kind == "cause"], dtype=np.intp)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(documents[row].id for row in rows))}
    cause = np.array([numbers[documents[row].id] for row in rows], dtype=np.intp)
    if len(rows) < 2:
        same = equal = np.ones(1)
    else:
        by_original, by_other = (_without_itself(vectors[rows] @ vectors[rows].T) for vectors in (original, other))
        first, found = by_original.argmax(axis=1), by_other.argmax(axis=1)
        equal = cause[first] == cause[found]
        phrase = np.arange(len(rows))
        same = equal | (by_original[phrase, first] - by_original[phrase, found] <= TIE)
    return Agreement(
        texts=len(cosines),
        min_cosine=float(cosines.min(initial=1.0)),
        mean_cosine=float(cosines.mean()) if len(cosines) else 1.0,
        phrases=len(rows),
        same_first=float(same.mean()),
        equal_first=float(equal.mean()),
    )


def _without_itself(similarities: Vectors) -> Vectors:
    np.fill_diagonal(similarities, -np.inf)
    return similarities
