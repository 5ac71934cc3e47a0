"""Replacing the shared corpus of a running bot: one change at a time, bounded in time, recorded, and able to be taken back."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.checks.run import Report, check_corpus
from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Origin, Record, Served, read_record, write_record
from bot.corpus_store.servers import ServerCorpora
from bot.corpus_store.start import corpus_folder, in_use
from bot.corpus_store.workshop import TIMEOUT_S, Change, Upload, Workshop
from bot.engine import Engine
from bot.errors import InputError
from bot.knowledge.diff import describe_change
from bot.service import Service
from bot.settings import Settings
from bot.state import Store

if TYPE_CHECKING:
    from bot.cluster import Cluster

log = logging.getLogger(__name__)

NOTHING_BEFORE = "There is no earlier corpus to go back to."


class Keeper:
    """Of the corpora of one bot. Its errors are CorpusError, ModelError, InputError and, where processes share a database,
    StateError; after any, what was served still is.

    cluster: the processes that serve the same corpus, or None; `servers`: the corpora that servers have of their own.
    """

    def __init__(
        self,
        service: Service,
        store: Store,
        settings: Settings,
        timeout_s: float = TIMEOUT_S,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        self.service = service
        self.servers = ServerCorpora(service, store, settings, timeout_s, cluster)
        self._store = store
        self._settings = settings
        self._folder = corpus_folder(settings)
        self._kept = Kept(self._folder)
        self._workshop = Workshop(service, self._kept, timeout_s)
        known, version = read_record(self._folder), service.snapshot.version
        before = known.live if known.live is not None and known.live.version != version else known.previous
        live = known.live if known.live is not None and known.live.version == version else Served(version)
        self.record = Record(live, before)
        self.cluster = cluster
        if cluster is not None:
            # Imported here: one process with a file needs nothing of it.
            from bot.corpus_store.following import Follower
            from bot.corpus_store.offering import Offer
            from bot.corpus_store.proposing import Proposer

            self._follower = Follower(cluster, service, self._workshop, self.record, self._adopt)
            self._proposer = Proposer(cluster, self._follower)
            self._offer = Offer(cluster, self._follower, self._workshop, self._proposer, service, settings)

    @property
    def live(self) -> Served:
        """The corpus that is served."""
        assert self.record.live is not None, "something is always served"
        return self.record.live

    async def start(self) -> None:
        """Begin to follow what other processes serve, and to answer with the corpora of servers."""
        await self.servers.start()
        if self.cluster is not None:
            self._follower.start()
            self._offer.start()

    async def stop(self) -> None:
        """End it."""
        await self.servers.stop()
        if self.cluster is not None:
            await self._offer.stop()
            await self._follower.stop()

    async def reload(self, user_id: int) -> Change:
        """Read the corpus in KNOWLEDGE_DIR again, and serve it if it passes its checks."""
        async with self._workshop.one_at_a_time():
            engine = await self._workshop.bounded(lambda: self.service.build(self._settings.knowledge_dir))
            served = Served(engine.snapshot.version, user_id=user_id, at=int(time.time()))
            warning = await self._workshop.bounded(lambda: self._keep_copy(served.version))
            return await self._change(engine, served, "reload", warning)

    async def upload(self, upload: Upload, user_id: int) -> Change:
        """Serve an uploaded corpus, from now on and after each restart."""
        async with self._workshop.one_at_a_time():
            engine = await self._workshop.bounded(lambda: self._workshop.receive(upload))
            served = Served(engine.snapshot.version, Origin.UPLOAD, upload.name[:100], user_id, int(time.time()), pinned=True)
            return await self._change(engine, served, "upload")

    async def rollback(self, user_id: int) -> Change:
        """Serve the corpus that was served before; doing it again takes it back."""
        async with self._workshop.one_at_a_time():
            target = self.record.previous
            if target is None:
                raise InputError(NOTHING_BEFORE)
            engine = self.service.previous
            if engine is None or engine.snapshot.version != target.version:
                if self.cluster is not None:
                    await self._follower.fetch(target.version)
                if not self._kept.has(target.version):
                    raise InputError(f"No copy of the corpus {target.version} is kept. {NOTHING_BEFORE}")
                engine = await self._workshop.bounded(lambda: self._workshop.rebuild(target.version))
            pinned = self._kept.has(target.version)
            warning = "" if pinned else "No copy of it is kept on disk: the next start serves the corpus in KNOWLEDGE_DIR."
            served = replace(target, user_id=user_id, at=int(time.time()), pinned=pinned)
            return await self._change(engine, served, "rollback", warning)

    async def check(self, upload: Upload | None) -> Report:
        """What is wrong with the corpus in KNOWLEDGE_DIR, or with an uploaded one; nothing is served or kept."""
        async with self._workshop.one_at_a_time():
            today, settings = datetime.now(UTC).date(), self._settings
            if upload is None:
                return await self._workshop.bounded(lambda: check_corpus(settings.knowledge_dir, settings, today))
            return await self._workshop.bounded(lambda: self._workshop.check(upload, settings, today))

    def _keep_copy(self, version: str) -> str:
        try:
            self._kept.copy(self._settings.knowledge_dir, version)
        except OSError as error:
            log.warning("No copy of corpus %s is kept: %s", version, error)
            return "No copy of it could be kept on disk: it cannot be rolled back to after a restart."
        return ""

    async def _change(self, engine: Engine, served: Served, action: str, warning: str = "") -> Change:
        """Record, then serve: what a restart would serve is never behind."""
        old = self.live
        # Reading the same corpus again leaves the one before where it was.
        record = Record(served, self.record.previous if served.version == old.version else old)
        changes = describe_change(self.service.snapshot, engine.snapshot) if engine is not self.service.engine else []
        if self.cluster is not None:
            await self._proposer.change(engine, record)
        else:
            said = await self._write(record, action)
            warning = warning or said
            if engine is not self.service.engine:
                self.service.serve(engine)
            self.record = record
        self.service.start_problem = ""
        log.info("Corpus %s is live (%s)", served.version, action)
        source = f" ({served.origin}{' ' + served.name if served.name else ''})"
        await self._store.audit(served.user_id, f"corpus-{action}", f"{old.version} → {served.version}{source}")
        return Change(old, served, changes, warning)

    async def _adopt(self, record: Record, engine: Engine | None) -> None:
        """Serve what all processes serve; the file on disk is for a start at which the database cannot be used."""
        if engine is not None:
            self.service.serve(engine)
            self.service.start_problem = ""
            log.info("Corpus %s is live, as in every process", engine.snapshot.version)
        self.record = record
        try:
            await asyncio.to_thread(self._write_file, record)
        except OSError as error:
            log.warning("The choice of corpus %s is not kept on disk: %s", self.live.version, error)

    async def _write(self, record: Record, action: str) -> str:
        """Keep the choice on disk; returns a warning when it is not kept, or raises InputError where that would be a lie."""
        try:
            await asyncio.to_thread(self._write_file, record)
        except OSError as error:
            assert record.live is not None, "something is always served"
            if record.live.pinned and action != "rollback":
                raise InputError(f"The choice cannot be kept on disk ({error.strerror or error}); nothing has changed.") from None
            log.warning("The choice of corpus %s is not kept: %s", record.live.version, error)
            return "The choice could not be kept on disk: the next start serves another corpus."
        return ""

    def _write_file(self, record: Record) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_record(self._folder, record)
        self._kept.prune(in_use(record))
