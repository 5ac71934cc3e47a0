"""The shared corpus of several processes as one of them sees it: it serves what the database says is served.

A change is announced twice: to be made ready, which each process does beside what it serves and notes, and to be served, when all
were ready; then every process swaps by one assignment. One that heard nothing looks at the database at every beat.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cluster import Cluster
from bot.cluster.listening import announce
from bot.corpus_store import ledger
from bot.corpus_store.ledger import Proposal
from bot.corpus_store.packing import fetch, pack
from bot.corpus_store.record import Record
from bot.corpus_store.workshop import Workshop
from bot.engine import Engine
from bot.errors import StateError, UserError
from bot.service import Service

log = logging.getLogger(__name__)

TOPIC = "corpus"
AGAIN_S = 60.0
"""After this time, a corpus that is served but could not be built here is tried again."""
Adopt = Callable[[Record, Engine | None], Awaitable[None]]


class Follower:
    """The part of one process. `adopt` is given what is served now, with an engine for it where another one is served here."""

    def __init__(self, cluster: Cluster, service: Service, workshop: Workshop, first: Record, adopt: Adopt) -> None:
        self._cluster = cluster
        self._service = service
        self._workshop = workshop
        self._first = first
        self._adopt = adopt
        self.kept = workshop.kept
        self.served: Record | None = None
        """What is served, once it is known."""
        self.known = asyncio.Event()
        self.news = asyncio.Event()
        """Set when something was announced."""
        self._wake = asyncio.Event()
        self._ready: dict[str, Engine] = {}
        self._held: list[Engine] = []
        self._swaps = 0
        self._reported = ""
        self._failed: tuple[str, float] = ("", 0.0)
        self._task: asyncio.Task[None] | None = None
        cluster.corpus = service.snapshot.version
        cluster.listener.on(TOPIC, self._heard)
        cluster.listener.on("", self._heard)
        cluster.steps.append(self._at_beat)

    def start(self) -> None:
        """Begin to follow."""
        self.look_soon()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @contextmanager
    def holding(self, engine: Engine) -> Iterator[None]:
        """Have an engine ready meanwhile, for a change that this process wants."""
        self._held.append(engine)
        try:
            yield
        finally:
            self._held.remove(engine)

    def look_soon(self) -> None:
        """Look at the database as soon as nothing else is done."""
        self._wake.set()

    async def swap(self, served: Record) -> None:
        """Serve what every process serves from now on, for which an engine is ready."""
        assert served.live is not None, "something is always served"
        version, old = served.live.version, self._service.snapshot.version
        self._swaps += 1
        self.served, self._cluster.corpus = served, version
        if self._failed[0]:
            self._failed, self._cluster.problem = ("", 0.0), ""
        await self._adopt(served, self._engine(version) if version != old else None)
        if version != old:
            with suppress(StateError):  # it is said at the next beat
                await self._cluster.beat()

    async def fetch(self, version: str) -> None:
        """See to it that a copy of a corpus is kept here; raises InputError or StateError."""
        await fetch(self._cluster.database, self.kept, version)

    async def _heard(self, _payload: str) -> None:
        # An engine may have to be built: what else is heard does not wait for that.
        self.news.set()
        self._wake.set()

    async def _at_beat(self) -> None:
        self._wake.set()

    async def _follow(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except StateError as error:
                log.debug("What is served is not known now: %s", error)
            except Exception:
                log.exception("The shared corpus could not be followed")

    async def _look(self) -> None:
        """Serve what is served, and make ready what is about to be."""
        swaps = self._swaps
        served, change = await self._cluster.database.run(_read, reads=True)
        if served is None or served.live is None:
            await self._begin()
            return
        wanted = served.live.version
        if self._swaps != swaps or not (self._has(wanted) or await self._catch_up(wanted)):
            self._wake.set()  # it may be another one by now
            return
        if self._has(wanted) and (served != self.served or wanted != self._service.snapshot.version):
            await self.swap(served)
        self.served = served
        self.known.set()
        if change is not None and change.process != self._cluster.id and change.id != self._reported:
            await self._prepare(change)
        coming = change.record.live.version if change is not None and change.record.live is not None else None
        self._ready = {version: engine for version, engine in self._ready.items() if version == coming}

    async def _begin(self) -> None:
        """Note what this process serves as what is served: it is the first one ever, or as good as that."""
        version = self._service.snapshot.version
        try:
            data = await asyncio.to_thread(pack, self.kept.path(version))
        except OSError as error:
            self._cluster.problem = f"Corpus {version} cannot be handed to other processes: {error.strerror or error} (DATA_DIR)"
            return

        async def begin(connection: AsyncConnection) -> None:
            await ledger.add_archive(connection, version, data)
            await ledger.begin_served(connection, ledger.SHARED, self._first)
            await announce(connection, TOPIC)

        await self._cluster.database.run(begin, limit_s=ledger.ARCHIVE_S)

    async def _catch_up(self, version: str) -> bool:
        """Build what is served, and not yet here; False when it is worth looking again what that is."""
        failed, again_at = self._failed
        if version == failed and time.monotonic() < again_at:
            return True
        try:
            self._ready[version] = await self._build(version)
        except StateError:
            raise
        except UserError as error:
            self._failed = version, time.monotonic() + AGAIN_S
            self._cluster.problem = f"Corpus {version} cannot be served here: {error}"
            log.error("Corpus %s is served by the other processes, but cannot be served here: %s", version, error)  # noqa: TRY400
            return True
        return False

    async def _prepare(self, change: Proposal) -> None:
        """Build what is about to be served, and note what came of it."""
        assert change.record.live is not None, "a change leads to a corpus"
        version, problem = change.record.live.version, ""
        try:
            if not self._has(version):
                self._ready[version] = await self._build(version)
        except StateError:
            raise
        except UserError as error:
            problem = str(error)
        except Exception as error:
            log.exception("Corpus %s cannot be made ready", version)
            problem = f"an unexpected error ({type(error).__name__}), which the log of that process tells"

        async def tell(connection: AsyncConnection) -> None:
            await ledger.report(connection, change.id, self._cluster.id, problem)
            await announce(connection, TOPIC, change.id)

        await self._cluster.database.run(tell)
        self._reported = change.id

    def _has(self, version: str) -> bool:
        return self._engine(version) is not None

    def _engine(self, version: str) -> Engine | None:
        """A ready engine for a version, so that none is built twice."""
        known = (*self._held, self._ready.get(version), self._service.engine, self._service.previous)
        return next((engine for engine in known if engine is not None and engine.snapshot.version == version), None)

    async def _build(self, version: str) -> Engine:
        """An engine for a corpus; raises CorpusError, ModelError, InputError, StateError."""
        await self.fetch(version)
        return await self._service.apart(self._workshop.rebuild, version)


async def _read(connection: AsyncConnection) -> tuple[Record | None, Proposal | None]:
    return await ledger.read_served(connection), await ledger.under_way(connection)
