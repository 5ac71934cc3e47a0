"""The gateway of the stand-in for Discord: HELLO, IDENTIFY, READY, RESUME with what was missed, and heartbeats, timed."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from wire_payloads import ME, USER, guild

SESSION = "s"


@dataclass
class Gateway:
    """What the gateway is to do, and what it saw.

    refuse: how many connections are refused at first. close_code: what it closes with after IDENTIFY, 0 to stay open; `closes`:
    how often it does. heartbeat_ms: what HELLO asks for. furnished: the bot's server is announced after READY.
    forgets: a session that is resumed is said to be invalid. intents: those that were asked for. resumed: the sequence numbers
    at which a session was resumed. beats: per connection, when heartbeats came (seconds of a monotonic clock).
    """

    refuse: int = 0
    close_code: int = 0
    closes: int = 1_000
    heartbeat_ms: int = 45_000
    furnished: bool = False
    forgets: bool = False
    port: int = 0
    identified: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0
    sequence: int = 0
    intents: list[int] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    beats: list[list[float]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    open_sockets: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to the bot, or, while it is not connected, once it resumes its session."""
        self.sequence += 1
        frame = {"op": 0, "t": event, "s": self.sequence, "d": data}
        self.sent.append(frame)
        if self.open_sockets:
            await self._send(self.open_sockets[-1][0], frame)

    async def ask_to_reconnect(self) -> None:
        """Op 7."""
        await self._send(self.open_sockets[-1][0], {"op": 7, "d": None})

    async def invalidate(self) -> None:
        """Op 9: the session cannot be resumed."""
        await self._send(self.open_sockets[-1][0], {"op": 9, "d": False})

    def drop(self) -> None:
        """Cut the connection without a word."""
        _, request = self.open_sockets.pop()
        if request.transport is not None:
            request.transport.abort()

    def largest_delay_s(self) -> float:
        """By how much the latest heartbeat came too late."""
        gaps = [after - before for beats in self.beats for before, after in itertools.pairwise(beats)]
        return max(gaps, default=0.0) - self.heartbeat_ms / 1000

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        self.attempts += 1
        if self.attempts <= self.refuse:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open_sockets.append((socket, request))
        self.beats.append([])
        await self._send(socket, {"op": 10, "d": {"heartbeat_interval": self.heartbeat_ms}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT and not await self._handle(socket, request, json.loads(frame.data)):
                break
        self.open_sockets = [pair for pair in self.open_sockets if pair[0] is not socket]
        self.closed.set()
        return socket

    async def _handle(self, socket: web.WebSocketResponse, request: web.Request, message: dict[str, Any]) -> bool:
        """Answer one message of the bot; returns whether the connection stays open."""
        match message["op"]:
            case 1:
                self.beats[-1].append(time.monotonic())
                await self._send(socket, {"op": 11})
            case 2:
                self.intents.append(message["d"]["intents"])
                if self.close_code and len(self.intents) <= self.closes:
                    await socket.close(code=self.close_code)
                    return False
                await self._welcome(request)
            case 6 if self.forgets:
                self.forgets = False
                await self._send(socket, {"op": 9, "d": False})
            case 6:
                self.resumed.append(message["d"]["seq"])
                for missed in self.sent[message["d"]["seq"] :]:
                    await self._send(socket, missed)
                await self.dispatch("RESUMED", {})
        return True

    async def _welcome(self, request: web.Request) -> None:
        self.sent, self.sequence = [], 0
        ready = {"v": 10, "user": USER, "guilds": [], "session_id": SESSION, "application": {"id": ME, "flags": 0}}
        url = str(request.url.with_query(None).with_scheme("ws"))
        await self.dispatch("READY", {**ready, "resume_gateway_url": url})
        if self.furnished:
            await self.dispatch("GUILD_CREATE", guild())
        self.identified.set()

    @staticmethod
    async def _send(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if not socket.closed:
            await socket.send_json(frame)
