"""What Discord tells of how the bot is set up there: login, intents, servers, channels with their permissions, roles and tags."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.cogs.doctor_channels import Here, check_insights, check_support, check_tags_have_forums
from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.operations.doctor.setup import NEW_TOKEN, bot_id
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STEP_S = 20.0
"""How long Discord may take to answer a check: a request that fails is repeated meanwhile."""
SERVERS = 200
"""Servers that are looked for."""
LOOKED_AT = 50
"""Servers whose roles are looked at."""
FEW_STARTS = 50
UNREACHED = "Look whether this machine reaches it (DNS, proxy, firewall), and https://discordstatus.com."
NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, create_public_threads=True, read_message_history=True
)
"""What the bot is invited with."""
Effective = Callable[[int | None], Settings]
"""The settings that hold in a server."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: the environment's settings, those that hold in a server, and the channels that servers set."""

    settings: Settings
    effective: Effective
    channels: Mapping[int, frozenset[int]]


async def check_discord(asked: Asked) -> list[Finding]:
    """Log in as the bot, without connecting to the gateway, and look around; nothing is changed."""
    token = asked.settings.discord_token.get_secret_value() if asked.settings.discord_token else ""
    if not token:
        return [warning("Discord", "not asked, for there is no token", NEW_TOKEN)]
    client = discord.Client(intents=discord.Intents(guilds=True))
    found: list[Finding] = []
    try:
        async with _quiet(client):
            async with asyncio.timeout(STEP_S):
                await client.login(token)
            found += _about_bot(client, asked.settings, token)
            found += await _ask("Discord", _gateway(client, asked.settings))
            found += await _servers(client, asked)
    except discord.LoginFailure:
        found.append(error("DISCORD_TOKEN", "Discord does not accept it", NEW_TOKEN))
    except DISCORD_ERRORS as problem:
        said = f"{asked.settings.discord_api_base} does not answer as it should: {describe_error(problem)}"
        found.append(error("Discord", said, UNREACHED))
    return found


@asynccontextmanager
async def _quiet(client: discord.Client) -> AsyncIterator[None]:
    """The client is closed in the end, and what it says of its own work is not news."""
    logger = logging.getLogger("discord")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        async with client:
            yield
    finally:
        logger.setLevel(level)


async def _ask(about: str, check: Awaitable[list[Finding]]) -> list[Finding]:
    """What one check found, in a bounded time; where Discord fails in the middle of it, the others are made all the same."""
    try:
        async with asyncio.timeout(STEP_S):
            return await check
    except DISCORD_ERRORS as problem:
        return [error(about, f"Discord does not answer as it should: {describe_error(problem)}", UNREACHED)]


def _about_bot(client: discord.Client, settings: Settings, token: str) -> list[Finding]:
    assert client.user is not None
    assert client.application is not None
    found = [fine("DISCORD_TOKEN", f"logged in as {client.user.name} ({client.user.id})")]
    if (id_ := bot_id(token)) is not None and id_ != client.user.id:
        found.append(warning("DISCORD_TOKEN", f"it names the bot {id_}, and Discord says {client.user.id}", NEW_TOKEN))
    flags = client.application.flags
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    about = "MESSAGE_CONTENT_INTENT"
    switch = f"Switch it on: https://discord.com/developers/applications/{client.application.id}/bot, Message Content Intent."
    if granted:
        found.append(fine(about, "the message content intent is granted"))
    elif settings.message_content_intent == "on":
        found.append(error(about, "the message content intent is not granted: the bot does not start", switch))
    elif settings.message_content_intent == "auto":
        found.append(
            warning(about, "the message content intent is not granted: only what is addressed to the bot is read", switch)
        )
    else:
        found.append(fine(about, "off: only what is addressed to the bot is read"))
    return found


async def _gateway(client: discord.Client, settings: Settings) -> list[Finding]:
    try:
        shards, _, limits = await client.http.get_bot_gateway()
    except discord.GatewayNotFound:
        return [warning("Discord", "it does not say how to connect to its gateway", "Look at https://discordstatus.com.")]
    found = []
    left, total = limits["remaining"], limits["total"]
    said = f"{left:,} of {total:,} connections are left for now"
    if left < FEW_STARTS:
        hours = limits["reset_after"] / 3_600_000
        advice = f"Find out why the bot starts so often; there are {total:,} again in {hours:.1f} h."
        found.append(warning("Discord", said, advice) if left else error("Discord", said, advice))
    if settings.shards and settings.shards < shards:
        advice = f"Set SHARDS={shards}, or leave it out where PostgreSQL is used."
        found.append(warning("SHARDS", f"{settings.shards} are set, and Discord recommends {shards}", advice))
    return found or [fine("Discord", f"{said}; {shards} shard(s) recommended")]


async def _servers(client: discord.Client, asked: Asked) -> list[Finding]:
    assert client.application_id is not None
    async with asyncio.timeout(STEP_S):
        guilds = [guild async for guild in client.fetch_guilds(limit=SERVERS, with_counts=False)]
    if not guilds:
        url = discord.utils.oauth_url(client.application_id, permissions=NEEDED)
        return [error("Discord", "the bot is in no server", f"Invite it: {url}")]
    servers: dict[int, Here] = {}

    async def enter(guild_id: int) -> Here | None:
        """What is known of a server; None where the bot is not."""
        if guild_id not in servers and client.user is not None:
            try:
                guild = await client.fetch_guild(guild_id, with_counts=False)
                servers[guild_id] = Here(guild, await guild.fetch_member(client.user.id), asked.effective(guild_id))
            except (discord.NotFound, discord.Forbidden):
                return None
        return servers.get(guild_id)

    found = [fine("Discord", f"the bot is in {len(guilds)}{' or more' if len(guilds) == SERVERS else ''} server(s)")]
    chosen = asked.settings.support_channels.union(*asked.channels.values())
    forums: set[int] = set()
    for id_ in sorted(chosen):
        found += await _ask("SUPPORT_CHANNELS", check_support(client, id_, enter, forums))
    found += check_tags_have_forums(asked.settings, forums)
    insights = {asked.settings.insights_channel, *(asked.effective(guild).insights_channel for guild in asked.channels)} - {0}
    for id_ in sorted(insights):
        found += await _ask("INSIGHTS_CHANNEL", check_insights(client, id_, enter))
    present = {guild.id for guild in guilds}
    if len(guilds) < SERVERS:
        found += [
            warning("ADMIN_SERVERS", f"the bot is not in the server {id_}", "Invite it there, or take the id out.")
            for id_ in sorted(asked.settings.admin_servers - present)
        ]

    async def look_at_roles() -> list[Finding]:
        known = [here for guild in guilds[:LOOKED_AT] if (here := await enter(guild.id)) is not None]
        return _roles(asked.settings, known, complete=len(guilds) <= LOOKED_AT)

    return found + await _ask("roles", look_at_roles())


def _roles(settings: Settings, servers: list[Here], *, complete: bool) -> list[Finding]:
    """Roles of the environment's settings, each of which is one server's."""
    roles = {role.id: (role, here) for here in servers for role in here.guild.roles}
    everyone = {here.guild.id for here in servers}
    found: list[Finding] = []
    for name, ids in _role_settings(settings).items():
        for id_ in sorted(ids):
            if id_ in everyone:
                found.append(error(name, f"{id_} is @everyone", "Take it out, and name a role that only some have."))
            elif id_ not in roles:
                report = error if complete else warning
                found.append(report(name, f"{id_} is no role of a server that the bot is in", "Correct the id, or take it out."))
            elif name == "HUMAN_ROLES" and not _may_ping(*roles[id_]):
                advice = "Let anyone mention it (role, Permissions), or give the bot Mention Everyone."
                found.append(warning(name, f"the bot cannot ping {roles[id_][0].name} ({id_})", advice))
    counted = sum(map(len, _role_settings(settings).values()))
    return found or ([fine("roles", f"all {counted} that are set exist")] if counted else [])


def _role_settings(settings: Settings) -> dict[str, frozenset[int]]:
    return {
        "ADMIN_ROLES": settings.admin_roles,
        "HELPER_ROLES": settings.helper_roles,
        # Without roles of its own, "Need a human" calls the helpers.
        "HUMAN_ROLES": settings.human_roles or settings.helper_roles,
    }


def _may_ping(role: discord.Role, here: Here) -> bool:
    return role.mentionable or here.me.guild_permissions.mention_everyone
