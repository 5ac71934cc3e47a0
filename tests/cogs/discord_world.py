"""A simulated server with the bot in it, and an engine that answers by script: what the Discord tests stand on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import discord
import simcord
from discord.ext import commands
from simcord.backend.models import Channel
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle

from bot.app import create_bot
from bot.cogs.support import Support
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Diagnosis, Verdict
from bot.engine import Answer, Engine
from bot.errors import ModelError
from bot.knowledge.types import Point, Snapshot, Source
from bot.reading.profile import Profile
from bot.reading.types import Reading, Redaction
from bot.reply.compose import LEAK_LEAD
from bot.reply.types import Reply, Section, Sentence, Style
from bot.service import Service
from bot.settings import Settings

TRACE = """Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in <module>
    asyncio.run(main())
websockets.exceptions.ConnectionClosedError: received 1008 (policy violation) quota_exhausted
"""
QUESTION = "How long can one request be?"
CHATTER = "good morning everybody, lovely weather"
LEAKED = "‹hidden-api-key›"
DIAGNOSED = "The quota is used up."
ANSWERED = "One request holds 5,000 characters."
UNKNOWN = "This is not in my knowledge."


PAGE = Source("docs", "Acme's handbook", "https://docs.acme.example", "2026-01-01")


def snapshot(version: str = "1" * 40, points: tuple[str, ...] = ("limit",)) -> Snapshot:
    """A small corpus with the given points."""
    return Snapshot(
        version=version,
        profile=Profile(name="Acme"),
        about={"name": "Acme", "docs": "Acme's handbook", "revoke": "Open Acme's keys and press Revoke."},
        sources={PAGE.id: PAGE},
        points={id_: Point(id_, f"About {id_}.", "docs", "2025-01-01") for id_ in points},
        causes={},
        symptoms={},
    )


class ScriptedEngine(Engine):
    """Answers by keyword: `quota` is diagnosed, `vague` guessed at, a question mark answered, all else unknown.

    `LEAKED` in a text stands for a key that reading has hidden. `VERBOSE` is answered at greater length than fits in a message.

    `seen` holds every text with the number of the turn; `slow_s` is how long an answer keeps its thread busy computing;
    a `broken` one has lost its model.
    """

    def __init__(self, corpus: Snapshot | None = None, slow_s: float = 0.0) -> None:
        self.snapshot = corpus or snapshot()
        self.seen: list[tuple[str, int]] = []
        self.slow_s = slow_s
        self.broken = False

    def answer(self, text: str, conversation: Conversation | None = None, *, before: Reading | None = None) -> Answer:
        if self.broken:
            raise ModelError("the model is gone")
        turn = (conversation or Conversation()).turns + 1
        self.seen.append((text, turn))
        end = time.perf_counter() + self.slow_s
        while time.perf_counter() < end:
            sum(range(1000))
        verdict, says = Verdict.ABSTAIN, UNKNOWN
        if "quota" in text:
            verdict, says = Verdict.DIAGNOSIS, DIAGNOSED
        elif "vague" in text:
            verdict, says = Verdict.OVERVIEW, "It can be many things."
        elif "?" in text:
            verdict, says = Verdict.ANSWER, ANSWERED
        sentences = (Sentence(says), Sentence(f"This is turn {turn}."), Sentence(f"It began with {text[:300]}"))
        sections = [Section("", Style.PARAGRAPH, sentences)]
        if "VERBOSE" in text:
            sections.append(Section("More", Style.BULLETS, tuple(Sentence(f"{n} " + "x" * 600) for n in range(4))))
        redactions = (Redaction("api-key", 1),) if LEAKED in text else ()
        if redactions:
            sections.append(Section("", Style.PARAGRAPH, (Sentence("your message holds api key.", lead=LEAK_LEAD),)))
        reply = Reply(headline=f"{says} @everyone", sections=tuple(sections), sources=(PAGE,))
        reading = Reading(text, (), (), (), (), (), redactions, text)
        return Answer(reading, Diagnosis(verdict), reply, Conversation(turns=turn), {"total": 0.0}, self.snapshot)


@dataclass
class World:
    """One server: a support channel, a forum, another channel, and a member who asks."""

    env: simcord.Env
    bot: commands.AutoShardedBot
    service: Service
    settings: Settings
    guild: GuildHandle = field(init=False)
    support: ChannelHandle = field(init=False)
    forum: ChannelHandle = field(init=False)
    lounge: ChannelHandle = field(init=False)
    helpers: RoleHandle = field(init=False)
    admins: RoleHandle = field(init=False)
    asker: simcord.MemberActor = field(init=False)

    def furnish(self) -> None:
        """Create the server and let the bot know its ids."""
        self.guild = self.env.create_guild()
        self.support = self.guild.create_text_channel("support")
        self.lounge = self.guild.create_text_channel("lounge")
        self.forum = self.guild.create_forum_channel("help-forum")
        self.helpers = self.guild.create_role("helpers")
        self.admins = self.guild.create_role("admins")
        self.asker = self.member("asker")
        self.configure(
            support_channels=frozenset({self.support.id, self.forum.id}),
            helper_roles=frozenset({self.helpers.id}),
            admin_roles=frozenset({self.admins.id}),
        )

    def member(self, name: str, *roles: RoleHandle) -> simcord.MemberActor:
        """A new member of the server."""
        return self.guild.add_member(self.env.create_user(name), roles=roles)

    def configure(self, **values: Any) -> None:
        """Change settings of the running bot: its ids exist only once the server does."""
        self.settings = self.settings.model_copy(update=values)
        for cog in self.bot.cogs.values():
            vars(cog)["settings"] = self.settings

    async def restart(self) -> None:
        """A new bot process in the same server: nothing in its memory."""
        self.bot = create_bot(self.settings, self.service)
        await self.env.restart_bot(self.bot)

    async def post(self, title: str, content: str) -> ChannelHandle:
        """The asker opens a post in the forum; its first message has the id of the post."""
        backend = self.env.backend
        thread: Channel = backend.create_thread(self.forum.id, title, self.asker.id, broadcast=False)
        backend.announce_thread_create(thread)
        message = backend.prepare_message(thread.id, self.asker.id, content)
        message.id = thread.id
        backend.commit_message(message)
        await self.env.settle()
        return ChannelHandle(self.env, self.guild, thread)

    @property
    def engine(self) -> ScriptedEngine:
        """The engine that answers now."""
        return cast(ScriptedEngine, vars(self.service)["_engine"])

    @property
    def cog(self) -> Support:
        """The support cog."""
        return cast(Support, self.bot.get_cog("Support"))

    @property
    def thread(self) -> ChannelHandle:
        """The one thread in the support channel."""
        (thread,) = self.support.threads
        return thread

    def said(self, channel: ChannelHandle) -> list[str]:
        """What the bot said in a channel or thread, oldest first."""
        return [
            m.content for m in channel.history() if m.author.id == self.me and m.type is not discord.MessageType.thread_created
        ]

    @property
    def me(self) -> int:
        """The bot's id."""
        assert self.bot.user is not None
        return self.bot.user.id

    def sent(self) -> list[Mapping[str, Any]]:
        """The bodies of every message the bot sent or tried to send."""
        return [r.json or {} for r in self.env.http_requests if r.method == "POST" and r.path.endswith("/messages")]


async def loop_lag(work: asyncio.Future[Any], step_s: float = 0.01) -> float:
    """The longest time, in seconds, that the event loop was late while the work ran."""
    worst = 0.0
    while not work.done():
        before = time.perf_counter()
        await asyncio.sleep(step_s)
        worst = max(worst, time.perf_counter() - before - step_s)
    return worst
