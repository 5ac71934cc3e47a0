"""Shares of cases and how far they could be off."""

from __future__ import annotations

import random
from collections.abc import Sequence

BOOTSTRAP_ROUNDS = 1000
BOOTSTRAP_SEED = 7

Interval = tuple[float, float] | None
"""95 % bootstrap interval of a share; None over no case."""


def share(values: Sequence[bool]) -> float | None:
    """Part of the values that are true; None of none."""
    return sum(values) / len(values) if values else None


def interval(values: Sequence[bool]) -> Interval:
    """95 % bootstrap interval of a share (percentile method, fixed seed), rounded to thousandths."""
    if not values:
        return None
    generator, n = random.Random(BOOTSTRAP_SEED), len(values)  # noqa: S311 - resampling, nothing secret
    means = sorted(sum(generator.choices(values, k=n)) / n for _ in range(BOOTSTRAP_ROUNDS))
    low, high = means[int(BOOTSTRAP_ROUNDS * 0.025)], means[int(BOOTSTRAP_ROUNDS * 0.975)]
    return round(low, 3), round(high, 3)
