"""The support cog: failures and questions in channels, forums and threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

import discord
from discord.ext import commands

from bot.cogs.cooldown import Cooldowns
from bot.cogs.intake import Intake, read_message
from bot.cogs.policy import Decision, Situation, decide
from bot.cogs.sending import DISCORD_ERRORS, UNABLE, describe_error, send_parts
from bot.cogs.situation import mentions, situation_of
from bot.cogs.threads import find_asker, has_role, open_thread, past_messages
from bot.conversations import Conversations, ThreadState, replay
from bot.diagnosis.conversation import Conversation
from bot.engine import Answer
from bot.errors import UserError
from bot.reply.markdown import render
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)
T = TypeVar("T")

MAX_HANDLED = 8
"""Messages read at the same time; it bounds the attachments held in memory."""
TYPING_AFTER_S = 1.0
"""An asked-for answer that takes longer shows that the bot is typing."""
DRAIN_S = 10.0
"""How long answers under way may take to finish when the bot stops."""
NOTHING_TO_READ = (
    "There is nothing to read in this message. Paste the error with its traceback and the log lines before it "
    "(or attach them as a file), and say what you were doing."
)


class Support(commands.Cog):
    """Reads what people paste and answers in a thread.

    Unasked, it speaks only in the configured channels and forums and in the threads it follows there, only with a diagnosis,
    an overview or an answer, only to the one whose thread it is, not after a helper has spoken there, and only so often a
    minute. Mentioned, it always answers, if only to say that it does not know. It never speaks to bots, webhooks or
    Discord's own messages, never pings anybody, and keeps no message on disk.
    """

    def __init__(self, bot: commands.Bot, service: Service, settings: Settings) -> None:
        self.bot = bot
        self.service = service
        self.settings = settings
        self.conversations = Conversations()
        self._cooldowns = Cooldowns(settings.user_answers_per_minute, settings.channel_answers_per_minute)
        self._slots = asyncio.Semaphore(MAX_HANDLED)
        self._under_way: set[asyncio.Task[None]] = set()

    async def cog_unload(self) -> None:
        """Let the answers under way finish, for a bounded time."""
        others = self._under_way - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=DRAIN_S)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Handle one message; an error of Discord is logged and ends its handling, nothing else."""
        situation = situation_of(message, self._me, self.settings, cooling=self._cooldowns.active(message))
        self._note_helper(message, situation)
        if decide(situation) is Decision.IGNORE:
            return
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            async with self._slots:
                if isinstance(message.channel, discord.Thread) and message.id != message.channel.id:
                    async with self.conversations.lock(message.channel.id):
                        await self._continue(message, message.channel, situation)
                else:
                    async with self.conversations.lock(message.id):
                        await self._begin(message, situation)
        except DISCORD_ERRORS as error:
            log.warning("Message %d was not handled: %s", message.id, describe_error(error))
        except UserError as error:
            log.error("Message %d was not answered: %s", message.id, error)  # noqa: TRY400 - the text is written for the admin
            if situation.mentioned:
                await send_parts(message.channel, [UNABLE], source=message.id, reply_to=message)
        finally:
            self._under_way.discard(task)

    async def _begin(self, message: discord.Message, situation: Situation) -> None:
        """A message in a channel, or the first one of a forum post."""
        title = message.channel.name if isinstance(message.channel, discord.Thread) else ""
        intake = await self._read(message, title)
        if not intake.text:
            await self._say_nothing_to_read(message, message.channel, intake, situation)
            return
        answer = await self._answer(message, intake.text, Conversation(), situation)
        speaks = self._speaks(message, situation, answer)
        if speaks or title:
            # The thread will have the message's id, and must be known before a second message can arrive in it.
            self.conversations.put(message.id, ThreadState(message.author.id, conversation=answer.conversation))
        if not speaks:
            return
        target = await open_thread(message, answer.reply.headline)
        if target is None:
            return
        in_place = target.id == message.channel.id and not isinstance(target, discord.Thread)
        if in_place:
            self.conversations.forget(message.id)
        await self._send(message, target, answer, intake, reply=in_place)

    async def _continue(self, message: discord.Message, thread: discord.Thread, situation: Situation) -> None:
        """A further message in a thread."""
        state = self.conversations.get(thread.id)
        past: list[discord.Message] | None = None
        if state is None:
            past = await past_messages(thread, message)
            asker = await find_asker(thread, self._me)
            others = [other.author.id for other in past if other.author.id != asker]
            state = ThreadState(asker, await has_role(thread.guild, others, self.settings.helper_roles), None)
        situation = replace(situation, by_asker=message.author.id == state.asker, helped=state.helped)
        if decide(situation) is Decision.IGNORE:
            # What the asker says meanwhile is not read: should the bot be asked again, the conversation is rebuilt.
            skipped = situation.by_asker or state.conversation is None
            self.conversations.put(thread.id, replace(state, conversation=None) if skipped else state)
            return
        intake = await self._read(message)
        if not intake.text:
            await self._say_nothing_to_read(message, thread, intake, situation)
            return
        conversation = state.conversation
        if conversation is None:
            past = await past_messages(thread, message) if past is None else past
            conversation = await self._replay(thread, past, state.asker)
        answer = await self._answer(message, intake.text, conversation, situation)
        # A helper may have spoken while the answer was being worked out.
        now = self.conversations.get(thread.id) or state
        situation = replace(situation, helped=now.helped)
        self.conversations.put(thread.id, replace(now, conversation=answer.conversation))
        if self._speaks(message, situation, answer):
            await self._send(message, thread, answer, intake)

    async def _replay(self, thread: discord.Thread, past: list[discord.Message], asker: int | None) -> Conversation:
        """The conversation so far: what the asker wrote, and what the bot was asked by others."""
        texts = []
        for message in past:
            if message.author.id == asker or mentions(message, self._me):
                title = thread.name if message.id == thread.id == message.channel.id else ""
                texts.append((await self._read(message, title)).text)
        return await replay([text for text in texts if text], self.service.answer)

    def _speaks(self, message: discord.Message, situation: Situation, answer: Answer) -> bool:
        """The decision once the verdict is known; an unasked answer is counted."""
        cooling = self._cooldowns.active(message)
        speaks = decide(replace(situation, verdict=answer.diagnosis.verdict, cooling=cooling)) is Decision.SPEAK
        if speaks and not situation.mentioned:
            self._cooldowns.take(message)
        return speaks

    def _note_helper(self, message: discord.Message, situation: Situation) -> None:
        state = self.conversations.get(message.channel.id)
        if state is not None and situation.by_helper and not situation.machine and message.author.id != state.asker:
            self.conversations.put(message.channel.id, replace(state, helped=True))

    @property
    def _me(self) -> int:
        return self.bot.user.id if self.bot.user is not None else 0

    async def _read(self, message: discord.Message, title: str = "") -> Intake:
        return await read_message(
            message,
            self.service,
            limit=self.settings.attachment_limit,
            me=self._me,
            title=title,
            asked=mentions(message, self._me),
        )

    async def _answer(self, message: discord.Message, text: str, conversation: Conversation, situation: Situation) -> Answer:
        """The answer; while an asked-for one takes long, the bot is seen typing."""
        work = self.service.answer(text, conversation)
        return await (typing_when_slow(message.channel, work) if situation.mentioned else work)

    async def _send(
        self,
        message: discord.Message,
        target: discord.abc.Messageable,
        answer: Answer,
        intake: Intake,
        *,
        reply: bool = False,
    ) -> None:
        parts = [*render(answer.reply), *intake.note_line()]
        if await send_parts(target, parts, source=message.id, reply_to=message if reply else None):
            log.info("Message %d: %s in %d part(s)", message.id, answer.diagnosis.verdict, len(parts))

    async def _say_nothing_to_read(
        self, message: discord.Message, target: discord.abc.Messageable, intake: Intake, situation: Situation
    ) -> None:
        if situation.mentioned:
            parts = intake.note_line() or [NOTHING_TO_READ]
            await send_parts(target, parts, source=message.id, reply_to=message)


async def typing_when_slow(channel: discord.abc.Messageable, work: Awaitable[T]) -> T:
    """The result of the work; if it takes longer than TYPING_AFTER_S, the bot is seen typing meanwhile."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=TYPING_AFTER_S)
    if done:
        return task.result()
    try:
        async with channel.typing():
            return await task
    except DISCORD_ERRORS:
        # Typing is a courtesy: the answer does not depend on it.
        return await task
