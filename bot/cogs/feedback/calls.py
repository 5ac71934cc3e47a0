"""How often helpers may be called in a channel."""

from __future__ import annotations

import time
from collections import deque

PERIOD_S = 3_600.0
MAX_CHANNELS = 2_000


class Calls:
    """The times of the latest calls by channel; in memory, for it is about the next hour only."""

    def __init__(self) -> None:
        self._times: dict[int, deque[float]] = {}

    def take(self, channel_id: int, limit: int) -> bool:
        """Count a call if the channel has one left within the hour."""
        now = time.monotonic()
        times = self._times.setdefault(channel_id, deque())
        while times and now - times[0] >= PERIOD_S:
            times.popleft()
        if len(times) >= limit:
            return False
        times.append(now)
        while len(self._times) > MAX_CHANNELS:
            del self._times[next(iter(self._times))]
        return True
