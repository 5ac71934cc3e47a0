"""Which events of a session are being handled, so that another process resumes it before these, and not after."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import discord

MAX_SEEN = 5_000
"""Events remembered as seen."""
CREATED, EDITED = "MESSAGE_CREATE", "MESSAGE_UPDATE"


class Handling:
    """The tasks that handle messages, by the sequence number of their event, and the messages seen of late."""

    def __init__(self) -> None:
        self._begun: defaultdict[str, dict[asyncio.Task[Any], int]] = defaultdict(dict)
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._collected: set[asyncio.Task[Any]] | None = None

    def begin(self, session: str, sequence: int, task: asyncio.Task[Any]) -> None:
        """Note that an event of a session is being handled."""
        tasks = self._begun[session]
        tasks[task] = sequence
        task.add_done_callback(lambda done: self._end(session, done))
        if self._collected is not None:
            self._collected.add(task)

    def upto(self, session: str, sequence: int) -> int:
        """The number of the last event before which all were handled; sequence: of the latest that came."""
        return min((number - 1 for number in self._begun.get(session, {}).values()), default=sequence)

    def see(self, kind: str, message_id: int) -> None:
        """Note that an event of a message came."""
        self._seen[kind, message_id] = None
        while len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)

    def saw(self, kind: str, message_id: int) -> bool:
        """Whether such an event of the message came of late."""
        return (kind, message_id) in self._seen

    @contextmanager
    def collecting(self) -> Iterator[set[asyncio.Task[Any]]]:
        """The tasks that are begun inside."""
        tasks: set[asyncio.Task[Any]] = set()
        self._collected = tasks
        try:
            yield tasks
        finally:
            self._collected = None

    def _end(self, session: str, task: asyncio.Task[Any]) -> None:
        tasks = self._begun[session]
        tasks.pop(task, None)
        if not tasks:
            del self._begun[session]


HANDLED = {
    "on_message": CREATED,
    "on_raw_message_edit": EDITED,
    "on_raw_message_delete": "MESSAGE_DELETE",
    "on_raw_bulk_message_delete": "MESSAGE_DELETE_BULK",
}
"""The listeners that must have done their work before an event counts as handled, and their events."""


def where(event: Any) -> tuple[int | None, int | None]:
    """The ids of the server (None: direct messages) and of the message that an event of HANDLED is about."""
    if isinstance(event, discord.Message):
        return (event.guild.id if event.guild is not None else None), event.id
    return event.guild_id, getattr(event, "message_id", None)
