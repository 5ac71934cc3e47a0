"""The facts of a message that decide whether the bot speaks, read from the message alone."""

from __future__ import annotations

import discord

from bot.cogs.policy import Place, Situation
from bot.cogs.threads import is_human
from bot.quiet_hours import is_quiet
from bot.settings import Settings


def situation_of(
    message: discord.Message, me: int, settings: Settings, *, cooling: bool, opted_out: bool = False, sees_all: bool = True
) -> Situation:
    """What is known of a message without asking Discord; whose thread it is comes later.

    `me` is the bot's id; `sees_all` says whether Discord shows the bot what is not addressed to it.
    """
    direct = message.guild is None
    heard = settings.direct_messages or not direct
    return Situation(
        place=place_of(message, me, settings.support_channels),
        machine=not is_human(message),
        mentioned=heard and (direct or mentions(message, me)),
        replied=heard and replies_to(message, me),
        by_helper=_has_role(message, settings.helper_roles),
        closed=is_closed(message.channel, settings.solved_tag),
        cooling=cooling,
        quiet=is_quiet(settings.quiet_hours, settings.time_zone, message.edited_at or message.created_at),
        opted_out=opted_out,
        unseen=not sees_all,
        facts_unasked=settings.answer_questions,
    )


def place_of(message: discord.Message, me: int, channels: frozenset[int]) -> Place:
    """Where a message stands, given the configured channels and forums."""
    channel = message.channel
    if message.guild is None:
        return Place.DIRECT
    if isinstance(channel, discord.Thread):
        configured = channel.parent_id in channels
        if configured and message.id == channel.id:
            return Place.POST
        return Place.THREAD if configured or channel.owner_id == me else Place.ELSEWHERE
    return Place.CHANNEL if channel.id in channels else Place.ELSEWHERE


def mentions(message: discord.Message, me: int) -> bool:
    """Whether the bot itself is named, or the role Discord gives it; everybody does not count, nor the ping of a reply."""
    role = message.guild.self_role if message.guild is not None else None
    named = any(user.id == me for user in message.mentions) and (
        not replies_to(message, me) or any(mention in message.content for mention in spellings(me))
    )
    return named or (role is not None and role in message.role_mentions)


def replies_to(message: discord.Message, me: int) -> bool:
    """Whether the message is a reply to one of the bot's."""
    original = message.reference.resolved if message.reference is not None else None
    return message.type is discord.MessageType.reply and isinstance(original, discord.Message) and original.author.id == me


def spellings(me: int) -> tuple[str, str]:
    """How a mention of the bot is written."""
    return f"<@{me}>", f"<@!{me}>"


def is_closed(channel: object, solved_tag: str) -> bool:
    """Whether a thread takes no more answers: it is locked, archived, or has the tag of solved posts."""
    if not isinstance(channel, discord.Thread):
        return False
    solved = solved_tag.casefold()
    return channel.locked or channel.archived or any(tag.name.casefold() == solved for tag in channel.applied_tags if solved)


def _has_role(message: discord.Message, roles: frozenset[int]) -> bool:
    author = message.author
    return isinstance(author, discord.Member) and not roles.isdisjoint(role.id for role in author.roles)
