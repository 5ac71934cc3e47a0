"""Does the time of some work grow faster than its input? Asked as a ratio within one run: machines are shared and noisy."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 4
NEGLIGIBLE_S = 0.25
"""Processor time below which nothing can be said, and nothing need be."""


def grows_faster_than_linear(work: Callable[[int], object], small: int, large: int) -> bool:
    """Whether `work(size)` took more than four times its linear share at the large size in every one of several tries.

    A busy machine can slow one try; growth that belongs to the code shows in all of them.
    """

    def seconds(size: int) -> float:
        start = time.process_time()
        work(size)
        return time.process_time() - start

    def once() -> bool:
        little, much = seconds(small), seconds(large)
        return much > NEGLIGIBLE_S and much > 4 * (large / small) * little

    work(small // 8)
    return all(once() for _ in range(TRIES))
