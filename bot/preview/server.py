"""A simulated Discord server with the real bot in it: its channels, its members, and what they do."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import simcord
from simcord.builders import ChannelHandle, GuildHandle

from bot.app import SupportBot, create_bot
from bot.errors import InputError
from bot.preview.history import invented_month
from bot.preview.line_breaks import like_discord
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.state import Outcome

log = logging.getLogger(__name__)

MAX_CONTENT = 2_000
"""Characters of a message; Discord's clients attach what is longer as a file."""
SETTLE_S = 120.0
DIRECT = "direct"
"""Id of the place of direct messages: each person has their own."""
PEOPLE = {"asker": "asks for help", "helper": "has the role of the helpers", "admin": "owns the server"}


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, forum, thread or post. `kind`: text, forum, thread or direct; `parent`: a thread's channel."""

    id: str
    name: str
    kind: str
    parent: str = ""


class SimulatedServer:
    """One server, and the handles to act in it; nobody but the bot is in it of their own accord."""

    def __init__(self, env: simcord.Env, bot: SupportBot) -> None:
        self.env = env
        self.bot = bot
        self.guild: GuildHandle
        self.people: dict[str, simcord.MemberActor] = {}
        self._channels: dict[str, ChannelHandle] = {}
        self._kinds: dict[str, str] = {}
        self._reported = 0

    async def furnish(self) -> None:
        """Create channels and members, and tell the bot of them as an admin would."""
        owner = self.env.create_user("admin")
        self.guild = self.env.create_guild("Help", owner=owner)
        helpers = self.guild.create_role("Helpers")
        users = {"asker": self.env.create_user("asker"), "helper": self.env.create_user("helper"), "admin": owner}
        for name, user in users.items():
            self.people[name] = self.guild.add_member(user, roles=[helpers] if name == "helper" else [])
        support, forum = self.guild.create_text_channel("support"), self.guild.create_forum_channel("help-forum")
        general = self.guild.create_text_channel("general")
        for kind, channel in (("text", support), ("forum", forum), ("text", general)):
            self._channels[str(channel.id)], self._kinds[str(channel.id)] = channel, kind
        values = {
            "support_channels": frozenset({support.id, forum.id}),
            "helper_roles": frozenset({helpers.id}),
            "user_answers_per_minute": 1_000,
            "channel_answers_per_minute": 1_000,
        }
        for field, value in values.items():
            await self.bot.desk.servers.set(self.guild.id, field, value)
        for answer in invented_month(
            self.bot.service.snapshot, self.guild.id, support.id, self.people["asker"].id, int(time.time())
        ):
            await self.bot.store.record_answer(answer)
            if answer.outcome is Outcome.MISSED:
                await self.bot.store.vote(answer.source_id, answer.author_id, Outcome.MISSED, answer.cause or "")

    def places(self) -> list[Place]:
        """Every place one can look at, threads after their channel; a forum's threads are its posts."""
        found = []
        for id_, channel in self._channels.items():
            found.append(Place(id_, channel.name or "", self._kinds[id_]))
            found += [Place(str(thread.id), thread.name or "", "thread", id_) for thread in channel.threads]
        return [*found, Place(DIRECT, "direct messages", DIRECT)]

    def channel(self, place: str, person: str) -> ChannelHandle:
        """The channel of a place, as a person sees it; raises InputError when there is none."""
        if place == DIRECT:
            return self._person(person).user.dm_channel
        threads = {str(thread.id): thread for channel in self._channels.values() for thread in channel.threads}
        found = self._channels.get(place) or threads.get(place)
        if found is None:
            raise InputError("There is no such channel.")
        return found

    def viewer(self, place: str, person: str) -> Any:
        """Who looks at a place."""
        member = self._person(person)
        return member.user if place == DIRECT else member

    def is_forum(self, place: str) -> bool:
        """Whether messages go into posts there."""
        return self._kinds.get(place) == "forum"

    async def post(
        self, place: str, person: str, text: str, title: str = "", files: Sequence[tuple[str, bytes]] = ()
    ) -> str | None:
        """Send a message, or open a post in a forum, and wait for what the bot does; the id of a thread that came of it."""
        before = {known.id for known in self.places()}
        if len(text) > MAX_CONTENT:
            text, files = "", [("message.txt", text.encode()), *files]
        if not text and not files:
            raise InputError("There is nothing to send.")
        await self.idle()
        if place == DIRECT:
            attachments = self.env.backend.store_attachments(self.channel(place, person).id, files)
            await self._person(person).user.send_dm(text, attachments=attachments)
        elif self.is_forum(place):
            await self._open_post(int(place), person, title or "Help", text, files)
        else:
            await self._person(person).send(self.channel(place, person), text, attachments=files)
        self.report_errors()
        return next((known.id for known in self.places() if known.id not in before), None)

    async def idle(self) -> None:
        """Wait until nothing else is done in the server, and let its clock catch up with ours."""
        while vars(self.env)["_operation_task"] is not None:  # noqa: ASYNC110 - simcord tells nobody when an operation ends
            await asyncio.sleep(0.05)
        behind = (datetime.now(UTC) - self.env.now()).total_seconds()
        if behind > 1:
            await self.env.advance_time(behind)

    def report_errors(self) -> None:
        """Log what went wrong in the bot: the simulation takes the place of what logs it otherwise."""
        for error in self.env.errors[self._reported :]:
            log.error("The bot failed", exc_info=error)
        self._reported = len(self.env.errors)

    async def _open_post(self, forum: int, person: str, title: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Its first message has the id of the post; simcord opens posts for bots only, so this is done on its backend."""
        backend, author = self.env.backend, self._person(person).id
        thread = backend.create_thread(forum, title[:100], author, broadcast=False)
        backend.announce_thread_create(thread)
        message = backend.prepare_message(thread.id, author, text, attachments=backend.store_attachments(thread.id, files))
        message.id = thread.id
        backend.commit_message(message)
        await self.env.settle()

    def _person(self, name: str) -> simcord.MemberActor:
        if name not in self.people:
            raise InputError("There is nobody of this name.")
        return self.people[name]


def settings_apart(settings: Settings, folder: Path) -> Settings:
    """The settings of a bot that keeps everything in `folder` and knows of no real server."""
    read = ("knowledge_dir", "embedding_model", "analysis_limit", "attachment_limit", "analysis_workers", "read_screenshots")
    kept = {field: getattr(settings, field) for field in read}
    return load_settings({}).model_copy(update=kept | {"cache_dir": folder / "cache", "data_dir": folder / "data"})


@asynccontextmanager
async def simulated_server(settings: Settings, service: Service) -> AsyncIterator[SimulatedServer]:
    """A furnished server with the bot connected; its state is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="support-bot-preview-") as folder:
        bot = cast(SupportBot, create_bot(settings_apart(settings, Path(folder)), service))
        env = simcord.Env(bot, check_errors=False, settle_timeout=SETTLE_S)
        env.backend.bot_user.name = "Support Bot"
        # Its clock begins at a fixed day: cooldowns, the ages of messages and the insights go by today.
        env.backend.clock.advance((datetime.now(UTC) - env.now()).total_seconds())
        with like_discord():
            await env.start()
            try:
                server = SimulatedServer(env, bot)
                await server.furnish()
                yield server
            finally:
                await env.shutdown()
                await bot.store.close()
