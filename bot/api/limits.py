"""How much is taken in: requests in a minute, requests at once."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

from bot.api.refusal import busy

PERIOD_S = 60.0
MAX_KEYS = 10_000
"""Buckets remembered; the one longest unused is forgotten first, and is full when it is made again."""


class Buckets:
    """Token buckets by name: each holds the requests of a minute and fills up evenly."""

    def __init__(self, per_minute: int, limit: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._per_s = per_minute / PERIOD_S
        self._limit = limit
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, name: str) -> float:
        """Take one request from a bucket; returns 0, or the seconds until there is one, of which none is taken."""
        now = self._clock()
        level, since = self._levels.pop(name, (self._size, now))
        level = min(self._size, level + (now - since) * self._per_s)
        wait = 0.0 if level >= 1 else (1 - level) / self._per_s
        self._levels[name] = (level if wait else level - 1, now)
        while len(self._levels) > self._limit:
            self._levels.popitem(last=False)
        return wait


class Places:
    """A bounded number of requests that are taken in at once, body and all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """A place; raises RefusedError when there is none."""
        if self.taken >= self._limit:
            raise busy()
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


def network(host: str) -> str:
    """What stands for an address when attempts are counted: whoever has an IPv6 address has 2^64 of them."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    return str(int(address) >> 64) if isinstance(address, IPv6Address) and address.ipv4_mapped is None else str(address)
