"""Where corpora are unpacked, checked and made ready beside those that answer: one at a time, each bounded in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.checks.run import Report, check_corpus
from bot.corpus_store.archive import unpack
from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Served
from bot.engine import Engine
from bot.errors import InputError
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_S = 600.0
"""How long a check may take; Discord takes the answer to a command for fifteen minutes."""
BUSY = "Another corpus is being read or checked just now. Please try again when that is done."
TOO_LONG = "This took too long and was given up; the corpus that was served before still is."


@dataclass(frozen=True, slots=True)
class Upload:
    """A zip as it was uploaded."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """A corpus took another's place: what changed, in words, and what did not go well, or nothing.

    old: None where a server had none of its own before.
    """

    old: Served | None
    new: Served
    changes: list[str]
    warning: str = ""


class Workshop:
    """For the corpora kept in one place. `own`: they are a server's own."""

    def __init__(self, service: Service, kept: Kept, timeout_s: float = TIMEOUT_S, *, own: bool = False) -> None:
        self._service = service
        self.kept = kept
        self._timeout_s = timeout_s
        self._own = own
        self._lock = asyncio.Lock()
        self._late: asyncio.Future[object] | None = None

    @asynccontextmanager
    async def one_at_a_time(self) -> AsyncIterator[None]:
        """Keep others out meanwhile; raises InputError when somebody is at it, or what was given up has not ended yet."""
        if self._lock.locked() or (self._late is not None and not self._late.done()):
            raise InputError(BUSY)
        async with self._lock:
            yield

    async def bounded(self, work: Callable[[], T]) -> T:
        """The result of blocking work; what takes too long ends in the background, and nothing comes of it."""
        future = self._service.apart_own(work) if self._own else self._service.apart(work)
        done, _ = await asyncio.wait({future}, timeout=self._timeout_s)
        if not done:
            self._late = asyncio.ensure_future(_settled(future))
            raise InputError(TOO_LONG)
        return future.result()

    def receive(self, upload: Upload) -> Engine:
        """Unpack, check and keep a corpus; blocking. Raises CorpusError, ModelError, InputError."""
        path = self._unpack(upload)
        try:
            engine = self._service.build(path, own=self._own)
            self.kept.adopt(path, engine.snapshot.version)
        except OSError as error:
            raise InputError(f"The corpus cannot be kept on disk: {error.strerror or error}.") from None
        finally:
            self.kept.discard(path)
        return engine

    def check(self, upload: Upload, settings: Settings, today: date) -> Report:
        """What is wrong with an uploaded corpus, which is not kept; blocking. Raises InputError."""
        path = self._unpack(upload)
        try:
            return check_corpus(path, settings, today)
        finally:
            self.kept.discard(path)

    def rebuild(self, version: str) -> Engine:
        """An engine for the kept copy of a version; blocking. Raises CorpusError, ModelError, InputError."""
        if not self.kept.has(version):
            raise InputError(f"No copy of the corpus {version} is kept.")
        engine = self._service.build(self.kept.path(version), own=self._own)
        if engine.snapshot.version != version:
            raise InputError(f"The copy of the corpus {version} was changed on disk; it is not served.")
        return engine

    def _unpack(self, upload: Upload) -> Path:
        try:
            path = self.kept.make_incoming()
        except OSError as error:
            raise InputError(f"The zip cannot be unpacked: {error.strerror or error}.") from None
        try:
            unpack(upload.data, path)
        except OSError as error:
            self.kept.discard(path)
            raise InputError(f"The corpus cannot be kept on disk: {error.strerror or error}.") from None
        except BaseException:
            self.kept.discard(path)
            raise
        return path


async def _settled(future: asyncio.Future[T]) -> object:
    """Ends with the future; what came of it is no longer of interest, but an error goes to the log."""
    (result,) = await asyncio.gather(future, return_exceptions=True)
    if isinstance(result, BaseException):
        log.warning("A corpus that was given up failed in the end: %s", type(result).__name__)
    return None
