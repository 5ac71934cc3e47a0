"""Politeness: few requests at a time, one at a time to each host, and a pause between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Pace:
    """Takes turns; one for a whole run, within one event loop."""

    def __init__(self, concurrency: int, pause_s: float) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._pause = pause_s
        self._hosts: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until the host may be asked again; who waits for a slow host takes no slot from the others."""
        loop = asyncio.get_running_loop()
        async with self._hosts.setdefault(host, asyncio.Lock()):
            await asyncio.sleep(max(0.0, self._free_at.get(host, 0.0) - loop.time()))
            async with self._slots:
                try:
                    yield
                finally:
                    self._free_at[host] = loop.time() + self._pause
