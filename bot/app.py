"""The Discord bot: built from its settings, started, kept connected, and stopped cleanly."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from contextlib import suppress

import discord
import yarl
from discord.ext import commands

from bot.cogs.corpus import Corpus
from bot.cogs.desk import Desk
from bot.cogs.diagnose import Diagnose
from bot.cogs.edits import Edits
from bot.cogs.feedback import ANSWER_BUTTONS, Feedback
from bot.cogs.insights import Insights
from bot.cogs.privacy import Privacy
from bot.cogs.refusals import IntentRefusedError, may_retry, refusal
from bot.cogs.registration import sync_commands
from bot.cogs.server_settings import ServerSettingsCog
from bot.cogs.support import Support
from bot.corpus_store import Keeper, open_service
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


class SupportBot(commands.Bot):
    """The bot with its service and its state; its commands are slash commands, and messages go to the support cog."""

    def __init__(self, settings: Settings, service: Service, store: Store) -> None:
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
        )
        self.settings = settings
        self.service = service
        self.store = store
        self.desk = Desk(service, store, settings, sees_all=self.intents.message_content)
        self.keeper = Keeper(service, store, settings)

    async def setup_hook(self) -> None:
        """Open the state, load the cogs, and register the commands if they changed.

        Raises StateError when a newer version of the bot has written the state.
        """
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

    async def close(self) -> None:
        """Let the answers under way finish, disconnect, and write what is left of the state."""
        try:
            await super().close()
        finally:
            await self.store.close()

    async def on_ready(self) -> None:
        """Say in the log where the bot answers."""
        effective = self.desk.servers.effective
        channels = self.settings.support_channels.union(*(effective(self.settings, g.id).support_channels for g in self.guilds))
        unknown = [channel for channel in channels if self.get_channel(channel) is None]
        log.info("Connected to %d server(s), %d support channel(s)", len(self.guilds), len(channels) - len(unknown))
        if not channels:
            log.warning("SUPPORT_CHANNELS is empty: the bot answers only to mentions and commands")
        elif unknown:
            log.warning("SUPPORT_CHANNELS: the bot cannot see %s", ", ".join(map(str, sorted(unknown))))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: a mention is a question to the support cog, not a prefix of commands."""


def create_bot(settings: Settings, service: Service | None = None) -> commands.Bot:
    """The bot, ready to be started; it is not connected. Without a service the engine is built first, which may take a while.

    Raises CorpusError or ModelError when the engine cannot be built, StateError when DATABASE_URL is no URL.
    """
    return SupportBot(settings, service or open_service(settings), make_store(settings))


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
    try:
        await serve(lambda: create_bot(settings, service), token)
    except IntentRefusedError:
        if settings.message_content_intent != "auto":
            raise
        log.warning(WITHOUT_INTENT)
        without = settings.model_copy(update={"message_content_intent": "off"})
        await serve(lambda: create_bot(without, service), token)


def keep_messages_out_of_logs() -> None:
    """At DEBUG, discord.py logs every event it receives, with the messages in them: it starts at INFO here."""
    logger = logging.getLogger("discord")
    logger.setLevel(max(logging.INFO, logger.getEffectiveLevel()))


def point_at(settings: Settings) -> None:
    """Use the servers named in the settings; discord.py keeps both addresses in class attributes."""
    discord.http.Route.BASE = settings.discord_api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


async def serve(make_bot: Callable[[], commands.Bot], token: str, first_delay_s: float = FIRST_DELAY_S) -> None:
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


async def _stay_connected(make_bot: Callable[[], commands.Bot], token: str, delay_s: float) -> None:
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
