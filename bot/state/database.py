"""One database: opened, brought up to date, used; when it cannot be used, left alone for a while and tried again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StateError
from bot.state.failures import RefusedError, describe, refused
from bot.state.postgres import CONNECT_S, is_postgres, make_engine
from bot.state.schema import migrate

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_TIMEOUT_S = 2.0
"""How long a statement waits for a lock that another program holds on a SQLite file."""
LIMIT_S = 5.0
"""How long work may take at PostgreSQL: then its connection is given up, for a network that is silent does not say so."""
RETRY_AFTER_S = 15.0
"""How long a failing database is left alone, so that answers do not wait for it one after the other."""
CONNECTIONS = 5
"""At a time; to a SQLite file one, for its writers exclude each other."""
CLOSE_S = 3.0
"""How long connections may take to be closed politely."""
RENEW_S = 1_800
"""Age at which a connection is made anew."""


class Database:
    """Runs work in transactions. The first use opens it; a file that vanished meanwhile is made anew."""

    def __init__(
        self,
        url: str | URL,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        retry_after_s: float = RETRY_AFTER_S,
        connections: int = CONNECTIONS,
    ) -> None:
        """Raises StateError when the URL is none."""
        try:
            self.url: URL = make_url(url)
        except ArgumentError:
            raise StateError("DATABASE_URL is not the URL of a database.") from None
        self._file = Path(self.url.database) if self._is_file and self.url.database else None
        self._connect_args: dict[str, object] = {"timeout": busy_timeout_s}
        self._retry_after_s = retry_after_s
        self._connections = connections
        self._gate = asyncio.Semaphore(connections if self._file is None else 1)
        self._opening = asyncio.Lock()
        self._engine: AsyncEngine | None = None
        self._identity: tuple[int, int] | None = None
        self._retry_at = 0.0
        self._told: set[str] = set()
        self._running: set[asyncio.Future[Any]] = set()
        self._made: WeakSet[asyncpg.Connection[Any]] = WeakSet()

    @property
    def available(self) -> bool:
        """Whether the last use worked, or it is time to try again."""
        return time.monotonic() >= self._retry_at

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]], *, reads: bool = False, limit_s: float = LIMIT_S) -> T:
        """The result of the work, done in one transaction. `reads`: it writes nothing. limit_s: at PostgreSQL.

        Raises StateError when the database cannot be used now (logged once a kind), RefusedError when it does not take the
        work's values, NewerStateError when it never can be used, and IntegrityError when the work breaks a key.
        """
        # Work that is cut off in the middle leaves the driver waiting for ever: it is finished, whoever gave up on it.
        task = asyncio.ensure_future(self._run(work, reads=reads, limit_s=limit_s))
        self._running.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen here, in case nobody waits for it any more

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]], *, reads: bool, limit_s: float) -> T:
        async with self._gate:
            if not self.available:
                raise StateError("The state cannot be used at the moment.")
            try:
                engine = await self._open()
                async with self._transaction(engine, limit_s) as connection:
                    found = await work(connection)
            except (IntegrityError, StateError):
                raise
            except (SQLAlchemyError, OSError, ImportError) as error:
                if refused(error):
                    raise RefusedError(f"The state does not take this ({describe(error)}).") from error
                self._retry_at = time.monotonic() + self._retry_after_s
                raise self._failure(error) from error
            if not reads:  # where nothing can be written, reading may still work
                self._recovered()
            return found

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, limit_s: float) -> AsyncIterator[AsyncConnection]:
        if not is_postgres(self.url):
            async with engine.begin() as connection:
                yield connection
            return
        connection = engine.connect()
        async with asyncio.timeout(CONNECT_S + LIMIT_S):
            await connection.start()
        try:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            # What waits for an answer then fails at once, and the pool drops the connection: asking it to stop might hang, too.
            limit = asyncio.get_running_loop().call_later(limit_s, driver.terminate)
            try:
                async with connection.begin():
                    yield connection
            except SQLAlchemyError as error:
                if limit.when() <= asyncio.get_running_loop().time() and driver.is_closed():
                    raise TimeoutError(f"no answer within {limit_s:g} s") from error
                raise
            finally:
                limit.cancel()
        finally:
            await connection.close()

    def try_again(self) -> None:
        """Leave a failing database alone no longer."""
        self._retry_at = 0.0

    async def close(self) -> None:
        """Close every connection; work that does not end in time is given up."""
        if self._running:
            await asyncio.wait(self._running, timeout=None if self._file is not None else 2 * LIMIT_S)
        await self._dispose()

    async def _dispose(self) -> None:
        engine, self._engine = self._engine, None
        if engine is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S if is_postgres(self.url) else None):
                await engine.dispose()
        except (SQLAlchemyError, OSError) as error:
            log.debug("The connections to the database were not closed politely: %s", type(error).__name__)
        for connection in list(self._made):
            connection.terminate()

    @property
    def _is_file(self) -> bool:
        return self.url.get_backend_name() == "sqlite" and not (self.url.database or "").startswith(("file:", ":"))

    async def _open(self) -> AsyncEngine:
        async with self._opening:
            if not self.available:  # looked at here, too: one wait for a silent database is enough
                raise StateError("The state cannot be used at the moment.")
            if self._engine is not None and self._file is not None and _identity(self._file) != self._identity:
                log.warning("%s is not the file it was: it is opened anew", self._file)
                await self._dispose()
            if self._engine is None:
                if self._file is not None:
                    self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                await migrate(self.url, self._connect_args)
                self._engine = self._make_engine()
                self._identity = _identity(self._file) if self._file is not None else None
            return self._engine

    def _make_engine(self) -> AsyncEngine:
        if not is_postgres(self.url):
            return create_async_engine(self.url, connect_args=self._connect_args)
        return make_engine(
            self.url,
            made=self._made.add,
            pool_size=self._connections,
            max_overflow=0,
            pool_timeout=CONNECT_S,
            pool_recycle=RENEW_S,
        )

    def _failure(self, error: Exception) -> StateError:
        """The error to raise; the first of its kind goes to the log."""
        text = describe(error)
        if is_postgres(self.url):
            text = f"DATABASE_URL, {self.url.host or 'a socket'}: {text}"
        if text not in self._told:
            self._told.add(text)
            log.error("The state cannot be used (%s): answers go on without it, and it is tried again", text)
        return StateError(f"The state cannot be used at the moment ({text}).")

    def _recovered(self) -> None:
        if self._told:
            self._told.clear()
            log.info("The state can be used again")


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
