"""A change of the shared corpus: every live process makes it ready beside what it serves, then all serve it at once, or none."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cluster import Cluster
from bot.cluster.listening import announce
from bot.corpus_store import ledger
from bot.corpus_store.following import TOPIC, Follower
from bot.corpus_store.ledger import Proposal
from bot.corpus_store.packing import pack
from bot.corpus_store.record import Record
from bot.engine import Engine
from bot.errors import InputError, StateError

log = logging.getLogger(__name__)

PREPARE_S = 240.0
"""How long the processes may take to make a corpus ready."""
VOID_S = PREPARE_S + 60.0
"""After this time, a change that nobody ended is void."""
LOOK_S = 1.0
"""How often who waits for the others looks at them, when nothing is heard."""
UNDECIDED = (
    "The database could not be used when the change was to be made, so it may have been made or not: `/corpus status` says which."
)
VOID = "This took too long, and the other processes went on without it; the corpus that was served before still is."


class BusyElsewhereError(InputError):
    """Another process is at a change."""


class Proposer:
    """Makes changes for this process; `follower` is its part in everybody's."""

    def __init__(self, cluster: Cluster, follower: Follower, prepare_s: float = PREPARE_S) -> None:
        self._cluster = cluster
        self._follower = follower
        self._prepare_s = prepare_s

    async def change(self, engine: Engine, record: Record) -> None:
        """Let every process serve the corpus of an engine, a copy of which is kept.

        Raises InputError that says which process refused and why, or StateError; what was served then still is, everywhere.
        """
        version, id_ = engine.snapshot.version, uuid.uuid4().hex
        try:
            data = await asyncio.to_thread(pack, self._follower.kept.path(version))
        except OSError as error:
            raise InputError(f"The corpus cannot be packed: {error.strerror or error}.") from None
        with self._follower.holding(engine):
            try:
                await self._begin(id_, version, data, record)
                await self._agreed(id_)
                await self._commit(id_, record)
            except BaseException:
                await self._abort(id_)
                raise
            await self._follower.swap(record)

    async def _begin(self, id_: str, version: str, data: bytes, record: Record) -> None:
        peers = {peer.id: peer.name for peer in await self._cluster.peers()}

        async def begin(connection: AsyncConnection) -> Proposal | None:
            await ledger.add_archive(connection, version, data)
            live = [*peers, self._cluster.id]
            other = await ledger.propose(connection, id_, self._cluster.id, record, live, VOID_S)
            if other is None:
                await announce(connection, TOPIC, id_)
            return other

        other = await self._cluster.database.run(begin, limit_s=ledger.ARCHIVE_S)
        if other is not None:
            name = peers.get(other.process, "another process")
            raise BusyElsewhereError(
                f"Another corpus is being made ready just now, by {name}. Please try again when that is done."
            )

    async def _agreed(self, id_: str) -> None:
        """Ends when every live process is ready."""
        deadline = time.monotonic() + self._prepare_s
        while True:
            self._follower.news.clear()
            said = await self._cluster.database.run(lambda c: ledger.reports(c, id_), reads=True)
            peers = [peer for peer in await self._cluster.peers() if peer.id != self._cluster.id]
            if refusals := {process: problem for process, problem in said.items() if problem}:
                names = {peer.id: peer.name for peer in peers}
                lines = [f"{names.get(process, 'A process')}:\n{problem}" for process, problem in refusals.items()]
                raise InputError("\n".join(["Not every process can serve this corpus.", *lines]))
            # One that serves no corpus at all is not concerned.
            missing = [peer.name for peer in peers if peer.corpus and peer.id not in said]
            if not missing:
                return
            if time.monotonic() > deadline:
                raise InputError(f"Not every process was ready in time; these were not: {', '.join(missing)}.")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._follower.news.wait()

    async def _commit(self, id_: str, record: Record) -> None:
        async def commit(connection: AsyncConnection) -> bool:
            done = await ledger.commit(connection, id_, record)
            await announce(connection, TOPIC, id_)
            return done

        try:
            done = await self._cluster.database.run(commit)
        except StateError:
            self._follower.look_soon()
            raise InputError(UNDECIDED) from None
        if not done:
            raise InputError(VOID)

    async def _abort(self, id_: str) -> None:
        async def abort(connection: AsyncConnection) -> None:
            if await ledger.abort(connection, id_):
                await announce(connection, TOPIC, id_)

        try:
            await asyncio.shield(asyncio.ensure_future(self._cluster.database.run(abort)))
        except StateError:
            log.warning("The other processes were not told that the change was given up; it is void when its time is over")
