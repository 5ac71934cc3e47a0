"""Writes that wait for the database, in order, and reads that do without it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StateError
from bot.state.database import Database
from bot.state.failures import RefusedError

log = logging.getLogger(__name__)
T = TypeVar("T")
Write = Callable[[AsyncConnection], Awaitable[None]]

MAX_PENDING = 2_000
"""Writes kept while the database cannot be used; the oldest go first."""


class Outbox:
    """What cannot be written now is written later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: deque[Write] = deque(maxlen=MAX_PENDING)
        self._flushing = asyncio.Lock()
        self._flushes: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._pending)

    async def write(self, write: Write) -> None:
        """Make a write, after those that are pending."""
        self._pending.append(write)
        await self.flush()

    async def insert(self, write: Write) -> bool:
        """Insert something that may be there already: then False. While that cannot be known, it is taken to be new."""
        await self.flush()
        try:
            await self._database.run(write)
        except IntegrityError:
            return False
        except RefusedError as error:
            log.error("A change of the state is lost: %s", error)  # noqa: TRY400 - where it was made says nothing more
        except StateError:
            self._pending.append(write)
        return True

    async def find(self, read: Callable[[AsyncConnection], Awaitable[T]], fallback: Callable[[], T]) -> T:
        """What the database says, once the pending writes are made; the fallback's word while it cannot be used.

        Where writes stay pending, the database may lack them: what the fallback knows then comes first.
        """
        await self.flush()
        if self._pending and (known := fallback()):
            return known
        try:
            return await self._database.run(read, reads=True)
        except StateError:
            return fallback()

    async def flush(self) -> None:
        """Make the pending writes as far as the database lets them."""
        if self._pending or self._flushing.locked():
            # Finished, whoever gives up on it: of a write under way it is not known yet whether it has to be kept.
            task = asyncio.create_task(self._flush())
            self._flushes.add(task)
            task.add_done_callback(self._flushes.discard)
            await asyncio.shield(task)

    async def _flush(self) -> None:
        async with self._flushing:
            while self._pending:
                write = self._pending.popleft()
                try:
                    await self._database.run(write)
                except IntegrityError:
                    log.debug("A pending write was there already")
                except RefusedError as error:  # it would be refused for ever, and hold up all that come after it
                    log.error("A change of the state is lost: %s", error)  # noqa: TRY400
                except StateError:
                    self._pending.appendleft(write)
                    return
