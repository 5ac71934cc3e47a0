"""The processes that share a database: statements on one connection."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.life import LIFE_S, NOW
from bot.state.tables import PROCESSES

__all__ = ["LIFE_S", "NOW", "Peer", "beat", "leave", "live"]

FORGET_S = 86_400.0
"""After how long a process that died is forgotten."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A live process: what it is called, since when it runs (seconds since 1970), the corpus it serves, what it complains of."""

    id: str
    name: str
    started_at: float
    corpus: str
    problem: str = ""


async def beat(connection: AsyncConnection, id_: str, name: str, corpus: str, problem: str) -> None:
    """Note that a process lives."""
    values = {"name": name, "seen_at": NOW, "corpus": corpus, "problem": problem[:500]}
    found = await connection.execute(update(PROCESSES).where(PROCESSES.c.id == id_).values(**values))
    if not found.rowcount:
        await connection.execute(insert(PROCESSES).values(id=id_, started_at=NOW, **values))
        await connection.execute(delete(PROCESSES).where(PROCESSES.c.seen_at < NOW - FORGET_S))


async def leave(connection: AsyncConnection, id_: str) -> None:
    """Note that a process ends."""
    await connection.execute(delete(PROCESSES).where(PROCESSES.c.id == id_))


async def live(connection: AsyncConnection, life_s: float = LIFE_S) -> list[Peer]:
    """The processes that live, the oldest first."""
    found = select(PROCESSES).where(PROCESSES.c.seen_at > NOW - life_s).order_by(PROCESSES.c.started_at, PROCESSES.c.id)
    return [
        Peer(row["id"], row["name"], row["started_at"], row["corpus"], row["problem"])
        for row in (await connection.execute(found)).mappings()
    ]
