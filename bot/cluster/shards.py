"""The shards that processes divide among themselves through PostgreSQL: statements on one connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cluster import processes
from bot.cluster.division import plan
from bot.cluster.listening import announce
from bot.cluster.processes import LIFE_S, NOW
from bot.state.tables import CLUSTER, IDENTIFIES, PROCESSES, SHARDS

TOPIC = "shards"
"""What is announced when a shard has become free."""
COUNT = "shard_count"
TAKES_PART = "serves shards: "
"""Begins the key of each process that takes part, its id follows: some that share the database are no bots."""
IDENTIFY_S = 5.5
"""Between two new sessions of one bucket; Discord asks for five seconds as it sees them arrive."""
_LOCK = 7_310_545_221_904_386
"""Key of the advisory lock under which the division is changed; any number that nothing else locks."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session with Discord's gateway, as far as its events were handled, and where it is resumed."""

    id: str
    sequence: int
    gateway: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A shard that this process holds.

    session: what the one before left, or this process's own as it was saved last. seen_at: when the process it was taken from
    was seen last (seconds since 1970), None where none was lost.
    """

    session: Session | None = None
    seen_at: float | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The division as it is for this process. release: of `mine`, what it should give up. alone: no other takes part."""

    count: int
    mine: Mapping[int, Lease]
    release: tuple[int, ...]
    alone: bool


async def review(
    connection: AsyncConnection,
    me: str,
    wish: int,
    sessions: Mapping[int, Session],
    connected: Collection[int],
    *,
    life_s: float = LIFE_S,
) -> Review:
    """Save the sessions of the shards held, take what is free and falls to this process, and see what it holds.

    wish: the number of shards that this process would choose. connected: those of its shards that serve already. life_s: after
    how long a silent process is dead.
    """
    # One process at a time: what each decides is then true when it is written.
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    await _take_part(connection, me, life_s)
    taking_part = select(func.substr(CLUSTER.c.key, len(TAKES_PART) + 1)).where(CLUSTER.c.key.startswith(TAKES_PART))
    bots = set((await connection.execute(taking_part)).scalars())
    live = [peer.id for peer in await processes.live(connection, life_s) if peer.id in bots]
    alone = not set(live) - {me}
    count = await _agree(connection, wish, alone=alone)
    await save(connection, me, sessions)
    owners = {row.shard: row.owner for row in await connection.execute(select(SHARDS.c.shard, SHARDS.c.owner))}
    decided = plan(me, live, owners, connected)
    seen_at: dict[str | None, float] = {}
    if decided.take:
        lost = {owners[shard] for shard in decided.take} - {None}
        statement = select(PROCESSES.c.id, PROCESSES.c.seen_at).where(PROCESSES.c.id.in_(lost))
        seen_at = {row.id: row.seen_at for row in await connection.execute(statement)}
        await connection.execute(update(SHARDS).where(SHARDS.c.shard.in_(decided.take)).values(owner=me))
    mine = {
        row.shard: Lease(
            Session(row.session_id, row.sequence, row.gateway) if row.session_id else None, seen_at.get(owners[row.shard])
        )
        for row in await connection.execute(select(SHARDS).where(SHARDS.c.owner == me))
    }
    return Review(count, mine, decided.release, alone)


async def save(connection: AsyncConnection, me: str, sessions: Mapping[int, Session]) -> None:
    """Write the sessions of shards that this process still holds."""
    if not sessions:
        return
    statement = update(SHARDS).where(SHARDS.c.shard == bindparam("of"), SHARDS.c.owner == me)
    values: dict[str, ColumnElement[Any]] = {
        "session_id": bindparam("session"),
        "sequence": bindparam("at"),
        "gateway": bindparam("url"),
    }
    rows = [{"of": shard, "session": s.id, "at": s.sequence, "url": s.gateway} for shard, s in sorted(sessions.items())]
    await connection.execute(statement.values(values), rows)


async def release(connection: AsyncConnection, me: str, shards: Collection[int], sessions: Mapping[int, Session]) -> None:
    """Give up shards, with the sessions for who comes next, and tell the others."""
    await save(connection, me, sessions)
    await connection.execute(update(SHARDS).where(SHARDS.c.shard.in_(shards), SHARDS.c.owner == me).values(owner=None))
    await announce(connection, TOPIC)


async def leave(connection: AsyncConnection, me: str, sessions: Mapping[int, Session]) -> None:
    """Give up every shard, and take part no longer."""
    await connection.execute(delete(CLUSTER).where(CLUSTER.c.key == TAKES_PART + me))
    held = (await connection.execute(select(SHARDS.c.shard).where(SHARDS.c.owner == me))).scalars().all()
    await release(connection, me, held, sessions)


async def identify_in(connection: AsyncConnection, bucket: int) -> float:
    """Reserve the next moment at which a new session of the bucket may be begun; returns in how many seconds it is."""
    # Imported here: it takes time at each start, and where no database is shared it is not needed.
    from sqlalchemy.dialects.postgresql import insert as insert_or_update

    first = insert_or_update(IDENTIFIES).values(bucket=bucket, free_at=NOW + IDENTIFY_S)
    next_ = first.on_conflict_do_update(
        index_elements=[IDENTIFIES.c.bucket], set_={"free_at": func.greatest(IDENTIFIES.c.free_at, NOW) + IDENTIFY_S}
    )
    found = await connection.execute(next_.returning(IDENTIFIES.c.free_at - IDENTIFY_S - NOW))
    return max(0.0, float(found.scalar_one()))


async def _take_part(connection: AsyncConnection, me: str, life_s: float) -> None:
    """Note that this process serves shards; those that are gone are forgotten."""
    from sqlalchemy.dialects.postgresql import insert as insert_or_update

    known = select(PROCESSES.c.id).where(PROCESSES.c.seen_at > NOW - life_s)
    gone = func.substr(CLUSTER.c.key, len(TAKES_PART) + 1).not_in(known)
    key = TAKES_PART + me
    await connection.execute(delete(CLUSTER).where(CLUSTER.c.key.startswith(TAKES_PART), gone, CLUSTER.c.key != key))
    await connection.execute(insert_or_update(CLUSTER).values(key=key, value=True).on_conflict_do_nothing())


async def _agree(connection: AsyncConnection, wish: int, *, alone: bool) -> int:
    """The number of shards that all use: that of the first to come, until no other is there."""
    found = (await connection.execute(select(CLUSTER.c.value).where(CLUSTER.c.key == COUNT))).scalar_one_or_none()
    count = wish if alone or found is None else int(found)
    if found is None or int(found) != count:
        await connection.execute(delete(CLUSTER).where(CLUSTER.c.key == COUNT))
        await connection.execute(insert(CLUSTER).values(key=COUNT, value=count))
        # Sessions of another division cover other servers.
        await connection.execute(delete(SHARDS))
    present = set((await connection.execute(select(SHARDS.c.shard))).scalars())
    missing = [{"shard": shard} for shard in range(count) if shard not in present]
    if missing:
        await connection.execute(insert(SHARDS), missing)
    outside = or_(SHARDS.c.shard < 0, SHARDS.c.shard >= count)
    await connection.execute(delete(SHARDS).where(outside))
    return count
