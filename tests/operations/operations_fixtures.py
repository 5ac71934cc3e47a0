"""A bot as the operations server sees it, and every metric with a value."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

from bot.operations.prometheus import PrometheusMetrics
from bot.operations.view import Shard, View

READY = View(
    shards=(Shard(0, True, 0.04), Shard(3, True)),
    shards_needed=2,
    servers=5,
    waiting=2,
    under_way=3,
    corpus="1" * 40,
    loaded_at=1_700_000_000.0,
    causes=7,
    points=11,
    pending_writes=4,
    database=True,
    processes=2,
)


@dataclass
class Watched:
    """What is seen of a bot; a test may change it."""

    view: View = READY
    looked: int = field(default=0)

    async def look(self) -> View:
        """The view, as a real look gives it: after a turn of the event loop."""
        await asyncio.sleep(0)
        self.looked += 1
        return self.view


def exercised() -> PrometheusMetrics:
    """Metrics of which each was told something."""
    metrics = PrometheusMetrics()
    metrics.answered("diagnosis", "weight-exceeded", {"reading": 0.002, "total": 0.2})
    metrics.kept_silent("abstain")
    metrics.refused_busy()
    metrics.voted("fixed")
    metrics.reloaded("upload", "refused")
    metrics.discord_failed("403")
    return metrics


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
