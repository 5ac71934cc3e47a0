"""A small stand-in for Discord's servers on the loopback interface: enough to log in, connect, and be answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

ME, GUILD, CHANNEL, ASKER = "1001", "2001", "3001", "4001"
WHEN = "2025-01-01T00:00:00+00:00"
USER = {"id": ME, "username": "support", "discriminator": "0", "avatar": None, "bot": True}


@dataclass
class Wire:
    """What the server is to do, and what it saw.

    login_status: what logging in is answered with. refuse: how many gateway connections are refused at first.
    close_code: what the gateway closes with after IDENTIFY, 0 to stay open; `closes`: how often it does. drop_sends: how many
    messages are taken, and the connection dropped before the answer. intents: those that were asked for.
    """

    login_status: int = 200
    refuse: int = 0
    close_code: int = 0
    drop_sends: int = 0
    port: int = 0
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    identified: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    sequence: int = 0
    closes: int = 1_000
    intents: list[int] = field(default_factory=list)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to the bot."""
        self.sequence += 1
        await self.sockets[-1].send_json({"op": 0, "t": event, "s": self.sequence, "d": data})

    def posts(self, ending: str) -> list[Any]:
        """Bodies of the requests posted to a path with this ending."""
        return [body for method, path, body in self.requests if method == "POST" and path.endswith(ending)]

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        """The gateway: HELLO, IDENTIFY, READY, then heartbeats."""
        self.attempts += 1
        if self.attempts <= self.refuse:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45_000}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            if message["op"] == 1:
                await socket.send_json({"op": 11})
            elif message["op"] == 2:
                self.intents.append(message["d"]["intents"])
                if self.close_code and len(self.intents) <= self.closes:
                    await socket.close(code=self.close_code)
                    break
                ready = {"v": 10, "user": USER, "guilds": [], "session_id": "s", "application": {"id": ME, "flags": 0}}
                await self.dispatch("READY", {**ready, "resume_gateway_url": str(request.url.with_query(None).with_scheme("ws"))})
                self.identified.set()
        self.closed.set()
        return socket

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """The REST API: what the bot needs, and an empty object for all else."""
        body: dict[str, Any] = await request.json() if request.can_read_body else {}
        self.requests.append((request.method, request.path, body))
        if request.path.endswith("/users/@me"):
            return _json(USER if self.login_status == 200 else {"message": "no", "code": 0}, status=self.login_status)
        if request.path.endswith("/applications/@me"):
            about = {"id": ME, "name": "support", "description": "", "icon": None, "flags": 0, "summary": "", "verify_key": ""}
            return _json({**about, "bot_public": True, "bot_require_code_grant": False, "owner": {**USER, "bot": False}})
        if request.path.endswith("/commands"):
            return _json([])
        if request.path.endswith("/threads"):
            return _json(thread(request.path.split("/")[-2], body["name"]))
        if request.path.endswith("/messages") and request.method == "POST":
            if self.drop_sends > 0 and request.transport is not None:
                self.drop_sends -= 1
                request.transport.close()
            return _json(message("9001", body["content"], USER, request.path.split("/")[-2]))
        return _json({})


def _json(data: Any, status: int = 200) -> web.Response:
    """A reply with exactly the content type that discord.py takes for JSON."""
    return web.Response(body=json.dumps(data).encode(), status=status, headers={"Content-Type": "application/json"})


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; raises TimeoutError when it does not within ten seconds."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def message(id_: str, content: str, author: dict[str, Any], channel: str = CHANNEL) -> dict[str, Any]:
    """A message as Discord describes it."""
    empty: dict[str, Any] = {"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "components": []}
    flags = {"tts": False, "mention_everyone": False, "pinned": False, "type": 0, "edited_timestamp": None}
    when = {"timestamp": WHEN}
    return {"id": id_, "channel_id": channel, "content": content, "author": author, **empty, **flags, **when}


def question(id_: str, content: str) -> dict[str, Any]:
    """A member's message in the channel, as the gateway announces it."""
    author = {"id": ASKER, "username": "asker", "discriminator": "0", "avatar": None}
    member = {"roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}
    return {**message(id_, content, author), "guild_id": GUILD, "member": member}


def thread(id_: str, name: str) -> dict[str, Any]:
    """A public thread of the bot in the channel."""
    metadata = {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": WHEN,
        "locked": False,
    }
    kind = {"type": 11, "parent_id": CHANNEL, "owner_id": ME, "message_count": 0, "member_count": 1, "rate_limit_per_user": 0}
    return {"id": id_, "guild_id": GUILD, "name": name, "thread_metadata": metadata, **kind}


def guild() -> dict[str, Any]:
    """A server with one text channel, in which the bot may do everything."""
    role = {"id": GUILD, "name": "@everyone", "permissions": str((1 << 50) - 1), "position": 0, "color": 0, "hoist": False}
    role |= {"managed": False, "mentionable": False, "flags": 0}
    channel = {
        "id": CHANNEL,
        "type": 0,
        "name": "support",
        "position": 0,
        "permission_overwrites": [],
        "topic": None,
        "nsfw": False,
    }
    member = {"user": USER, "roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}
    lists: dict[str, Any] = {key: [] for key in ("emojis", "stickers", "features", "threads", "voice_states", "presences")}
    about = {"name": "Server", "icon": None, "splash": None, "owner_id": "5001", "afk_channel_id": None, "afk_timeout": 60}
    levels = {"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0}
    more = {"premium_tier": 0, "preferred_locale": "en-US", "nsfw_level": 0, "member_count": 2, "system_channel_flags": 0}
    content = {"roles": [role], "channels": [channel], "members": [member]}
    return {"id": GUILD, **about, **levels, **more, **lists, **content}


@asynccontextmanager
async def serving(wire: Wire) -> AsyncIterator[Wire]:
    """The server, reachable at 127.0.0.1 on `wire.port`."""
    app = web.Application()
    app.router.add_get("/gateway", wire.gateway)
    app.router.add_route("*", "/api/v10/{path:.*}", wire.rest)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", wire.port)
    await site.start()
    wire.port = runner.addresses[0][1]
    try:
        yield wire
    finally:
        await runner.cleanup()
