"""Waiting: for a turn to be read, a bounded number at once, and visibly typing while an answer takes long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import discord

from bot.cogs.sending import DISCORD_ERRORS

T = TypeVar("T")

MAX_HANDLED = 8
"""Messages read at the same time; it bounds the attachments held in memory."""
TYPING_AFTER_S = 1.0
"""An asked-for answer that takes longer shows that the bot is typing."""
BUSY = "I am busy with other messages right now. Please ask me again in a minute."

_CAME: ContextVar[float] = ContextVar("came")
_WAITED: ContextVar[float] = ContextVar("waited")


class Waiting:
    """Turns for a bounded number of messages; the others wait in the order in which they came."""

    def __init__(self, slots: int = MAX_HANDLED) -> None:
        self._slots = asyncio.Semaphore(slots)
        self.count = 0
        """How many wait now."""
        self.under_way: set[asyncio.Task[Any]] = set()
        """The tasks that had a turn, or wait for one, and are not done."""

    def is_full(self, limit: int) -> bool:
        """Whether so many wait that one more would wait too long."""
        return self.count >= limit

    @asynccontextmanager
    async def turn(self, lock: asyncio.Lock | None = None) -> AsyncIterator[None]:
        """A turn, once those before it in the same conversation (which share the lock) are done and a slot is free."""
        task = asyncio.current_task()
        if task is not None:
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        self.count += 1
        waits = True
        came = time.perf_counter()
        _CAME.set(came)
        try:
            async with lock or asyncio.Lock(), self._slots:
                self.count -= 1
                waits = False
                _WAITED.set(time.perf_counter() - came)
                yield
        finally:
            if waits:
                self.count -= 1


def turn_times() -> tuple[float, float]:
    """Seconds since the present task asked for its turn, and how many of them it waited; zeros where it asked for none."""
    now = time.perf_counter()
    return now - _CAME.get(now), _WAITED.get(0.0)


async def typing_when_slow(channel: discord.abc.Messageable, work: Awaitable[T]) -> T:
    """The result of the work; if it takes longer than TYPING_AFTER_S, the bot is seen typing meanwhile."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=TYPING_AFTER_S)
    if done:
        return task.result()
    try:
        async with channel.typing():
            return await task
    except DISCORD_ERRORS:
        # Typing is a courtesy: the answer does not depend on it.
        return await task
