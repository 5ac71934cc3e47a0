"""What processes that share a database know of corpora: archives, what is served, and the change under way; on one connection."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cluster.processes import NOW
from bot.corpus_store.kept import KEPT
from bot.corpus_store.record import Record, record_of
from bot.state.tables import ARCHIVES, CHANGES, PREPARED, SERVED

log = logging.getLogger(__name__)

SHARED = 0
"""The scope of the corpus of all servers; that of a server's own one is the server's id."""
PREPARING, COMMITTED, ABORTED = "preparing", "committed", "aborted"
LOCK = 0x636F72707573
"""Key of the advisory lock under which a change is begun: one at a time, of all processes."""
FORGET_S = 86_400.0
FRESH_S = 3_600
"""For so long an archive stays, whoever is about to serve it."""
MAX_PROBLEM = 2_000
ARCHIVE_S = 60.0
"""How long a transaction may take in which an archive goes over the network."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the shared corpus: who made it, what came of it, and the record that it leads to."""

    id: str
    process: str
    state: str
    record: Record


async def add_archive(connection: AsyncConnection, version: str, data: bytes) -> None:
    """Keep the archive of a corpus; one that is there is as good as new."""
    row = insert(ARCHIVES).values(version=version, archive=data, added_at=int(time.time()))
    await connection.execute(row.on_conflict_do_update(index_elements=["version"], set_={"added_at": row.excluded.added_at}))


async def find_archive(connection: AsyncConnection, version: str) -> bytes | None:
    """The archive of a corpus."""
    found = (await connection.execute(select(ARCHIVES.c.archive).where(ARCHIVES.c.version == version))).scalar()
    return bytes(found) if found is not None else None


async def read_served(connection: AsyncConnection, scope: int = SHARED) -> Record | None:
    """What is served and was before; None where nothing was ever chosen, or nothing readable."""
    return (await read_all_served(connection, [scope])).get(scope)


async def read_all_served(connection: AsyncConnection, scopes: Collection[int] | None = None) -> dict[int, Record]:
    """The same by scope: of the given ones, or of all."""
    wanted = select(SERVED.c.scope, SERVED.c.record)
    if scopes is not None:
        wanted = wanted.where(SERVED.c.scope.in_(scopes))
    found = {}
    for scope, data in await connection.execute(wanted):
        try:
            found[scope] = record_of(data)
        except ValueError:
            log.warning("What the database says of the corpus of scope %d cannot be read: it is taken for none", scope)
    return found


async def write_served(connection: AsyncConnection, scope: int, record: Record) -> None:
    """Note what is served, and drop archives that nobody needs any more."""
    row = insert(SERVED).values(scope=scope, record=asdict(record))
    await connection.execute(row.on_conflict_do_update(index_elements=["scope"], set_={"record": row.excluded.record}))
    await prune(connection)


async def begin_served(connection: AsyncConnection, scope: int, record: Record) -> Record:
    """What is served: the given record, unless another process has noted one before."""
    await _lock(connection)
    known = await read_served(connection, scope)
    if known is not None and known.live is not None:
        return known
    await write_served(connection, scope, record)
    return record


async def remove_served(connection: AsyncConnection, scope: int) -> None:
    """Note that nothing of this scope is served any more."""
    await connection.execute(delete(SERVED).where(SERVED.c.scope == scope))
    await prune(connection)


async def prune(connection: AsyncConnection) -> None:
    """Remove archives that neither are served, nor were before, nor may soon be; the newest stay."""
    coming = (await connection.execute(select(CHANGES.c.record).where(CHANGES.c.state == PREPARING))).scalars()
    records = [*(await read_all_served(connection)).values(), *map(record_of, coming)]
    named = {served.version for record in records for served in (record.live, record.previous) if served is not None}
    found = await connection.execute(select(ARCHIVES.c.version).order_by(ARCHIVES.c.added_at.desc(), ARCHIVES.c.version))
    idle = [version for version in found.scalars() if version not in named]
    if idle[KEPT:]:
        old = ARCHIVES.c.added_at < int(time.time()) - FRESH_S
        await connection.execute(delete(ARCHIVES).where(ARCHIVES.c.version.in_(idle[KEPT:]), old))


async def servers_with_one(connection: AsyncConnection) -> set[int]:
    """The servers that have a corpus of their own; until this transaction ends, no other process adds one."""
    await _lock(connection)
    return set((await connection.execute(select(SERVED.c.scope).where(SERVED.c.scope != SHARED))).scalars())


async def propose(
    connection: AsyncConnection, id_: str, process: str, record: Record, live: Iterable[str], timeout_s: float
) -> Proposal | None:
    """Begin a change; returns the one that is under way already, if there is one, and then nothing is begun.

    A change whose process is dead (not among `live`), or that is older than the timeout, is void.
    """
    await _lock(connection)
    void = CHANGES.c.process.not_in(list(live)) | (CHANGES.c.at < NOW - timeout_s)
    await connection.execute(update(CHANGES).where(CHANGES.c.state == PREPARING, void).values(state=ABORTED))
    other = await under_way(connection)
    if other is None:
        old = select(CHANGES.c.id).where(CHANGES.c.at < NOW - FORGET_S)
        await connection.execute(delete(PREPARED).where(PREPARED.c.change.in_(old)))
        await connection.execute(delete(CHANGES).where(CHANGES.c.at < NOW - FORGET_S))
        values = {"scope": SHARED, "process": process, "state": PREPARING, "record": asdict(record), "at": NOW}
        await connection.execute(insert(CHANGES).values(id=id_, **values))
    return other


async def under_way(connection: AsyncConnection) -> Proposal | None:
    """The change that is being prepared."""
    found = (await connection.execute(select(CHANGES).where(CHANGES.c.state == PREPARING).order_by(CHANGES.c.at))).first()
    return _proposal(found) if found is not None else None


async def report(connection: AsyncConnection, change: str, process: str, problem: str = "") -> None:
    """Note that a process could serve the corpus of a change, or why not."""
    row = insert(PREPARED).values(change=change, process=process, problem=_cut(problem))
    key = ["change", "process"]
    await connection.execute(row.on_conflict_do_update(index_elements=key, set_={"problem": row.excluded.problem}))


async def reports(connection: AsyncConnection, change: str) -> dict[str, str]:
    """What the processes noted of a change: the problem of each, "" for one that is ready."""
    found = await connection.execute(select(PREPARED.c.process, PREPARED.c.problem).where(PREPARED.c.change == change))
    return {row.process: row.problem for row in found}


async def commit(connection: AsyncConnection, change: str, record: Record) -> bool:
    """Serve what was prepared; False when the change is void, and nothing is changed then."""
    done = await _end(connection, change, COMMITTED)
    if done:
        await write_served(connection, SHARED, record)
    return done


async def abort(connection: AsyncConnection, change: str) -> bool:
    """Give a change up; False when it is no longer under way."""
    return await _end(connection, change, ABORTED)


async def _end(connection: AsyncConnection, change: str, state: str) -> bool:
    mine = (CHANGES.c.id == change) & (CHANGES.c.state == PREPARING)
    return bool((await connection.execute(update(CHANGES).where(mine).values(state=state))).rowcount)


def _cut(problem: str) -> str:
    """A list of problems, of which as many whole lines are kept as there is room for."""
    if len(problem) <= MAX_PROBLEM:
        return problem
    kept = problem[: MAX_PROBLEM - 40]
    lines = (kept.rpartition("\n")[0] or kept).splitlines()
    return "\n".join([*lines, f"… and {len(problem.splitlines()) - len(lines)} more line(s)"])


async def _lock(connection: AsyncConnection) -> None:
    """Keep other processes from beginning a change before this transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _proposal(row: Row[tuple[object, ...]]) -> Proposal:
    found = row._mapping
    return Proposal(found["id"], found["process"], found["state"], record_of(found["record"]))
