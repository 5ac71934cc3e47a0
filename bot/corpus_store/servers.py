"""Corpora that servers have of their own: kept apart, loaded when they are needed, and answering in no other server."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.checks.run import Report
from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Origin, Record, Served
from bot.corpus_store.server_records import FileRecords, ServerRecords, refuse_more
from bot.corpus_store.start import corpus_folder, first_of, in_use, server_folders
from bot.corpus_store.workshop import TIMEOUT_S, Change, Upload, Workshop
from bot.engine import Engine
from bot.errors import CorpusError, InputError, StateError, UserError
from bot.knowledge.diff import describe_change
from bot.service import Service
from bot.settings import Settings
from bot.state import Store

if TYPE_CHECKING:
    from bot.cluster import Cluster

log = logging.getLogger(__name__)

NONE_OWN = "This server has no corpus of its own."
NONE_BEFORE = "This server had no other corpus of its own before."


class ServerCorpora:
    """Of one bot. Its errors are those of the keeper; after any, what was served still is.

    records: the servers that have one. problems: why one does not answer, by the server's id; the shared one does then.
    """

    def __init__(
        self, service: Service, store: Store, settings: Settings, timeout_s: float = TIMEOUT_S, cluster: Cluster | None = None
    ) -> None:
        self.records: dict[int, Record] = {}
        self.problems: dict[int, str] = {}
        self._service = service
        self._store = store
        self._settings = settings
        self._limit = settings.server_corpora
        self._timeout_s = timeout_s
        self._cluster = cluster
        self._folder = server_folders(corpus_folder(settings))
        self._kept: ServerRecords = FileRecords(self._folder, self._limit)
        self._workshops: dict[int, Workshop] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stale = True
        if cluster is not None:
            # Imported here: one process with a file needs nothing of it.
            from bot.corpus_store.shared_records import TOPIC, SharedRecords

            self._kept = SharedRecords(cluster, self._limit)
            cluster.listener.on(TOPIC, self._heard)
            cluster.listener.on("", self._heard)
            cluster.steps.append(self._read)

    async def start(self) -> None:
        """Find out which servers have one; those of a process that is alone are loaded at once, others when they are needed."""
        self._service.wanted = self.want
        try:
            await self._read()
        except StateError as error:
            log.debug("Which servers have a corpus of their own is not known now: %s", error)
        if self._cluster is None:
            for guild_id in self.records:
                self.want(guild_id)

    async def stop(self) -> None:
        """Load no more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def want(self, guild_id: int) -> None:
        """Load the corpus of a server in the background, if it has one that is not loaded."""
        known = self.records.get(guild_id)
        if known is None or guild_id in self._tasks or guild_id in self.problems or self._is_served(guild_id, known):
            return
        if guild_id not in sorted(self.records)[: self._limit]:
            self.problems[guild_id] = f"more servers have a corpus of their own than SERVER_CORPORA ({self._limit}) allows"
            return
        task = asyncio.create_task(self._load(guild_id, known))
        self._tasks[guild_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(guild_id, None))

    async def upload(self, upload: Upload, guild_id: int, user_id: int) -> Change:
        """Serve an uploaded corpus in one server, beside the shared one."""
        workshop = self._workshop(guild_id)
        async with workshop.one_at_a_time():
            refuse_more(set(self.records), guild_id, self._limit)
            engine = await workshop.bounded(lambda: workshop.receive(upload))
            served = Served(engine.snapshot.version, Origin.UPLOAD, upload.name[:100], user_id, int(time.time()), pinned=True)
            return await self._change(guild_id, engine, served, "upload")

    async def rollback(self, guild_id: int, user_id: int) -> Change:
        """Serve the corpus that the server had before; doing it again takes it back."""
        workshop = self._workshop(guild_id)
        async with workshop.one_at_a_time():
            target = self.records.get(guild_id, Record()).previous
            if target is None:
                raise InputError(NONE_BEFORE)
            await self._kept.fetch(target.version, workshop.kept)
            engine = await workshop.bounded(lambda: workshop.rebuild(target.version))
            served = replace(target, user_id=user_id, at=int(time.time()))
            return await self._change(guild_id, engine, served, "rollback")

    async def remove(self, guild_id: int, user_id: int) -> Served:
        """Serve the shared corpus alone in a server, and keep nothing of its own one, which is returned."""
        workshop = self._workshop(guild_id)
        async with workshop.one_at_a_time():
            live = self.records.get(guild_id, Record()).live
            if live is None:
                raise InputError(NONE_OWN)
            await self._kept.remove(guild_id)
            await self._forget(guild_id)
            log.info("Server %d has no corpus of its own any more", guild_id)
            await self._store.audit(user_id, "server-corpus-remove", f"{live.version} → none", guild_id=guild_id)
            return live

    async def check(self, upload: Upload, guild_id: int) -> Report:
        """What is wrong with an uploaded corpus; nothing is served or kept."""
        workshop, today = self._workshop(guild_id), datetime.now(UTC).date()
        async with workshop.one_at_a_time():
            return await workshop.bounded(lambda: workshop.check(upload, self._settings, today))

    async def _change(self, guild_id: int, engine: Engine, served: Served, action: str) -> Change:
        known, before = self.records.get(guild_id, Record()), self._service.own_engine(guild_id)
        old = known.live
        same = old is not None and served.version == old.version
        record = Record(served, known.previous if same else old)
        await self._kept.write(guild_id, record, self._workshop(guild_id).kept)
        self.records[guild_id] = record
        self.problems.pop(guild_id, None)
        self._service.serve_own(guild_id, engine)
        log.info("Corpus %s is live in server %d (%s)", served.version, guild_id, action)
        detail = f"{old.version if old is not None else 'none'} → {served.version} ({served.origin} {served.name})"
        await self._store.audit(served.user_id, f"server-corpus-{action}", detail, guild_id=guild_id)
        return Change(old, served, describe_change(before.snapshot, engine.snapshot) if before is not None else [])

    async def _load(self, guild_id: int, record: Record) -> None:
        assert record.live is not None, "only what is served is known"
        version, workshop = record.live.version, self._workshop(guild_id)
        try:
            await self._kept.fetch(version, workshop.kept)
            engine = await self._service.apart_own(workshop.rebuild, version)
        except StateError as error:
            log.debug("The corpus of server %d is tried again: %s", guild_id, error)
        except UserError as error:
            if self.records.get(guild_id) == record:
                said = first_of(error) if isinstance(error, CorpusError) else error
                self.problems[guild_id] = f"corpus {version} no longer loads: {said}"
                log.error("Server %d is answered from the shared corpus alone: %s", guild_id, self.problems[guild_id])  # noqa: TRY400
        except Exception as error:
            log.exception("The corpus of server %d cannot be loaded", guild_id)
            self.problems[guild_id] = f"an unexpected error ({type(error).__name__}), which the log tells"
        else:
            if self.records.get(guild_id) == record:
                self._service.serve_own(guild_id, engine)
                log.info("Corpus %s is live in server %d", version, guild_id)

    async def _forget(self, guild_id: int) -> None:
        self.records.pop(guild_id, None)
        self.problems.pop(guild_id, None)
        self._service.serve_own(guild_id, None)
        await asyncio.to_thread(shutil.rmtree, self._folder / str(guild_id), ignore_errors=True)

    async def _heard(self, _payload: str) -> None:
        self._stale = True
        await self._read()

    async def _read(self) -> None:
        """Find out what changed elsewhere, if anything may have; raises StateError, and is tried again at the next beat then."""
        if not self._stale:
            return
        found = await self._kept.all()
        self._stale = False
        known, self.records = self.records, found
        for guild_id in known.keys() - found.keys():
            await self._forget(guild_id)
        for guild_id, record in found.items():
            if record != known.get(guild_id):
                self.problems.pop(guild_id, None)
            if self._service.own_engine(guild_id) is not None:
                self.want(guild_id)

    def _is_served(self, guild_id: int, record: Record) -> bool:
        engine = self._service.own_engine(guild_id)
        return engine is not None and record.live is not None and engine.snapshot.version == record.live.version

    def _workshop(self, guild_id: int) -> Workshop:
        if guild_id not in self._workshops:
            kept = Kept(self._folder / str(guild_id))
            kept.tidy(in_use(self.records.get(guild_id, Record())), alone=self._cluster is None)
            self._workshops[guild_id] = Workshop(self._service, kept, self._timeout_s, own=True)
        return self._workshops[guild_id]
