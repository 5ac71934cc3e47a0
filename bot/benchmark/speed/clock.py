"""CPU time: what a piece of work costs, not what else the machine was doing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

TRIES = 3
"""Times that a piece of work is measured; the shortest counts: what else runs only makes it longer."""


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU milliseconds of this process, all its threads, for doing the work once."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e3


def best_ms(work: Callable[[], object], tries: int = TRIES) -> float:
    """The shortest of some measurements of the same work, in CPU milliseconds."""
    return min(cpu_ms(work) for _ in range(tries))


def each_ms(work: Callable[[T], object], items: Iterable[T], tries: int = TRIES) -> list[float]:
    """The shortest measurement for each item, in their order, in CPU milliseconds."""
    return [best_ms(lambda item=item: work(item), tries) for item in items]  # type: ignore[misc] # mypy and defaults of lambdas


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share (0 to 1) of the values does not exceed: the nearest rank; NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def median(values: Sequence[float]) -> float:
    """The nearest-rank median; NaN of none."""
    return percentile(values, 0.5)
