"""What can be seen of a running bot at one moment, and what of it keeps it from being ready."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the bot's servers that this process has: whether its connection to the gateway stands.

    latency_s: from a heartbeat to its acknowledgement; nan or inf while none was acknowledged.
    """

    id: int
    connected: bool
    latency_s: float = math.nan


@dataclass(frozen=True, slots=True)
class View:
    """A running bot.

    shards_needed: how many shards this process must have at least. waiting: messages that wait for their turn; under_way: that
    have it. corpus: the version that answers, "" for none; loaded_at: since when, in seconds since 1970. pending_writes: changes
    of the state that wait for the database. processes: live ones that share it, this one among them.
    """

    shards: tuple[Shard, ...] = ()
    shards_needed: int = 1
    servers: int = 0
    waiting: int = 0
    under_way: int = 0
    corpus: str = ""
    loaded_at: float = 0.0
    causes: int = 0
    points: int = 0
    pending_writes: int = 0
    database: bool = False
    processes: int = 1


Look: TypeAlias = Callable[[], Awaitable[View]]
"""Sees the bot as it is now; takes at most some seconds, and never raises."""


def missing(view: View) -> dict[str, str]:
    """What keeps a bot from being ready, each with what is wrong; nothing when it is ready."""
    found: dict[str, str] = {}
    lost = [shard.id for shard in view.shards if not shard.connected]
    if lost:
        found["gateway"] = f"not connected: shard {', '.join(map(str, sorted(lost)))}"
    elif len(view.shards) < view.shards_needed:
        found["gateway"] = f"{len(view.shards)} of at least {view.shards_needed} shard(s) connected"
    if not view.corpus:
        found["corpus"] = "none is loaded"
    if not view.database:
        found["database"] = "it does not answer (DATABASE_URL, or DATA_DIR without one)"
    return found


def readiness(view: View) -> dict[str, Any]:
    """The same as JSON, with what there is."""
    lacks = missing(view)
    return {
        "ready": not lacks,
        "missing": lacks,
        "shards": sorted(shard.id for shard in view.shards if shard.connected),
        "corpus": view.corpus,
        "database": view.database,
        "processes": view.processes,
    }
