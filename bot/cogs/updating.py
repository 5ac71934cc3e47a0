"""Changing what the bot has said: its messages are edited in place, what is too many is deleted, what is missing is added."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import discord

from bot.cogs.sending import DISCORD_ERRORS, describe_error, send_parts, within_limits
from bot.state import StoredAnswer

log = logging.getLogger(__name__)


async def update_parts(
    client: discord.Client, found: StoredAnswer, parts: Iterable[str], view: discord.ui.View | None = None
) -> tuple[int, ...]:
    """Let the answer's messages say these parts instead; returns the ids of its messages, some of which may be new.

    view: the buttons under the last one.
    """
    channel = _channel(client, found)
    wanted = within_limits(parts)
    kept: list[int] = []
    for number, (reply_id, part) in enumerate(zip(found.reply_ids, wanted, strict=False), start=1):
        buttons = view if number == len(wanted) else None
        try:
            message = channel.get_partial_message(reply_id)
            await message.edit(content=part, view=buttons, allowed_mentions=discord.AllowedMentions.none())
        except discord.NotFound:
            continue  # somebody deleted it: it stays deleted
        except DISCORD_ERRORS as error:
            log.warning("A part of the answer to message %d was not updated: %s", found.source_id, describe_error(error))
        kept.append(reply_id)
    await _delete(channel, found, found.reply_ids[len(wanted) :])
    missing = wanted[len(found.reply_ids) :]
    if missing:
        # A nonce that none of the answer's messages ever had: Discord remembers those of deleted ones for a while.
        sent = await send_parts(channel, missing, source=discord.utils.time_snowflake(discord.utils.utcnow()), view=view)
        kept += [message.id for message in sent]
    return tuple(kept)


async def remove_parts(client: discord.Client, found: StoredAnswer) -> None:
    """Delete the answer's messages."""
    await _delete(_channel(client, found), found, found.reply_ids)


async def _delete(channel: discord.PartialMessageable, found: StoredAnswer, reply_ids: Iterable[int]) -> None:
    for reply_id in reply_ids:
        try:
            await channel.get_partial_message(reply_id).delete()
        except discord.NotFound:
            continue
        except DISCORD_ERRORS as error:
            log.warning("A part of the answer to message %d was not deleted: %s", found.source_id, describe_error(error))


def _channel(client: discord.Client, found: StoredAnswer) -> discord.PartialMessageable:
    return client.get_partial_messageable(found.thread_id or found.channel_id, guild_id=found.guild_id)
