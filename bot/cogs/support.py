"""The support cog: failures and questions in channels, forums, threads and direct messages."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import discord
from discord.ext import commands

from bot.cogs.cooldown import Cooldowns
from bot.cogs.delivery import deliver, keep_silent
from bot.cogs.desk import Answered, Desk
from bot.cogs.intake import Intake
from bot.cogs.policy import Decision, Place, Situation, decide
from bot.cogs.sending import DISCORD_ERRORS, UNABLE, describe_error, send_parts
from bot.cogs.situation import situation_of
from bot.cogs.waiting import BUSY
from bot.conversations import ThreadState
from bot.diagnosis.conversation import Conversation
from bot.errors import UserError, describe_mistake
from bot.settings import Settings

log = logging.getLogger(__name__)

DRAIN_S = 10.0
"""How long answers under way may take to finish when the bot stops."""
DIRECT_MEMORY_S = 3_600
"""How long the next direct message belongs to the same conversation."""
NOTHING_TO_READ = (
    "There is nothing to read in this message. Paste the error with its traceback and the log lines before it "
    "(or attach them as a file), and say what you were doing."
)


class Support(commands.Cog):
    """Reads what people paste and answers in a thread.

    Unasked, it speaks only in the configured channels and forums and in the threads it follows there, only with something
    founded and cited, only to the one whose thread it is, not after a helper has spoken there or it is solved, and only so
    often a minute. Addressed (a mention, a reply to it, a direct message), it always answers, if only to say that it does not
    know. It never speaks to bots, webhooks or Discord's own messages, never pings anybody, and keeps no message on disk.
    """

    def __init__(self, bot: commands.AutoShardedBot, desk: Desk, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.settings = settings
        self._cooldowns = Cooldowns()

    async def cog_unload(self) -> None:
        """Let the answers under way finish, for a bounded time."""
        others = self.desk.waiting.under_way - {asyncio.current_task()}
        if others:
            _, unfinished = await asyncio.wait(others, timeout=DRAIN_S)
            if unfinished:
                log.warning("%d answer(s) under way were given up", len(unfinished))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Handle one message; an error of Discord is logged and ends its handling, nothing else."""
        situation = self.situation(message)
        self._note_helper(message, situation)
        if decide(situation) is not Decision.IGNORE:
            await self.handle(message, situation)

    def situation(self, message: discord.Message) -> Situation:
        """What is known of a message without asking anybody."""
        here = self.desk.here(self.settings, message.guild)
        cooling = self._cooldowns.active(message, here)
        return situation_of(message, self.me, here, cooling=cooling, sees_all=self.desk.sees_all)

    async def handle(self, message: discord.Message, situation: Situation) -> None:
        """Read a message when its turn comes, and answer it if the policy says so."""
        desk = self.desk
        if situation.asked and desk.waiting.is_full(self.settings.queue_limit):
            desk.metrics.refused_busy()
            await send_parts(message.channel, [BUSY], source=message.id, reply_to=message)
            return
        try:
            async with desk.waiting.turn(desk.conversations.lock(conversation_id(message))):
                situation = replace(situation, opted_out=await desk.opted_out(message.author.id))
                if situation.place is Place.DIRECT:
                    await self._direct(message, situation)
                elif isinstance(message.channel, discord.Thread) and message.id != message.channel.id:
                    await self._continue(message, message.channel, situation)
                elif decide(situation) is not Decision.IGNORE:
                    await self._begin(message, situation)
        except DISCORD_ERRORS as error:
            log.warning("Message %d was not handled: %s", message.id, describe_error(error))
        except UserError as error:
            log.error("Message %d was not answered: %s", message.id, error)  # noqa: TRY400 - the text is written for the admin
            await self._say_unable(message, situation)
        except Exception as error:  # noqa: BLE001 - whatever a paste sets off ends with that paste, and is logged
            log.error("Message %d was not answered: %s", message.id, describe_mistake(error))  # noqa: TRY400 - without its text
            await self._say_unable(message, situation)

    async def _begin(self, message: discord.Message, situation: Situation) -> None:
        """A message in a channel, or the first one of a forum post."""
        title = message.channel.name if isinstance(message.channel, discord.Thread) else ""
        intake = await self.desk.read(message, self.me, self.settings, title)
        if not intake.text:
            await self._say_nothing_to_read(message, intake, situation)
            return
        before = Conversation()
        if situation.replied:
            before = await self.desk.replied_to(self.bot, message, self.settings)
        done = await self.desk.answer(message, intake, before, asked=situation.asked)
        speaks = self._speaks(message, situation, done)
        in_place = situation.replied and not title
        if (speaks and not in_place) or title:
            # The thread will have the message's id, and must be known before a second message can arrive in it.
            state = ThreadState(message.author.id, conversation=done.answer.conversation, spoken=speaks)
            self.desk.conversations.put(message.id, state)
        if speaks:
            await deliver(self.desk, self.settings, message, done, situation, in_place=in_place)
        else:
            await keep_silent(self.desk, self.settings, message, done, situation)

    async def _continue(self, message: discord.Message, thread: discord.Thread, situation: Situation) -> None:
        """A further message in a thread."""
        conversations = self.desk.conversations
        state = await self.desk.know(thread, message, self.me, self.settings)
        closed = situation.closed or await self.desk.store.thread_solved(thread.id)
        by_asker = message.author.id == state.asker
        situation = replace(situation, by_asker=by_asker, helped=state.helped, closed=closed, spoken=state.spoken)
        if decide(situation) is Decision.IGNORE:
            # What the asker says meanwhile is not read: should the bot be asked again, the conversation is rebuilt.
            skipped = situation.by_asker or state.conversation is None
            conversations.put(thread.id, replace(state, conversation=None) if skipped else state)
            return
        intake = await self.desk.read(message, self.me, self.settings)
        if not intake.text:
            await self._say_nothing_to_read(message, intake, situation)
            return
        before = state.conversation
        if before is None:
            before = await self.desk.rebuild(thread, message, state.asker, self.me, self.settings)
        done = await self.desk.answer(message, intake, before, asked=situation.asked)
        # A helper may have spoken while the answer was being worked out.
        now = conversations.get(thread.id) or state
        situation = replace(situation, helped=now.helped)
        speaks = self._speaks(message, situation, done)
        spoken = now.spoken or speaks
        conversations.put(thread.id, replace(now, conversation=done.answer.conversation, spoken=spoken, latest=message.id))
        await (deliver if speaks else keep_silent)(self.desk, self.settings, message, done, situation)

    async def _direct(self, message: discord.Message, situation: Situation) -> None:
        """A direct message; it continues the conversation when the one before is not long ago."""
        conversations, channel = self.desk.conversations, message.channel.id
        state = conversations.get(channel) or ThreadState(message.author.id)
        age = message.created_at - discord.utils.snowflake_time(state.latest)
        intake = await self.desk.read(message, self.me, self.settings)
        if not intake.text:
            await self._say_nothing_to_read(message, intake, situation)
            return
        before = state.conversation if state.latest and age.total_seconds() < DIRECT_MEMORY_S else None
        done = await self.desk.answer(message, intake, before or Conversation(), asked=True)
        conversations.put(channel, replace(state, conversation=done.answer.conversation, spoken=True, latest=message.id))
        if self._speaks(message, situation, done):
            await deliver(self.desk, self.settings, message, done, situation, in_place=True)

    def _speaks(self, message: discord.Message, situation: Situation, done: Answered) -> bool:
        """The decision once something was found; an unasked answer is counted."""
        here = self.desk.here(self.settings, message.guild)
        cooling = self._cooldowns.active(message, here)
        speaks = decide(replace(situation, finding=done.finding, cooling=cooling)) is Decision.SPEAK
        if speaks and not situation.asked:
            self._cooldowns.take(message, here)
        return speaks

    def _note_helper(self, message: discord.Message, situation: Situation) -> None:
        conversations = self.desk.conversations
        state = conversations.get(message.channel.id)
        if state is not None and situation.by_helper and not situation.machine and message.author.id != state.asker:
            conversations.put(message.channel.id, replace(state, helped=True))

    @property
    def me(self) -> int:
        """The bot's id."""
        return self.bot.user.id if self.bot.user is not None else 0

    async def _say_unable(self, message: discord.Message, situation: Situation) -> None:
        if situation.asked:
            await send_parts(message.channel, [UNABLE], source=message.id, reply_to=message)

    async def _say_nothing_to_read(self, message: discord.Message, intake: Intake, situation: Situation) -> None:
        if situation.asked:
            parts = intake.note_line() or [NOTHING_TO_READ]
            await send_parts(message.channel, parts, source=message.id, reply_to=message)


def conversation_id(message: discord.Message) -> int:
    """What the messages of one conversation share: the thread, the direct messages of a user, or the message alone."""
    own = isinstance(message.channel, discord.Thread) or message.guild is None
    return message.channel.id if own else message.id
