"""What processes tell each other through PostgreSQL: LISTEN on one channel, over a connection that is renewed when it breaks."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.postgres import connect, failures

log = logging.getLogger(__name__)

CHANNEL = "support_bot"
RECONNECT_S = 1.0
PROBE_S = 5.0
"""How often a silent connection is tried; and how long the database may take to answer."""
Handler = Callable[[str], Awaitable[None]]


async def announce(connection: AsyncConnection, topic: str, payload: str = "") -> None:
    """Tell every process, this one too, once the transaction is committed; payload: below 8,000 bytes."""
    said = json.dumps([topic, payload])
    await connection.execute(text("SELECT pg_notify(:channel, :said)"), {"channel": CHANNEL, "said": said})


class Listener:
    """Hears what is announced. What was said while the connection was broken is lost: handlers of "" are told that it is back."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._handlers: defaultdict[str, list[Handler]] = defaultdict(list)
        self._heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def on(self, topic: str, handler: Handler) -> None:
        """Call the handler with the payload of each announcement of the topic, one after the other."""
        self._handlers[topic].append(handler)

    def start(self) -> None:
        """Begin to listen."""
        self._tasks = [asyncio.create_task(self._stay_connected()), asyncio.create_task(self._handle())]

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._listen()
            except failures() as error:
                log.debug("Not listening to the database: %s", type(error).__name__)
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self) -> None:
        connection = await connect(self._url, PROBE_S)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            await connection.add_listener(CHANNEL, self._hear)
            self._heard.put_nowait(("", ""))
            while not connection.is_closed():  # one over which nothing comes may be dead, and TCP would tell in hours
                with suppress(TimeoutError):  # not `wait_for`: it can swallow the end of this task
                    async with asyncio.timeout(PROBE_S):
                        await ended.wait()
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _hear(self, _connection: object, _pid: int, _channel: str, said: object) -> None:
        try:
            topic, payload = json.loads(str(said))
            self._heard.put_nowait((str(topic), str(payload)))
        except ValueError:
            log.warning("Something else than this bot announces on %s", CHANNEL)

    async def _handle(self) -> None:
        while True:
            topic, payload = await self._heard.get()
            for handler in self._handlers[topic]:
                try:
                    await handler(payload)
                except Exception:
                    log.exception("The announcement %r was not handled", topic)
