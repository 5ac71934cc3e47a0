"""What a session would have got that another process, or an earlier run, has left: resumed over a connection of its own.

discord.py could resume the session itself, but it would know none of its servers: Discord describes them to new sessions only.
So a new one is begun, and until it is ready the old one collects what is said.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

import aiohttp
import yarl
from discord.http import INTERNAL_API_VERSION, HTTPClient

from bot.cluster.shards import Session

log = logging.getLogger(__name__)

COLLECTED = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"})
MAX_EVENTS = 5_000
MAX_S = 600.0
"""How long events are collected at most."""
RETRY_S = 1.0
CONNECT_S = 20.0
ENDED, LEFT = 1000, 4000
"""Close codes: Discord forgets the session, or keeps it to be resumed."""
REFUSED = frozenset({4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})
"""Close codes after which the session cannot be resumed."""


class Drain:
    """events: names and data, in the order in which they came. dropped: how many were too many. lost: it cannot be resumed."""

    def __init__(self, http: HTTPClient, session: Session) -> None:
        self._http = http
        self._session = session
        self._sequence = session.sequence
        self._code = LEFT
        self._task: asyncio.Task[None] | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.dropped = 0
        self.lost = False
        self.settled = asyncio.Event()
        """Set once all that was missed has come, or it is clear that it never will."""

    def start(self) -> None:
        """Begin to collect."""
        self._task = asyncio.create_task(self._collect())

    async def end(self, *, handled: bool) -> None:
        """Stop. handled: nothing of the session is needed any more, so that Discord may forget it."""
        self._code = ENDED if handled else LEFT
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _collect(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_S):
                while not self.lost:
                    try:
                        await self._resume()
                    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
                        log.debug("A session is not being resumed: %s", type(error).__name__)
                    if not self.lost:
                        await asyncio.sleep(RETRY_S)
        self.settled.set()

    async def _resume(self) -> None:
        url = yarl.URL(self._session.gateway).with_query(v=INTERNAL_API_VERSION, encoding="json")
        async with asyncio.timeout(CONNECT_S):
            socket = await self._http.ws_connect(str(url))
        beating: asyncio.Task[None] | None = None
        try:
            async for frame in socket:
                said = json.loads(frame.data)
                if said["op"] == 10:
                    beating = asyncio.create_task(self._beat(socket, said["d"]["heartbeat_interval"] / 1000))
                    token, id_ = self._http.token, self._session.id
                    await self._send(socket, 6, {"token": token, "session_id": id_, "seq": self._sequence})
                elif said["op"] == 1:
                    await self._send(socket, 1, self._sequence)
                elif said["op"] == 7:
                    return
                elif said["op"] == 9:
                    self.lost = not said["d"]
                    return
                elif said["op"] == 0:
                    self._keep(said)
            self.lost = self.lost or socket.close_code in REFUSED
        finally:
            if beating is not None:
                beating.cancel()
            with suppress(aiohttp.ClientError, OSError):
                async with asyncio.timeout(RETRY_S):
                    await socket.close(code=self._code)

    def _keep(self, said: dict[str, Any]) -> None:
        self._sequence = said["s"]
        if said["t"] == "RESUMED":
            self.settled.set()
        elif said["t"] in COLLECTED:
            if len(self.events) < MAX_EVENTS:
                self.events.append((said["t"], said["d"]))
            else:
                self.dropped += 1

    async def _beat(self, socket: aiohttp.ClientWebSocketResponse, every_s: float) -> None:
        with suppress(aiohttp.ClientError, OSError):
            while not socket.closed:
                await asyncio.sleep(every_s)
                await self._send(socket, 1, self._sequence)

    @staticmethod
    async def _send(socket: aiohttp.ClientWebSocketResponse, op: int, data: object) -> None:
        await socket.send_str(json.dumps({"op": op, "d": data}))
