"""The conversations of one caller, held in memory and bounded."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.diagnosis.conversation import Conversation

MAX_THREADS = 500
"""Conversations of a caller; the one longest without a message is forgotten first."""


class Threads:
    """Least-recently-used store of conversations by name; the messages of each are taken one after the other."""

    def __init__(self, limit: int = MAX_THREADS) -> None:
        self._limit = limit
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._conversations)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Conversation]:
        """The conversation so far, a new one if the name is not known, once the messages before it are answered."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            yield self._conversations.get(name, Conversation())

    def put(self, name: str, conversation: Conversation) -> None:
        """Remember where a conversation stands."""
        self._conversations[name] = conversation
        self._conversations.move_to_end(name)
        while len(self._conversations) > self._limit:
            self._conversations.popitem(last=False)
