"""The answer follows its message: an edit updates it, a deletion removes it, for a bounded time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import discord
from discord.ext import commands

from bot.cogs.delivery import area_of, make_safe, told
from bot.cogs.desk import Desk
from bot.cogs.feedback.buttons import answer_view
from bot.cogs.operations import EDIT, note_answer
from bot.cogs.policy import Decision, decide
from bot.cogs.records import of_message
from bot.cogs.sending import DISCORD_ERRORS, describe_error, thread_name
from bot.cogs.situation import mentions, replies_to
from bot.cogs.support import NOTHING_TO_READ, Support, conversation_id
from bot.cogs.tags import apply_tags, wanted_tags
from bot.cogs.threads import is_human, is_left
from bot.cogs.updating import remove_parts, update_parts
from bot.diagnosis.conversation import Conversation
from bot.errors import UserError
from bot.settings import Settings
from bot.state import Outcome, StoredAnswer

log = logging.getLogger(__name__)

RENAME_TIMEOUT_S = 5.0
"""Discord lets a thread be renamed twice in ten minutes, and makes the third wait: the name is not worth that."""


class Edits(commands.Cog):
    """Works from the state, so that it goes on after a restart; what Discord hides from the bot is not read again."""

    def __init__(self, support: Support, desk: Desk, settings: Settings) -> None:
        self.support = support
        self.desk = desk
        self.settings = settings

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer again what was answered, and look once more at what was not."""
        message = payload.message
        if not is_human(message) or not self._is_recent(message.id) or not is_edit(payload) or not self._shows(message):
            return
        try:
            found = await self.desk.store.answer(message.id)
            if found is not None and found.reply_ids:
                if found.outcome is not Outcome.DISMISSED:
                    await self._update(message)
                return
            situation = self.support.situation(message)
            if decide(situation) is not Decision.IGNORE:
                self._doubt(message.channel.id)
                await self.support.handle(message, situation)
        except (*DISCORD_ERRORS, UserError) as error:
            said = str(error) if isinstance(error, UserError) else describe_error(error)
            log.warning("The edit of message %d was not followed: %s", message.id, said)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Remove the answer to a message that its author, or a moderator, deleted."""
        await self._forget(payload.channel_id, [payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """The same for many at once."""
        await self._forget(payload.channel_id, sorted(payload.message_ids))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """With a thread, its conversation is gone."""
        self.desk.conversations.forget(payload.thread_id)

    async def _update(self, message: discord.Message) -> None:
        desk = self.desk
        async with desk.waiting.turn(desk.conversations.lock(conversation_id(message))):
            found = await desk.store.answer(message.id)  # as it is when the turn has come
            if found is None or not found.reply_ids or found.outcome is Outcome.DISMISSED:
                return
            thread = message.channel if isinstance(message.channel, discord.Thread) else None
            first = thread is None or message.id == thread.id
            title = thread.name if thread is not None and first else ""
            intake = await desk.read(message, self.support.me, self.settings, title)
            if not intake.text:
                replies = await update_parts(self.support.bot, found, intake.note_line() or [NOTHING_TO_READ], None)
                await desk.store.record_answer(replace(found, reply_ids=replies))
                return
            before = Conversation()
            if thread is not None and not first:
                state = await desk.know(thread, message, self.support.me, self.settings)
                before = await desk.rebuild(thread, message, state.asker, self.support.me, self.settings)
            done = await desk.answer(message, intake, before, asked=False)
            situation = replace(self.support.situation(message), opted_out=await desk.opted_out(message.author.id))
            safe = await make_safe(desk, self.settings, message, done, situation)
            view = answer_view(message.id, done.answer.diagnosis.verdict)
            replies = await update_parts(self.support.bot, found, safe.parts, view)
            new = of_message(message, done.answer, replies, found.thread_id)
            new = replace(new, created_at=found.created_at)
            if (new.verdict, new.cause) == (found.verdict, found.cause):
                # What people said of an answer holds as long as it is the same answer.
                new = replace(new, outcome=found.outcome, rejected=found.rejected)
            await desk.store.record_answer(new)
            self._doubt(found.thread_id or message.channel.id)
            await self._rename(found, message, done.answer.reply.headline)
            if thread is not None and first:
                await apply_tags(thread, wanted_tags(desk.here(self.settings, message.guild), area_of(done)))
            place = found.thread_id or message.channel.id
            note_answer(desk, "Edited message", message.id, done.answer, told(message, situation, place, len(replies), EDIT))

    async def _rename(self, found: StoredAnswer, message: discord.Message, headline: str) -> None:
        """The bot's own thread is named after the cause, whatever it is now."""
        thread = message.guild.get_thread(found.thread_id) if message.guild is not None and found.thread_id else None
        name = thread_name(headline)
        if thread is None or thread.id != found.source_id or thread.owner_id != self.support.me or thread.name == name:
            return
        try:
            async with asyncio.timeout(RENAME_TIMEOUT_S):
                await thread.edit(name=name)
        except DISCORD_ERRORS as error:
            log.info("Thread %d was not renamed: %s", thread.id, describe_error(error))

    async def _forget(self, channel_id: int, message_ids: Iterable[int]) -> None:
        for message_id in message_ids:
            if message_id in self.desk.deleted or not self._is_recent(message_id):
                continue
            # An answer under way is waited for: what it says is removed as well.
            for lock_id in (channel_id, message_id):
                async with self.desk.conversations.lock(lock_id):
                    pass
            self._doubt(channel_id)
            found = await self.desk.store.remove_answer(message_id)
            if found is not None and found.reply_ids:
                await remove_parts(self.support.bot, found)
                await self._tidy(found)
                log.info("Message %d was deleted, and with it the answer", message_id)

    async def _tidy(self, found: StoredAnswer) -> None:
        """Delete the thread that the bot opened on a message that is gone, if nobody has written in it."""
        if found.thread_id is None or found.guild_id is None or found.thread_id != found.source_id:
            return
        guild = self.support.bot.get_guild(found.guild_id)
        thread = guild.get_thread(found.thread_id) if guild is not None else None
        if guild is None or thread is None or thread.owner_id != self.support.me:
            return
        if not thread.permissions_for(guild.me).manage_threads or not await is_left(thread):
            return
        try:
            await thread.delete()
        except DISCORD_ERRORS as error:
            log.info("Thread %d was not deleted: %s", thread.id, describe_error(error))

    def _doubt(self, thread_id: int) -> None:
        """What is known of a thread's conversation no longer holds: it is rebuilt before it is used."""
        state = self.desk.conversations.get(thread_id)
        if state is not None:
            self.desk.conversations.put(thread_id, replace(state, conversation=None))

    def _is_recent(self, message_id: int) -> bool:
        age = discord.utils.utcnow() - discord.utils.snowflake_time(message_id)
        return age <= timedelta(hours=self.settings.follow_edits_hours)

    def _shows(self, message: discord.Message) -> bool:
        """Whether Discord shows the bot what the message says now."""
        me = self.support.me
        return self.desk.sees_all or message.guild is None or mentions(message, me) or replies_to(message, me)


def is_edit(payload: discord.RawMessageUpdateEvent) -> bool:
    """Whether a person changed the message; Discord announces links it has looked up, pins and threads in the same way."""
    message, before = payload.message, payload.cached_message
    if message.edited_at is None:
        return False
    if before is None:
        return True
    files = {file.id for file in before.attachments} == {file.id for file in message.attachments}
    return message.content != before.content or not files
