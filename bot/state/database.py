"""One database: opened, brought up to date, used; when it cannot be used, left alone for a while and tried again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StateError
from bot.state.schema import NewerStateError, migrate

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_TIMEOUT_S = 2.0
"""How long a statement waits for a lock that another program holds."""
RETRY_AFTER_S = 15.0
"""How long a failing database is left alone, so that answers do not wait for it one after the other."""
CONNECTIONS = 5
"""At a time; to a SQLite file one, for its writers exclude each other."""


class Database:
    """Runs work in transactions. The first use opens it; a file that vanished meanwhile is made anew."""

    def __init__(self, url: str | URL, *, busy_timeout_s: float = BUSY_TIMEOUT_S, retry_after_s: float = RETRY_AFTER_S) -> None:
        """Raises StateError when the URL is none."""
        try:
            self.url: URL = make_url(url)
        except ArgumentError:
            raise StateError("DATABASE_URL is not the URL of a database.") from None
        self._file = Path(self.url.database) if self._is_file and self.url.database else None
        self._connect_args: dict[str, object] = {"timeout": busy_timeout_s}
        self._retry_after_s = retry_after_s
        self._gate = asyncio.Semaphore(CONNECTIONS if self._file is None else 1)
        self._opening = asyncio.Lock()
        self._engine: AsyncEngine | None = None
        self._identity: tuple[int, int] | None = None
        self._retry_at = 0.0
        self._told: set[str] = set()
        self._running: set[asyncio.Future[Any]] = set()

    @property
    def available(self) -> bool:
        """Whether the last use worked, or it is time to try again."""
        return time.monotonic() >= self._retry_at

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]], *, reads: bool = False) -> T:
        """The result of the work, done in one transaction. `reads`: it writes nothing.

        Raises StateError when the database cannot be used now (logged once a kind), NewerStateError when it never can, and
        IntegrityError when the work breaks a key.
        """
        # Work that is cut off in the middle leaves the driver waiting for ever: it is finished, whoever gave up on it.
        task = asyncio.ensure_future(self._run(work, reads=reads))
        self._running.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen here, in case nobody waits for it any more

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]], *, reads: bool) -> T:
        async with self._gate:
            if not self.available:
                raise StateError("The state cannot be used at the moment.")
            try:
                engine = await self._open()
                async with engine.begin() as connection:
                    found = await work(connection)
            except (IntegrityError, NewerStateError):
                raise
            except (SQLAlchemyError, OSError, ImportError) as error:
                self._retry_at = time.monotonic() + self._retry_after_s
                raise self._failure(error) from error
            if not reads:  # where nothing can be written, reading may still work
                self._recovered()
            return found

    def try_again(self) -> None:
        """Leave a failing database alone no longer."""
        self._retry_at = 0.0

    async def close(self) -> None:
        """Close every connection."""
        if self._running:
            await asyncio.wait(self._running)
        await self._dispose()

    async def _dispose(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    @property
    def _is_file(self) -> bool:
        return self.url.get_backend_name() == "sqlite" and not (self.url.database or "").startswith(("file:", ":"))

    async def _open(self) -> AsyncEngine:
        async with self._opening:
            if self._engine is not None and self._file is not None and _identity(self._file) != self._identity:
                log.warning("%s is not the file it was: it is opened anew", self._file)
                await self._dispose()
            if self._engine is None:
                if self._file is not None:
                    self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                await migrate(self.url, self._connect_args)
                self._engine = create_async_engine(self.url, connect_args=self._connect_args)
                self._identity = _identity(self._file) if self._file is not None else None
            return self._engine

    def _failure(self, error: Exception) -> StateError:
        """The error to raise; the first of its kind goes to the log."""
        text = describe(error)
        if text not in self._told:
            self._told.add(text)
            log.error("The state cannot be used (%s): answers go on without it, and it is tried again", text)
        return StateError(f"The state cannot be used at the moment ({text}).")

    def _recovered(self) -> None:
        if self._told:
            self._told.clear()
            log.info("The state can be used again")


def describe(error: Exception) -> str:
    """The cause of a failure in a few words, without the statement and its values."""
    if isinstance(error, NoSuchModuleError | ImportError):
        return f"its driver is not installed: {error}"
    if isinstance(error, DBAPIError):
        said = str(error.orig).strip().splitlines()
        return said[0][:200] if said else type(error.orig).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return type(error).__name__


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
