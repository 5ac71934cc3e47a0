"""What the bot knows of each thread: held in memory, bounded, and rebuilt from the thread's messages when it is missing."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from bot.diagnosis.conversation import Conversation
from bot.engine import Answer

MAX_THREADS = 2_000
"""Threads remembered; the one longest without a message is forgotten first."""
MAX_HISTORY = 50
"""Messages of a thread looked at when its conversation is rebuilt."""


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What is known of one thread.

    asker: id of the member whose messages are followed; None when it cannot be found out.
    helped: a helper has spoken.
    conversation: None when messages were passed over, so that it must be rebuilt before it is used.
    spoken: the bot has spoken. latest: id of the latest message read in it, or 0.
    """

    asker: int | None
    helped: bool = False
    conversation: Conversation | None = field(default_factory=Conversation)
    spoken: bool = False
    latest: int = 0


class Conversations:
    """Least-recently-used store of thread states, with one lock a thread so that its messages are taken in order."""

    def __init__(self, limit: int = MAX_THREADS) -> None:
        self._limit = limit
        self._states: OrderedDict[int, ThreadState] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._states)

    def get(self, thread: int) -> ThreadState | None:
        """The thread's state, or None when it was never known or has been forgotten."""
        state = self._states.get(thread)
        if state is not None:
            self._states.move_to_end(thread)
        return state

    def put(self, thread: int, state: ThreadState) -> None:
        """Remember the thread's state."""
        self._states[thread] = state
        self._states.move_to_end(thread)
        while len(self._states) > self._limit:
            self._states.popitem(last=False)

    def forget(self, thread: int) -> None:
        """Drop the thread's state."""
        self._states.pop(thread, None)

    def lock(self, thread: int) -> asyncio.Lock:
        """The thread's lock; it lives as long as somebody holds or awaits it."""
        return self._locks.setdefault(thread, asyncio.Lock())


async def replay(texts: Iterable[str], answer: Callable[[str, Conversation], Awaitable[Answer]]) -> Conversation:
    """The conversation that the given messages, oldest first, lead to."""
    conversation = Conversation()
    for text in texts:
        conversation = (await answer(text, conversation)).conversation
    return conversation
