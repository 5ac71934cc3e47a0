"""Weighted reciprocal-rank fusion: several rankings become one, by rank alone, so that their scores need no common scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

RANK_CONSTANT = 10
"""How slowly the weight of a rank falls; small: the first few ranks decide (the paper's 60 is for lists of thousands)."""


def fuse(
    rankings: Sequence[Sequence[int]], weights: Sequence[float], rank_constant: float = RANK_CONSTANT
) -> list[tuple[int, float]]:
    """Every ranked item with the sum of weight / (rank_constant + rank) over the rankings, ranks from 1, best first.

    Equal sums in ascending order of item. Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
    individual Rank Learning Methods", SIGIR 2009.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, item in enumerate(ranking, start=1):
            scores[item] += weight / (rank_constant + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
