"""A stand-in for Discord's REST API, as far as the doctor asks it: a bot, one server, its roles and its channels."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import web

ME, OWNER, GUILD = 1001, 1002, 2001
TEXT, FORUM, VOICE, POSTS = 3001, 3002, 3003, 3004
"""Channels: a text channel, a forum, a voice channel, and a text channel for the insights."""
BOT_ROLE, HELPERS, ADMINS = 4001, 4002, 4003
MESSAGE_CONTENT = 1 << 18
INVITED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    attach_files=True,
)
TAGS = ("answered", "Solved", "needs a human")


def role(id_: int, name: str, permissions: int = 0, *, mentionable: bool = True) -> dict[str, Any]:
    """A role as Discord describes it."""
    plain = {"color": 0, "hoist": False, "position": 1, "managed": False, "flags": 0}
    colors = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    return {"id": str(id_), "name": name, "permissions": str(permissions), "mentionable": mentionable, **plain, **colors}


def channel(id_: int, name: str, kind: int, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A channel as Discord describes it."""
    shown = [
        {"id": str(number), "name": tag, "moderated": False, "emoji_id": None, "emoji_name": None}
        for number, tag in enumerate(tags, 1)
    ]
    more = {"position": 0, "nsfw": False, "parent_id": None, "bitrate": 64_000, "user_limit": 0, "available_tags": shown}
    return {"id": str(id_), "name": name, "type": kind, "guild_id": str(GUILD), "permission_overwrites": [], **more}


@dataclass
class Rest:
    """The servers. status: what logging in is answered with. hangs: paths of which no request is answered. asked: what was asked.

    denied: permissions that an overwrite takes from the bot, by channel. starts: how many connections are left.
    """

    status: int = 200
    flags: int = MESSAGE_CONTENT
    me: int = ME
    shards: int = 1
    starts: int = 990
    guilds: tuple[int, ...] = (GUILD,)
    permissions: discord.Permissions = INVITED
    roles: list[dict[str, Any]] = field(default_factory=lambda: [role(HELPERS, "helpers"), role(ADMINS, "admins")])
    channels: dict[int, dict[str, Any]] = field(default_factory=dict)
    denied: dict[int, discord.Permissions] = field(default_factory=dict)
    hangs: tuple[str, ...] = ()
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        for id_, name, kind in ((TEXT, "help", 0), (FORUM, "help-forum", 15), (VOICE, "talk", 2), (POSTS, "team", 0)):
            self.channels.setdefault(id_, channel(id_, name, kind, TAGS if id_ == FORUM else ()))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        path = request.path.removeprefix("/api/v10")
        self.asked.append(f"{request.method} {path}")
        if path in self.hangs:
            await asyncio.sleep(3_600)
        if path in self.failing:
            return _json({"message": "no", "code": 0}, self.failing[path])
        found = self._found(path.strip("/").split("/"))
        if found is None:
            return _json({"message": "Unknown", "code": 10003}, 404)
        return _json(found, self.status if path == "/users/@me" else 200)

    def _found(self, path: list[str]) -> Any:
        user = {"id": str(self.me), "username": "support", "discriminator": "0", "avatar": None, "bot": True}
        match path:
            case ["users", "@me"]:
                return user if self.status == 200 else {"message": "401: Unauthorized", "code": 0}
            case [*_, "applications", "@me"]:
                about = {"name": "support", "description": "", "icon": None, "summary": "", "verify_key": "", "flags": self.flags}
                public = {"bot_public": True, "bot_require_code_grant": False, "owner": {**user, "bot": False}}
                return {"id": str(self.me), **about, **public}
            case ["gateway", "bot"]:
                limits = {"total": 1000, "remaining": self.starts, "reset_after": 7_200_000, "max_concurrency": 1}
                return {"url": "ws://127.0.0.1:1", "shards": self.shards, "session_start_limit": limits}
            case ["users", "@me", "guilds"]:
                return [
                    {"id": str(id_), "name": "a server", "icon": None, "owner": False, "permissions": "0"} for id_ in self.guilds
                ]
            case ["guilds", id_] if int(id_) in self.guilds:
                return self._guild()
            case ["guilds", id_, "members", _] if int(id_) in self.guilds:
                joined = {"joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
                return {"user": user, "roles": [str(BOT_ROLE)], **joined}
            case ["channels", id_] if int(id_) in self.channels:
                denied = self.denied.get(int(id_), discord.Permissions.none()).value
                taken = [{"id": str(self.me), "type": 1, "allow": "0", "deny": str(denied)}] if denied else []
                return {**self.channels[int(id_)], "permission_overwrites": taken}
        return None

    def _guild(self) -> dict[str, Any]:
        everyone = role(GUILD, "@everyone")
        roles = [everyone, role(BOT_ROLE, "support", self.permissions.value), *self.roles]
        about = {"id": str(GUILD), "name": "a server", "owner_id": str(OWNER), "roles": roles, "emojis": [], "features": []}
        levels = {"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0}
        return {**about, **levels, "nsfw_level": 0, "premium_tier": 0, "preferred_locale": "en-US", "system_channel_flags": 0}


def _json(body: Any, status: int) -> web.Response:
    """JSON as Discord sends it: its client takes no other spelling of the content type."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"})


@asynccontextmanager
async def serving(rest: Rest) -> AsyncIterator[Rest]:
    """The API, reachable at 127.0.0.1 on `rest.port`."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", rest.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rest.port = runner.addresses[0][1]
    try:
        yield rest
    finally:
        await runner.cleanup()
