"""The gateway of the stand-in for Discord: sessions of shards, HELLO, IDENTIFY, READY, RESUME with what was missed, beats."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from wire_payloads import ME, USER, guild, guild_id

IDENTIFY_S = 5.0
ENDED = (1000, 1001)
"""Codes with which the bot closes a session that it does not want to resume."""


@dataclass
class Session:
    """A session of one shard: all that was said to it, whether or not it is connected."""

    id: str
    shard: int
    count: int
    frames: list[dict[str, Any]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    request: web.Request | None = None
    told: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def covers(self, server: int) -> bool:
        """Whether a server's events belong to it; those of direct messages are of server 0."""
        return (server >> 22) % self.count == self.shard

    def add(self, event: str, data: dict[str, Any]) -> None:
        """Note an event; `tell` sends it."""
        self.frames.append({"op": 0, "t": event, "s": len(self.frames) + 1, "d": data})

    async def tell(self) -> None:
        """Send what was not sent yet, in order; nothing while it is not connected."""
        async with self.lock:
            while self.socket is not None and not self.socket.closed and self.told < len(self.frames):
                self.told += 1
                with suppress(ConnectionError):
                    await self.socket.send_json(self.frames[self.told - 1])

    def connect(self, socket: web.WebSocketResponse, request: web.Request, sequence: int) -> None:
        """Go on over a connection, after the event with this number; an older connection is cut."""
        if self.request is not None and self.request.transport is not None and self.socket is not socket:
            self.request.transport.abort()
        self.socket, self.request, self.told = socket, request, sequence


@dataclass
class Gateway:
    """What the gateway is to do, and what it saw.

    refuse: how many connections are refused at first. close_code: what it closes with after IDENTIFY, 0 to stay open; `closes`:
    how often it does. heartbeat_ms: what HELLO asks for. furnished: the bot's servers, so many, are announced after READY.
    forgets: a session that is resumed is said to be invalid. shards: how many it recommends; max_concurrency: new sessions at a
    time. intents: those that were asked for. identifies: when (seconds of a monotonic clock) and for which shard sessions were
    begun; hasty: how many of them sooner than Discord allows. resumed: the sequence numbers at which a session was resumed.
    beats: per connection, when heartbeats came. sessions: those that can be resumed.
    """

    refuse: int = 0
    close_code: int = 0
    closes: int = 1_000
    heartbeat_ms: int = 45_000
    furnished: bool = False
    servers: int = 1
    forgets: bool = False
    shards: int = 1
    max_concurrency: int = 1
    port: int = 0
    identified: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0
    hasty: int = 0
    intents: list[int] = field(default_factory=list)
    identifies: list[tuple[float, int]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    beats: list[list[float]] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    open_sockets: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to the sessions of its shard, to those that are not connected once they are resumed."""
        server = int(data["id"] if event.startswith("GUILD_") else data.get("guild_id") or 0)
        covering = [session for session in self.sessions.values() if session.covers(server)]
        for session in covering:
            session.add(event, data)
        await asyncio.gather(*(session.tell() for session in covering))

    def serving(self) -> list[int]:
        """The shards that have a session which is connected."""
        found = (one.shard for one in self.sessions.values() if one.socket is not None and not one.socket.closed)
        return sorted(set(found))

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
        beats: list[float] = []
        self.beats.append(beats)
        await self._send(socket, {"op": 10, "d": {"heartbeat_interval": self.heartbeat_ms}})
        session: Session | None = None
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                said = json.loads(frame.data)
                match said["op"]:
                    case 1:
                        beats.append(time.monotonic())
                        await self._send(socket, {"op": 11})
                    case 2:
                        session = await self._identify(socket, request, said["d"])
                    case 6:
                        session = await self._resume(socket, request, said["d"])
        self.open_sockets = [pair for pair in self.open_sockets if pair[0] is not socket]
        if session is not None and session.socket is socket and socket.close_code in ENDED:
            self.sessions.pop(session.id, None)
        self.closed.set()
        return socket

    async def _identify(self, socket: web.WebSocketResponse, request: web.Request, said: dict[str, Any]) -> Session | None:
        """Begin a session, unless it is refused."""
        self.intents.append(said["intents"])
        shard, count = said.get("shard", (0, 1))
        bucket, now = shard % self.max_concurrency, time.monotonic()
        # A little less: on its way to here, one may have gained on the other.
        early = [at for at, other in self.identifies if other % self.max_concurrency == bucket and now - at < IDENTIFY_S - 0.2]
        self.hasty += bool(early)
        self.identifies.append((now, shard))
        if self.close_code and len(self.intents) <= self.closes:
            await socket.close(code=self.close_code)
            return None
        session = Session(f"session-{next(self._numbers)}", shard, count)
        session.connect(socket, request, 0)
        self.sessions[session.id] = session
        here = [number for number in range(self.servers) if self.furnished and session.covers(int(guild_id(number)))]
        ready = {"v": 10, "user": USER, "session_id": session.id, "application": {"id": ME, "flags": 0}, "shard": [shard, count]}
        url = str(request.url.with_query(None).with_scheme("ws"))
        away = [{"id": guild_id(number), "unavailable": True} for number in here]
        session.add("READY", {**ready, "guilds": away, "resume_gateway_url": url})
        for number in here:
            session.add("GUILD_CREATE", guild(number))
        await session.tell()
        self.identified.set()
        return session

    async def _resume(self, socket: web.WebSocketResponse, request: web.Request, said: dict[str, Any]) -> Session | None:
        """Go on with a session, if it is known and not to be forgotten."""
        session = self.sessions.get(said["session_id"])
        if session is None or self.forgets:
            self.forgets = False
            await self._send(socket, {"op": 9, "d": False})
            return None
        self.resumed.append(said["seq"])
        session.connect(socket, request, said["seq"])
        session.add("RESUMED", {})
        await session.tell()
        return session

    @staticmethod
    async def _send(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if not socket.closed:
            await socket.send_json(frame)


def left_behind(gateway: Gateway, *messages: dict[str, Any]) -> Session:
    """A session whose process is gone, and messages that it was told of or would have been."""
    gateway.sessions["left"] = session = Session("left", 0, 1)
    session.add("READY", {})
    for one in messages:
        session.add("MESSAGE_CREATE", one)
    return session
