"""What Discord tells of the channels that are set: whether they are there, of the right kind, and what the bot may do there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord

from bot.cogs.insights import NEEDED as FOR_INSIGHTS
from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.settings import Settings

TEXT = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
THREADS = discord.Permissions(create_public_threads=True, send_messages_in_threads=True)
FORUM = discord.Permissions(view_channel=True, send_messages_in_threads=True, read_message_history=True)
GRANT = "Grant it to the bot's role in the settings of the channel or the server."
CORRECT = "Correct the id (developer mode, Copy Channel ID), or take it out."


@dataclass(frozen=True, slots=True)
class Here:
    """A server, the bot as its member, and the settings that hold there."""

    guild: discord.Guild
    me: discord.Member
    settings: Settings


Enter = Callable[[int], Awaitable[Here | None]]
"""What is known of a server, None where the bot is not."""


async def check_support(client: discord.Client, id_: int, enter: Enter, forums: set[int]) -> list[Finding]:
    """Whether the bot can answer in a support channel; one that is a forum is put among the `forums`."""
    about = "SUPPORT_CHANNELS"
    channel, here = await _find(client, id_, enter)
    if channel is None or here is None:
        return [error(about, f"{id_}: the bot sees no such channel", f"{CORRECT} The bot needs View Channel there.")]
    name, settings = f"#{channel.name} ({id_})", here.settings
    if id_ not in settings.support_channels:
        return [fine(about, f"{name}: its server has chosen other channels with /settings")]
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return [error(about, f"{name} is a {channel.type}, neither a text channel nor a forum", CORRECT)]
    may = channel.permissions_for(here.me)
    forum = isinstance(channel, discord.ForumChannel)
    found = [error(about, f"{name}: the bot lacks {lacking}", GRANT)] if (lacking := lacks(may, FORUM if forum else TEXT)) else []
    if not forum and not found and (lacking := lacks(may, THREADS)):
        found.append(
            warning(about, f"{name}: the bot lacks {lacking}, so that it replies in the channel, without threads", GRANT)
        )
    if settings.delete_leaked_keys and not may.manage_messages:
        advice = "Grant it to the bot's role, or unset DELETE_LEAKED_KEYS."
        found.append(error("DELETE_LEAKED_KEYS", f"{name}: the bot lacks Manage Messages, and deletes nothing", advice))
    if isinstance(channel, discord.ForumChannel):
        forums.add(id_)
        found += _check_tags(channel, name, settings, may)
    return found or [fine(about, f"{name} in {here.guild.name}: the bot may do what it needs to")]


def _check_tags(forum: discord.ForumChannel, name: str, settings: Settings, may: discord.Permissions) -> list[Finding]:
    wanted = _tags(settings)
    there = {tag.name.casefold() for tag in forum.available_tags}
    found = [
        warning(setting, f'{name} has no tag "{tag}"', "Make it in the settings of the forum, or correct its name.")
        for setting, tag in wanted.items()
        if tag.casefold() not in there
    ]
    if (wanted or settings.area_tags) and not may.manage_threads:
        asking = ", ".join([*wanted, *(["AREA_TAGS"] if settings.area_tags else [])])
        advice = f"Grant it to the bot's role, or unset {asking}."
        found.append(error(asking, f"{name}: the bot lacks Manage Threads, and tags no post", advice))
    return found


def check_tags_have_forums(settings: Settings, forums: set[int]) -> list[Finding]:
    """Tags are for posts in forums alone."""
    if forums or not _tags(settings):
        return []
    advice = "Add a forum to SUPPORT_CHANNELS, or unset it."
    return [
        warning(setting, "no forum is among the support channels, so that no post can get it", advice)
        for setting in _tags(settings)
    ]


def _tags(settings: Settings) -> dict[str, str]:
    """The names of the tags that are set."""
    named = {"ANSWERED_TAG": settings.answered_tag, "SOLVED_TAG": settings.solved_tag, "HUMAN_TAG": settings.human_tag}
    return {setting: tag for setting, tag in named.items() if tag}


async def check_insights(client: discord.Client, id_: int, enter: Enter) -> list[Finding]:
    """Whether the weekly post can be made."""
    about = "INSIGHTS_CHANNEL"
    channel, here = await _find(client, id_, enter)
    if channel is None or here is None:
        return [error(about, f"{id_}: the bot sees no such channel", f"{CORRECT} The bot needs View Channel there.")]
    name = f"#{channel.name} ({id_})"
    if not isinstance(channel, discord.TextChannel):
        return [error(about, f"{name} is a {channel.type}, no text channel", CORRECT)]
    if lacking := lacks(channel.permissions_for(here.me), FOR_INSIGHTS):
        return [error(about, f"{name}: the bot lacks {lacking}", GRANT)]
    return [fine(about, f"{name} in {here.guild.name}: the bot may do what it needs to")]


def lacks(may: discord.Permissions, needed: discord.Permissions) -> str:
    """The permissions that are missing, as Discord's settings name them."""
    missing = discord.Permissions(needed.value & ~may.value)
    names = {"read_messages": "View Channel"}
    return ", ".join(
        names.get(name, name.replace("_", " ").title().replace(" In ", " in ")) for name, lacking in missing if lacking
    )


async def _find(
    client: discord.Client, id_: int, enter: Enter
) -> tuple[discord.abc.GuildChannel | discord.Thread | None, Here | None]:
    """A channel with its overwrites, in a server whose roles are known: else its permissions could not be told."""
    try:
        seen = await client.fetch_channel(id_)
        here = await enter(seen.guild.id) if isinstance(seen, discord.abc.GuildChannel | discord.Thread) else None
        return (None, None) if here is None else (await here.guild.fetch_channel(id_), here)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None, None
