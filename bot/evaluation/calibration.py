"""Does a confidence mean what it says? Of the diagnoses made with 0.8, four in five should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.metrics import Kind, Row

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Diagnoses whose confidence lies in [low, high): how many, their mean confidence, and the share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def calibration_bins(rows: Sequence[Row]) -> tuple[Bin, ...]:
    """Ten equal bins of the first cause's confidence, those without a diagnosis left out; over diagnoses of our cases."""
    diagnosed = [row for row in rows if row.answered and row.kind is not Kind.NONE]
    seen = [(row.confidence, row.top1) for row in diagnosed if row.confidence is not None]
    bins = []
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        last = number == BINS - 1
        inside = [(confidence, right) for confidence, right in seen if low <= confidence < high or (last and confidence >= 1)]
        if inside:
            confidence, right = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            bins.append(Bin(low, high, len(inside), confidence, right))
    return tuple(bins)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: the mean distance between confidence and share right, weighted by the diagnoses of a bin.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 5.
    """
    total = sum(one.n for one in bins)
    return round(sum(one.n / total * abs(one.confidence - one.right) for one in bins), 3) if total else None
