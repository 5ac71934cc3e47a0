"""The Discord bot: built from its settings, started, kept connected, and stopped cleanly."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress

import aiohttp
import discord
import yarl
from discord.ext import commands

from bot.cogs.corpus import Corpus
from bot.cogs.diagnose import Diagnose
from bot.cogs.registration import sync_commands
from bot.cogs.support import Support
from bot.engine import build_engine
from bot.errors import SettingError, UserError
from bot.service import Service
from bot.settings import Settings, require_token

log = logging.getLogger(__name__)

FIRST_DELAY_S = 1.0
MAX_DELAY_S = 60.0
LOGIN_REFUSED = (
    "Discord refused DISCORD_TOKEN. Copy the token again from the Bot page of https://discord.com/developers/applications "
    "(Reset Token makes a new one)."
)
REFUSED_INTENTS = (
    "Discord refused the message content intent. Switch it on for this bot: https://discord.com/developers/applications, "
    "Bot, Privileged Gateway Intents, Message Content Intent; then start again."
)
CLOSE_REASONS = {
    4004: LOGIN_REFUSED,
    4010: "Discord refused the connection: invalid shard.",
    4011: "The bot is in more servers than one connection may serve (2,500).",
    4012: "Discord no longer serves this version of its gateway: a newer discord.py is needed.",
    4013: REFUSED_INTENTS,
    4014: REFUSED_INTENTS,
}
"""Close codes of the gateway after which connecting again is pointless, and what to do."""


class SupportBot(commands.Bot):
    """The bot with its service; its commands are slash commands, and messages go to the support cog."""

    def __init__(self, settings: Settings, service: Service) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, message_content=True),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.settings = settings
        self.service = service

    async def setup_hook(self) -> None:
        """Load the cogs and register the commands if they changed."""
        if not self.cogs:
            await self.add_cog(Support(self, self.service, self.settings))
            await self.add_cog(Diagnose(self.service, self.settings))
            await self.add_cog(Corpus(self.service, self.settings))
        await sync_commands(self.tree, self.settings.cache_dir)

    async def on_ready(self) -> None:
        """Say in the log where the bot answers."""
        unknown = [channel for channel in self.settings.support_channels if self.get_channel(channel) is None]
        log.info("Connected to %d server(s), %d support channel(s)", len(self.guilds), len(self.settings.support_channels))
        if not self.settings.support_channels:
            log.warning("SUPPORT_CHANNELS is empty: the bot answers only to mentions and commands")
        elif unknown:
            log.warning("SUPPORT_CHANNELS: the bot cannot see %s", ", ".join(map(str, unknown)))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: a mention is a question to the support cog, not a prefix of commands."""


def create_bot(settings: Settings, service: Service | None = None) -> commands.Bot:
    """The bot, ready to be started; it is not connected. Without a service the engine is built first, which may take a while.

    Raises CorpusError or ModelError when the engine cannot be built.
    """
    return SupportBot(settings, service or Service(build_engine(settings), settings))


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
    service = Service(build_engine(settings), settings)
    service.warm_up()
    try:
        asyncio.run(serve(lambda: create_bot(settings, service), token))
    finally:
        service.close()


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


def refusal(error: BaseException) -> UserError | None:
    """What to tell the admin when Discord refuses the bot for good; None for any other error."""
    if isinstance(error, discord.LoginFailure):
        return SettingError(LOGIN_REFUSED)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return UserError(REFUSED_INTENTS)
    if isinstance(error, discord.ConnectionClosed) and error.code in CLOSE_REASONS:
        return UserError(CLOSE_REASONS[error.code])
    return None


def may_retry(error: BaseException) -> bool:
    """Whether starting again may help: the network, Discord's servers, or its rate limit are to blame."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    if isinstance(error, AttributeError):
        # When the very first connection to the gateway fails, discord.py looks at the one it does not have yet.
        return error.obj is None and error.name == "sequence"
    return isinstance(error, OSError | TimeoutError | aiohttp.ClientError | discord.GatewayNotFound | discord.ConnectionClosed)
