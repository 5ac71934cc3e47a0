"""Replacing the corpus of a running bot: one change at a time, each bounded in time, recorded, and able to be taken back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.checks.run import Report, check_corpus
from bot.corpus_store.archive import unpack
from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Origin, Record, Served, read_record, write_record
from bot.corpus_store.start import corpus_folder, in_use
from bot.engine import Engine
from bot.errors import InputError
from bot.service import Service
from bot.settings import Settings
from bot.state import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_S = 600.0
"""How long a check may take; Discord takes the answer to a command for fifteen minutes."""
BUSY = "Another corpus is being read or checked just now. Please try again when that is done."
TOO_LONG = "This took too long and was given up; the corpus that was served before still is."
NOTHING_BEFORE = "There is no earlier corpus to go back to."


@dataclass(frozen=True, slots=True)
class Upload:
    """A zip as it was uploaded."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """A corpus took another's place: what changed, in words, and what did not go well, or nothing."""

    old: Served
    new: Served
    changes: list[str]
    warning: str = ""


class Keeper:
    """Of the corpora of one bot. Its errors are CorpusError, ModelError and InputError; after any, what was served still is."""

    def __init__(self, service: Service, store: Store, settings: Settings, timeout_s: float = TIMEOUT_S) -> None:
        self.service = service
        self._store = store
        self._settings = settings
        self._timeout_s = timeout_s
        self._folder = corpus_folder(settings)
        self._kept = Kept(self._folder)
        self._lock = asyncio.Lock()
        self._late: asyncio.Future[object] | None = None
        known, version = read_record(self._folder), service.snapshot.version
        before = known.live if known.live is not None and known.live.version != version else known.previous
        live = known.live if known.live is not None and known.live.version == version else Served(version)
        self.record = Record(live, before)

    @property
    def live(self) -> Served:
        """The corpus that is served."""
        assert self.record.live is not None, "something is always served"
        return self.record.live

    async def reload(self, user_id: int) -> Change:
        """Serve the corpus in KNOWLEDGE_DIR as it is now."""
        async with self._one_at_a_time():
            engine = await self._bounded(lambda: self.service.build(self._settings.knowledge_dir))
            served = Served(engine.snapshot.version, Origin.FOLDER, user_id=user_id, at=int(time.time()))
            warning = await self._bounded(lambda: self._keep_copy(served.version))
            return await self._change(engine, served, "reload", warning)

    async def upload(self, upload: Upload, user_id: int) -> Change:
        """Serve an uploaded corpus, from now on and after each restart."""
        async with self._one_at_a_time():
            engine = await self._bounded(lambda: self._receive(upload))
            served = Served(engine.snapshot.version, Origin.UPLOAD, upload.name[:100], user_id, int(time.time()), pinned=True)
            return await self._change(engine, served, "upload")

    async def rollback(self, user_id: int) -> Change:
        """Serve the corpus that was served before; doing it again takes it back."""
        async with self._one_at_a_time():
            target = self.record.previous
            if target is None:
                raise InputError(NOTHING_BEFORE)
            engine = self.service.previous
            if engine is None or engine.snapshot.version != target.version:
                if not self._kept.has(target.version):
                    raise InputError(f"No copy of the corpus {target.version} is kept. {NOTHING_BEFORE}")
                engine = await self._bounded(lambda: self.service.build(self._kept.path(target.version)))
                if engine.snapshot.version != target.version:
                    raise InputError(f"The copy of the corpus {target.version} was changed on disk; it is not served.")
            pinned = self._kept.has(target.version)
            warning = "" if pinned else "No copy of it is kept on disk: the next start serves the corpus in KNOWLEDGE_DIR."
            served = replace(target, user_id=user_id, at=int(time.time()), pinned=pinned)
            return await self._change(engine, served, "rollback", warning)

    async def check(self, upload: Upload | None) -> Report:
        """What is wrong with the corpus in KNOWLEDGE_DIR, or with an uploaded one; nothing is served or kept."""
        async with self._one_at_a_time():
            today = datetime.now(UTC).date()
            if upload is None:
                return await self._bounded(lambda: check_corpus(self._settings.knowledge_dir, self._settings, today))
            return await self._bounded(lambda: self._unpacked(upload, lambda path: check_corpus(path, self._settings, today)))

    def _receive(self, upload: Upload) -> Engine:
        """Unpack, check and keep a corpus; blocking."""

        def build(path: Path) -> Engine:
            engine = self.service.build(path)
            self._kept.adopt(path, engine.snapshot.version)
            return engine

        return self._unpacked(upload, build)

    def _unpacked(self, upload: Upload, work: Callable[[Path], T]) -> T:
        """The result of work on an uploaded corpus; what of it is not kept is removed."""
        try:
            path = self._kept.make_incoming()
        except OSError as error:
            raise InputError(f"The zip cannot be unpacked: {error.strerror or error}.") from None
        try:
            unpack(upload.data, path)
            return work(path)
        except OSError as error:
            raise InputError(f"The corpus cannot be kept on disk: {error.strerror or error}.") from None
        finally:
            self._kept.discard(path)

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
        before = self.record.previous if served.version == old.version else old
        record = Record(served, before)
        try:
            await asyncio.to_thread(self._write, record)
        except OSError as error:
            if served.pinned and action != "rollback":
                raise InputError(f"The choice cannot be kept on disk ({error.strerror or error}); nothing has changed.") from None
            log.warning("The choice of corpus %s is not kept: %s", served.version, error)
            warning = warning or "The choice could not be kept on disk: the next start serves another corpus."
        self.record = record
        changes = self.service.serve(engine) if engine is not self.service.engine else []
        self.service.start_problem = ""
        log.info("Corpus %s is live (%s)", served.version, action)
        source = f" ({served.origin}{' ' + served.name if served.name else ''})"
        await self._store.audit(served.user_id, f"corpus-{action}", f"{old.version} → {served.version}{source}")
        return Change(old, served, changes, warning)

    def _write(self, record: Record) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_record(self._folder, record)
        self._kept.prune(in_use(record))

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        if self._lock.locked() or (self._late is not None and not self._late.done()):
            raise InputError(BUSY)
        async with self._lock:
            yield

    async def _bounded(self, work: Callable[[], T]) -> T:
        """The result of blocking work; what takes too long ends in the background, and nothing comes of it."""
        future = self.service.apart(work)
        done, _ = await asyncio.wait({future}, timeout=self._timeout_s)
        if not done:
            self._late = asyncio.ensure_future(_settled(future))
            raise InputError(TOO_LONG)
        return future.result()


async def _settled(future: asyncio.Future[T]) -> object:
    """Ends with the future; what came of it is no longer of interest, but an error goes to the log."""
    (result,) = await asyncio.gather(future, return_exceptions=True)
    if isinstance(result, BaseException):
        log.warning("A corpus that was given up failed in the end: %s", type(result).__name__)
    return None
