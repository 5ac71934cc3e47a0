"""A PostgreSQL database for plain threads: asyncpg on a loop of its own, and no thread ever waits longer than it said."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import asyncpg

from bot.errors import StateError

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

T = TypeVar("T")
log = logging.getLogger(__name__)

CONNECTIONS = 4
"""At a time, for searches; who computes or builds has one more."""
COMMAND_S = 10.0
"""How long any statement may take that says nothing else."""
RETRY_AFTER_S = 15.0
"""How long a database that does not answer is left alone, so that searches do not wait for it one after the other."""
GRACE_S = 0.2
"""How much longer a thread waits than the work on the loop may take, which then says best what went wrong."""
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Connect(Protocol):
    """See Link."""

    def __call__(self, command_s: float, /, *, patient: bool) -> Awaitable[asyncpg.Connection[asyncpg.Record]]:
        """patient: the connection may wait for locks, and be idle with one."""


class Link:
    """The way to one database; thread-safe. Every method that uses it raises StateError when it cannot be used now."""

    def __init__(self, connect: Connect, *, retry_after_s: float = RETRY_AFTER_S) -> None:
        """connect: makes a connection, within seconds or not at all, whose statements end, or fail, within so many seconds."""
        self._connect = connect
        self._retry_after_s = retry_after_s
        self._retry_at = 0.0
        self._loop = asyncio.new_event_loop()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        # A daemon: nothing that it does is worth keeping the process for.
        threading.Thread(target=self._loop.run_forever, name="vectors", daemon=True).start()

    @property
    def available(self) -> bool:
        """Whether the last use worked, or it is time to try again."""
        return time.monotonic() >= self._retry_at

    def run(self, work: Callable[[Connection], Awaitable[T]], seconds: float) -> T:
        """The result of the work, which must be done with a connection within so many seconds, connecting included."""
        if not self.available:
            raise StateError("DATABASE_URL: the database did not answer just now.")
        with self._rests():
            return self.call(lambda: self.use(work, seconds), seconds + GRACE_S)

    def call(self, work: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        """The result of what is awaited on the loop of this link."""

        async def awaited() -> T:
            return await work()

        future = asyncio.run_coroutine_threadsafe(awaited(), self._loop)
        try:
            return future.result(seconds)
        except FAILURES as error:
            future.cancel()
            raise StateError(f"DATABASE_URL: {describe(error)}") from error

    @contextmanager
    def connection(self, command_s: float = COMMAND_S) -> Iterator[asyncpg.Connection[asyncpg.Record]]:
        """A connection for one purpose, closed at the end: with it goes every lock that was taken over it."""
        with self._rests():
            opened = self.call(lambda: self._connect(command_s, patient=True))
        try:
            yield opened
        finally:
            with suppress(StateError):
                self.call(lambda: _close(opened))

    def keep(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Let something go on beside, on the loop of this link, until the process ends."""
        asyncio.run_coroutine_threadsafe(_ensure(work), self._loop)

    @contextmanager
    def _rests(self) -> Iterator[None]:
        """After a failure, the database is left alone for a while."""
        try:
            yield
        except StateError:
            self._retry_at = time.monotonic() + self._retry_after_s
            raise

    def close(self) -> None:
        """End: connections are closed, what waits is given up."""
        pool = self._pool
        if pool is not None:
            self._loop.call_soon_threadsafe(pool.terminate)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _pooled(self, *_: object, **__: object) -> asyncpg.Connection[asyncpg.Record]:
        return await self._connect(COMMAND_S, patient=False)

    async def use(self, work: Callable[[Connection], Awaitable[T]], seconds: float) -> T:
        """The same on the loop of this link; raises what the driver raises."""
        if self._pool is None:
            # Nothing is set on a connection beyond a transaction, so that nothing need be reset between two uses.
            self._pool = asyncpg.create_pool(connect=self._pooled, min_size=0, max_size=CONNECTIONS, reset=_no_reset)
        async with asyncio.timeout(seconds):
            await self._pool  # done once
            connection = await self._pool.acquire()
            try:
                return await work(connection)
            except asyncpg.PostgresError:
                raise
            except BaseException:
                connection.terminate()  # whatever it is still at: the next use gets another one
                raise
            finally:
                await self._pool.release(connection, timeout=1.0)


def describe(error: Exception) -> str:
    """A failure in a few words, without values."""
    said = str(error).strip().splitlines()
    return f"{said[0][:200]}" if said else "it does not answer" if isinstance(error, TimeoutError) else type(error).__name__


async def _no_reset(_connection: object) -> None:
    return


async def _ensure(work: Callable[[], Awaitable[Any]]) -> None:
    await work()


async def _close(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    try:
        await connection.close(timeout=1.0)
    except FAILURES:
        connection.terminate()
