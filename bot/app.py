"""The Discord bot: built from its settings, started, kept connected, and stopped cleanly."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import discord
import yarl
from discord.ext import commands

from bot.cluster import make_cluster
from bot.cogs.corpus import Corpus
from bot.cogs.desk import Desk
from bot.cogs.diagnose import Diagnose
from bot.cogs.edits import Edits
from bot.cogs.feedback import ANSWER_BUTTONS, Feedback
from bot.cogs.insights import Insights
from bot.cogs.operations import look
from bot.cogs.privacy import Privacy
from bot.cogs.refusals import IntentRefusedError, may_retry, refusal
from bot.cogs.registration import sync_commands
from bot.cogs.server_settings import ServerSettingsCog
from bot.cogs.sharding import ShardKeeper, connect
from bot.cogs.support import Support
from bot.corpus_store import Keeper, open_service
from bot.operations.server import Operations
from bot.service import Service
from bot.settings import Settings, require_token
from bot.state import Store, make_store

log = logging.getLogger(__name__)

FIRST_DELAY_S = 1.0
MAX_DELAY_S = 60.0
GARBAGE_OBJECTS = 10_000
"""Objects made beyond those that went, after which the bot, while it serves, looks for garbage."""
WITHOUT_INTENT = (
    "Discord refused the message content intent, so the bot reads only what is addressed to it: mentions, replies, commands, "
    "its entry in a message's menu and direct messages. To let it answer unasked, switch the intent on for this bot "
    "(https://discord.com/developers/applications, Bot, Privileged Gateway Intents, Message Content Intent) and start again; "
    "MESSAGE_CONTENT_INTENT=off keeps it this way without this warning."
)


class SupportBot(commands.AutoShardedBot):
    """The bot with its service and its state; its commands are slash commands, and messages go to the support cog.

    cluster: the processes that share its database, None where it is alone; sharding: which of their shards are its own.
    """

    def __init__(self, settings: Settings, service: Service, store: Store, operations: Operations) -> None:
        self.cluster = make_cluster(settings)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                message_content=settings.message_content_intent != "off",
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            # Processes that share their shards agree on the number first.
            shard_count=settings.shards or 1 if self.cluster is None else None,
            http_trace=operations.trace,  # type: ignore[arg-type]  # None is its default
        )
        self.settings = settings
        self.service = service
        self.store = store
        self.desk = Desk(service, store, settings, sees_all=self.intents.message_content, metrics=operations.metrics)
        self.keeper = Keeper(service, store, settings, cluster=self.cluster)
        self.sharding = None if self.cluster is None else ShardKeeper(self, self.cluster, settings.shards)
        operations.watch(partial(look, self, self.desk, self.cluster))

    async def setup_hook(self) -> None:
        """Open the state, load the cogs, register the commands if they changed, and join the other processes.

        Raises StateError when a newer version of the bot has written the state.
        """
        if self.cluster is not None:
            self.store.owner = self.cluster.id
        await self.store.open()
        if not self.cogs:
            support = Support(self, self.desk, self.settings)
            await self.add_cog(support)
            await self.add_cog(Edits(support, self.desk, self.settings))
            await self.add_cog(Feedback(self, self.desk, self.settings))
            await self.add_cog(Diagnose(self, self.desk, self.settings))
            await self.add_cog(Privacy(self.desk, self.settings))
            await self.add_cog(ServerSettingsCog(self.desk, self.settings))
            await self.add_cog(Corpus(self, self.desk, self.keeper, self.settings))
            await self.add_cog(Insights(self, self.desk, self.settings))
        self.add_dynamic_items(*ANSWER_BUTTONS)
        await sync_commands(self.tree, self.settings.cache_dir)
        if self.cluster is not None and self.sharding is not None:
            self.desk.servers.share(self.cluster)
            if not self.store.available:
                log.warning("DATABASE_URL cannot be used yet: until it can, this process serves no shard")
            self.sharding.start()
            await self.cluster.start()

    async def close(self) -> None:
        """Give up the shards, let the answers under way finish, disconnect, and write what is left of the state."""
        try:
            if self.sharding is not None:
                await self.sharding.stop()
            await super().close()
        finally:
            await self.store.close()
            if self.cluster is not None:
                await self.cluster.stop()

    async def launch_shards(self) -> None:
        """Connect the shards; those shared with other processes are connected once they are taken."""
        if self.sharding is None:
            await super().launch_shards()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, and raise where that fails: `serve` says so and tries again, which discord.py would do in silence."""
        await connect(self, shard_id, gateway=gateway, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until Discord allows this shard a new session."""
        if self.sharding is not None and shard_id is not None:
            await self.sharding.before_identify(shard_id)
        else:
            await super().before_identify_hook(shard_id, initial=initial)

    def _schedule_event(self, coro: Callable[..., Any], event_name: str, *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = super()._schedule_event(coro, event_name, *args, **kwargs)
        if self.sharding is not None:
            self.sharding.note(event_name, args, task)
        return task

    async def on_ready(self) -> None:
        """Say in the log where the bot answers."""
        effective = self.desk.servers.effective
        channels = self.settings.support_channels.union(*(effective(self.settings, g.id).support_channels for g in self.guilds))
        unknown = [channel for channel in channels if self.get_channel(channel) is None]
        log.info("Connected to %d server(s), %d support channel(s)", len(self.guilds), len(channels) - len(unknown))
        if not channels:
            log.warning("SUPPORT_CHANNELS is empty: the bot answers only to mentions and commands")
        elif unknown and self.sharding is None:  # else they may be on another process's shards
            log.warning("SUPPORT_CHANNELS: the bot cannot see %s", ", ".join(map(str, sorted(unknown))))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: a mention is a question to the support cog, not a prefix of commands."""


def create_bot(
    settings: Settings, service: Service | None = None, operations: Operations | None = None
) -> commands.AutoShardedBot:
    """The bot, ready to be started; it is not connected. Without a service the engine is built first, which may take a while.

    operations: what is told how the bot is doing, None for nobody.

    Raises CorpusError or ModelError when the engine cannot be built, StateError when DATABASE_URL is no URL.
    """
    return SupportBot(settings, service or open_service(settings), make_store(settings), operations or Operations())


def run(settings: Settings) -> None:
    """Run the bot until it is told to stop (SIGTERM or SIGINT).

    Raises SettingError without a usable token, CorpusError or ModelError without a usable corpus, UserError when Discord
    refuses the bot for good.
    """
    token = require_token(settings)
    keep_messages_out_of_logs()
    # The bot never speaks aloud: the missing voice libraries are not worth a warning.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    point_at(settings)
    service = open_service(settings)
    # What has been loaded stays: it is no longer looked through for garbage, and what comes now is, often enough.
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)
    service.warm_up()
    try:
        asyncio.run(serve_with_what_is_granted(settings, service, token))
    finally:
        service.close()


async def serve_with_what_is_granted(settings: Settings, service: Service, token: str) -> None:
    """Serve; where Discord refuses the message content intent and the settings allow it, say so and serve without it."""
    async with Operations.of(settings) as operations:
        try:
            await serve(lambda: create_bot(settings, service, operations), token)
        except IntentRefusedError:
            if settings.message_content_intent != "auto":
                raise
            log.warning(WITHOUT_INTENT)
            without = settings.model_copy(update={"message_content_intent": "off"})
            await serve(lambda: create_bot(without, service, operations), token)


def keep_messages_out_of_logs() -> None:
    """At DEBUG, discord.py logs every event it receives, with the messages in them: it starts at INFO here."""
    logger = logging.getLogger("discord")
    logger.setLevel(max(logging.INFO, logger.getEffectiveLevel()))


def point_at(settings: Settings) -> None:
    """Use the servers named in the settings; discord.py keeps both addresses in class attributes."""
    discord.http.Route.BASE = settings.discord_api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


async def serve(make_bot: Callable[[], commands.AutoShardedBot], token: str, first_delay_s: float = FIRST_DELAY_S) -> None:
    """Keep a bot connected until SIGTERM or SIGINT, then close it; raises UserError when Discord refuses it for good."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no signal handlers on its loop; there, an interrupt ends the run
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    session = asyncio.create_task(_stay_connected(make_bot, token, first_delay_s))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({session, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not session.done():
        log.info("Stopping")
        session.cancel()
    with suppress(asyncio.CancelledError):
        await session


async def _stay_connected(make_bot: Callable[[], commands.AutoShardedBot], token: str, delay_s: float) -> None:
    """Start the bot, with a fresh one after each failure to connect for the first time; once connected, discord.py reconnects."""
    while True:
        bot = make_bot()
        try:
            async with bot:
                await bot.start(token)
        except Exception as error:
            if (final := refusal(error)) is not None:
                raise final from error
            if not may_retry(error):
                raise
            log.warning("No connection to Discord (%s); next attempt in %.0f s", type(error).__name__, delay_s)
        else:
            return
        await asyncio.sleep(delay_s)
        delay_s = min(2 * delay_s, MAX_DELAY_S)
