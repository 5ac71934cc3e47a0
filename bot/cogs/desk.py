"""What the cogs share: the engine, the state, the conversations, and how messages are read and recorded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import discord

from bot.cogs.intake import FileReader, Intake, read_message
from bot.cogs.policy import Finding, Situation, finding_of
from bot.cogs.records import of_message
from bot.cogs.situation import mentions, replies_to
from bot.cogs.threads import find_asker, has_role, past_messages, source_message
from bot.cogs.waiting import Waiting, typing_when_slow
from bot.conversations import Conversations, ThreadState, replay
from bot.diagnosis import wording, wording_abroad
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.failing import failing_lines
from bot.diagnosis.types import Verdict
from bot.engine import Answer
from bot.knowledge.folding import fold
from bot.ocr import ScreenReader, is_installed
from bot.operations.metrics import UNMEASURED, Metrics
from bot.reading.types import Reading
from bot.server_settings import ServerSettings
from bot.service import Service
from bot.settings import Settings
from bot.state import Store

log = logging.getLogger(__name__)

OPT_OUT = "opt_out"
"""Name of the user setting that keeps the bot from reading somebody unasked."""
MAX_SMALL_TALK = 120
"""Characters up to which thanks are only thanks."""
MAX_REMEMBERED = 2_000
_THANKS, _THANKS_ABROAD = wording.compiled(wording.THANKS), wording.compiled(wording_abroad.THANKS)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, what it was read from, and what it is worth."""

    answer: Answer
    intake: Intake
    finding: Finding


class Desk:
    """One for all cogs of a bot. `sees_all`: Discord shows what is not addressed to it, too; `metrics` hears what happens."""

    def __init__(
        self, service: Service, store: Store, settings: Settings, *, sees_all: bool, metrics: Metrics = UNMEASURED
    ) -> None:
        self.service = service
        self.store = store
        self.servers = ServerSettings(store)
        self.sees_all = sees_all
        self.metrics = metrics
        self.conversations = Conversations()
        self.waiting = Waiting()
        self.screens = ScreenReader() if settings.read_screenshots and is_installed() else None
        self.deleted: dict[int, None] = {}
        """Messages that the bot itself deleted: their answers stay."""
        self.warned: dict[int, None] = {}
        """Messages whose authors were told of a leaked key."""
        if settings.read_screenshots and self.screens is None:
            log.warning("READ_SCREENSHOTS is set, but the extra `ocr` is not installed: pictures are not read")

    def here(self, settings: Settings, guild: discord.Guild | None) -> Settings:
        """The settings that hold in a server: what it has set for itself over the given ones, the environment's."""
        return self.servers.effective(settings, guild.id if guild is not None else None)

    def files(self, settings: Settings) -> FileReader:
        """What reads attachments."""
        return FileReader(self.service, settings.attachment_limit, self.screens)

    async def opted_out(self, user_id: int) -> bool:
        """Whether the user does not want to be read unasked, nor recorded."""
        return bool((await self.store.user_settings(user_id)).get(OPT_OUT))

    async def read(self, message: discord.Message, me: int, settings: Settings, title: str = "") -> Intake:
        """The text of a message, and what of it could not be read."""
        asked = mentions(message, me)
        return await read_message(message, self.files(settings), me=me, title=title, asked=asked, sees_all=self.sees_all)

    async def answer(self, message: discord.Message, intake: Intake, before: Conversation, *, asked: bool) -> Answered:
        """The answer to what was read; while an asked-for one takes long, the bot is seen typing."""
        work = self.service.answer(intake.text, before, _server_of(message))
        answer = await (typing_when_slow(message.channel, work) if asked else work)
        small_talk = is_small_talk(answer.reading)
        return Answered(answer, intake, finding_of(answer.diagnosis, answer.reply, small_talk=small_talk))

    async def know(self, thread: discord.Thread, message: discord.Message, me: int, settings: Settings) -> ThreadState:
        """What is known of a thread; what is not in memory is found out from Discord and the state."""
        known = self.conversations.get(thread.id)
        if known is not None:
            return known
        past = await past_messages(thread, message)
        asker = await find_asker(thread, me)
        latest = await self.store.latest_in_thread(thread.id)
        if asker is None and latest is not None:
            asker = latest.author_id
        others = [other.author.id for other in past if other.author.id != asker]
        helped = await has_role(thread.guild, others, self.here(settings, thread.guild).helper_roles)
        return ThreadState(asker, helped, None, spoken=latest is not None or thread.owner_id == me)

    async def rebuild(
        self, thread: discord.Thread, before: discord.Message, asker: int | None, me: int, settings: Settings
    ) -> Conversation:
        """The conversation so far: what the asker wrote, and what the bot was asked by others."""
        texts = []
        for message in await past_messages(thread, before):
            if message.author.id == asker or mentions(message, me) or replies_to(message, me):
                title = thread.name if message.id == thread.id == message.channel.id else ""
                texts.append((await self.read(message, me, settings, title)).text)
        return await replay([text for text in texts if text], partial(self.service.answer, guild_id=thread.guild.id))

    async def replied_to(self, client: discord.Client, message: discord.Message, settings: Settings) -> Conversation:
        """The conversation that a reply to the bot, outside of threads, continues: the message that the bot had answered."""
        reference = message.reference.message_id if message.reference is not None else None
        found = await self.store.answer_by_reply(reference) if reference else None
        source = await source_message(client, found.channel_id, found.source_id) if found is not None else None
        if source is None:
            return Conversation()
        text = (await self.read(source, client.user.id if client.user is not None else 0, settings)).text
        return await replay([text] if text else [], partial(self.service.answer, guild_id=_server_of(message)))

    async def record(
        self, message: discord.Message, done: Answered, replies: Sequence[discord.Message], situation: Situation
    ) -> None:
        """Remember ids and verdict of what was seen; nothing of those who opted out, nothing that was not for this bot."""
        if situation.opted_out or (done.answer.diagnosis.verdict is Verdict.ABSTAIN and not replies):
            if replies:
                await self.store.done(message.id)
            return
        thread = replies[0].channel if replies else message.channel
        thread_id = thread.id if isinstance(thread, discord.Thread) else None
        await self.store.record_answer(of_message(message, done.answer, [reply.id for reply in replies], thread_id))


def _server_of(message: discord.Message) -> int | None:
    return message.guild.id if message.guild is not None else None


def is_small_talk(reading: Reading) -> bool:
    """Whether a message only thanks ("thanks, that was it"), in any language the bot knows: nobody waits for an answer to it."""
    said = reading.prose
    if len(reading.text) >= MAX_SMALL_TALK or "?" in said or failing_lines(reading):
        return False
    return bool(_THANKS.search(said) or _THANKS_ABROAD.search(fold(said)))


def remember(ids: dict[int, None], message_id: int) -> None:
    """Note a message's id; of more than MAX_REMEMBERED, the oldest is forgotten."""
    ids[message_id] = None
    while len(ids) > MAX_REMEMBERED:
        del ids[next(iter(ids))]
