"""Points that say the same: two claims close in meaning whose numbers and identifiers do not contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.errors import Problem
from bot.knowledge.files import Entry
from bot.knowledge.schema import PointSpec
from bot.retrieval.dense import similarities
from bot.retrieval.embedder import Vectors

CODE = "near-duplicate"
LEAST_COSINE = 0.85
"""Of 24 claims restated by hand, 19 reach it; of the 87,000 pairs among 418 different claims, none that agrees in its values
does (the nearest: 0.846). It was measured with all-MiniLM-L6-v2."""
# One quantifier after another, but of disjoint beginnings: a number with what hangs on it, or a name with an underscore.
_VALUE = re.compile(r"\d[\w.,]*|[A-Za-z]+\d[\w.,]*|[A-Za-z]+_\w+")


def near_duplicates(points: Sequence[Entry[PointSpec]], vectors: Vectors) -> Iterator[Problem]:
    """A problem for each point that restates an earlier one; `vectors` are the unit vectors of their texts, (points, dimension).

    Claims whose values differ (the limits of two models, say) are parallel and no duplicates, however alike they sound: the
    values of one must all be in the other.
    """
    values = [_values(entry.spec.text) for entry in points]
    for i, entry in enumerate(points):
        for j, cosine in enumerate(similarities(vectors[:i], vectors[i])):
            if cosine >= LEAST_COSINE and (values[i] <= values[j] or values[j] <= values[i]):
                other = points[j]
                place = f"`{other.spec.id}` ({other.path}:{other.line})"
                says = f"`{entry.spec.id}` says nearly what {place} says (cosine {cosine:.2f}); merge them, or write what differs"
                yield Problem(entry.path, entry.line, CODE, says)


def _values(text: str) -> frozenset[str]:
    return frozenset(value.rstrip(".,").lower() for value in _VALUE.findall(text))
