"""The facts of a message that decide whether the bot speaks, read from the message alone."""

from __future__ import annotations

import discord

from bot.cogs.policy import Place, Situation
from bot.cogs.threads import is_human
from bot.settings import Settings


def situation_of(message: discord.Message, me: int, settings: Settings, *, cooling: bool) -> Situation:
    """What is known of a message without asking Discord; whose thread it is comes later. `me` is the bot's id."""
    return Situation(
        place=place_of(message, me, settings.support_channels),
        machine=not is_human(message) or message.guild is None,
        mentioned=mentions(message, me),
        by_helper=_has_role(message, settings.helper_roles),
        cooling=cooling,
    )


def place_of(message: discord.Message, me: int, channels: frozenset[int]) -> Place:
    """Where a message stands, given the configured channels and forums."""
    channel = message.channel
    if isinstance(channel, discord.Thread):
        configured = channel.parent_id in channels
        if configured and message.id == channel.id:
            return Place.POST
        return Place.THREAD if configured or channel.owner_id == me else Place.ELSEWHERE
    return Place.CHANNEL if channel.id in channels else Place.ELSEWHERE


def mentions(message: discord.Message, me: int) -> bool:
    """Whether the bot itself is mentioned, by its name or by the role Discord gives it; everybody does not count."""
    role = message.guild.self_role if message.guild is not None else None
    return any(user.id == me for user in message.mentions) or (role is not None and role in message.role_mentions)


def _has_role(message: discord.Message, roles: frozenset[int]) -> bool:
    author = message.author
    return isinstance(author, discord.Member) and not roles.isdisjoint(role.id for role in author.roles)
