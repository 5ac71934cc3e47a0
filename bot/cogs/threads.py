"""Threads: opening one on a message, finding out whose it is, and reading its earlier messages."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord

from bot.cogs.sending import DISCORD_ERRORS, describe_error, persistently, thread_name
from bot.conversations import MAX_HISTORY

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

log = logging.getLogger(__name__)

THREAD_EXISTS = 160004
MAX_LOOKUPS = 10
"""Members looked up to find out whether a helper has spoken."""


async def open_thread(message: discord.Message, headline: str) -> MessageableChannel | None:
    """Where to answer a message: its thread, opened or found; its channel if no thread can be; None if nothing can be said."""
    if isinstance(message.channel, discord.Thread) or message.guild is None:
        return message.channel
    may = message.channel.permissions_for(message.guild.me)
    if may.create_public_threads and may.send_messages_in_threads:
        try:
            return await persistently(lambda: message.create_thread(name=thread_name(headline)))
        except discord.NotFound:
            log.info("Message %d is gone: there is nothing left to answer", message.id)
            return None
        except DISCORD_ERRORS as error:
            known = isinstance(error, discord.HTTPException) and error.code == THREAD_EXISTS
            if known and (thread := await _existing_thread(message)) is not None:
                return thread
            log.info("No thread could be opened on message %d: %s", message.id, describe_error(error))
        except ValueError:
            log.debug("Channel %d has no threads", message.channel.id)
    return message.channel if may.send_messages else None


async def find_asker(thread: discord.Thread, me: int) -> int | None:
    """Id of the member whose thread it is: who opened it, or, where the bot did, who wrote the message it stands on."""
    if thread.owner_id != me:
        return thread.owner_id
    starter = await starter_message(thread)
    return None if starter is None else starter.author.id


async def starter_message(thread: discord.Thread) -> discord.Message | None:
    """The message a thread was opened on (a forum post's is its own first); None when it is gone."""
    parent = thread.parent
    try:
        if isinstance(parent, discord.abc.Messageable):
            return await parent.fetch_message(thread.id)
        return await thread.fetch_message(thread.id)
    except (discord.NotFound, discord.Forbidden):
        return None


async def source_message(client: discord.Client, channel_id: int, message_id: int) -> discord.Message | None:
    """A message by its ids; None when it, its channel, or the right to read it is gone."""
    channel = client.get_channel(channel_id) or client.get_partial_messageable(channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        return await channel.fetch_message(message_id)
    except (discord.NotFound, discord.Forbidden):
        return None


async def past_messages(thread: discord.Thread, before: discord.Message) -> list[discord.Message]:
    """The thread's latest messages before the given one, oldest first, the message it stands on included; at most MAX_HISTORY."""
    try:
        history = [message async for message in thread.history(limit=MAX_HISTORY, before=before)]
    except discord.Forbidden:
        return []  # no right to read the history: what was said before stays unknown
    history.reverse()
    starter = await starter_message(thread) if len(history) < MAX_HISTORY else None
    if starter is not None and all(message.id != starter.id for message in history):
        history.insert(0, starter)
    return [message for message in history if is_human(message)]


async def is_left(thread: discord.Thread) -> bool:
    """Whether no person has written in a thread."""
    try:
        return all([not is_human(message) async for message in thread.history(limit=MAX_HISTORY)])
    except discord.HTTPException:
        return False


def is_human(message: discord.Message) -> bool:
    """Whether a person wrote the message: no bot, no webhook, nothing that Discord announces."""
    ordinary = message.type in (discord.MessageType.default, discord.MessageType.reply)
    return ordinary and not message.author.bot and not message.author.system and message.webhook_id is None


async def has_role(guild: discord.Guild, user_ids: Iterable[int], roles: frozenset[int]) -> bool:
    """Whether one of the users has one of the roles; members that are not cached are fetched, a bounded number of them."""
    if not roles:
        return False
    for user_id in list(dict.fromkeys(user_ids))[:MAX_LOOKUPS]:
        try:
            member = guild.get_member(user_id) or await guild.fetch_member(user_id)
        except discord.NotFound:
            continue  # has left the server
        if not roles.isdisjoint(role.id for role in member.roles):
            return True
    return False


async def _existing_thread(message: discord.Message) -> discord.Thread | None:
    if message.guild is None:
        return None
    known = message.guild.get_thread(message.id)
    if known is not None:
        return known
    try:
        found = await message.guild.fetch_channel(message.id)
    except DISCORD_ERRORS:
        return None
    return found if isinstance(found, discord.Thread) else None
