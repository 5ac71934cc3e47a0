"""The /insights command, and the same once a week in a channel."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.cogs.admins import refuses, tell
from bot.cogs.desk import Desk
from bot.cogs.request import report_failure
from bot.cogs.sending import DISCORD_ERRORS, MAX_CONTENT, describe_error, fit_lines
from bot.errors import StateError
from bot.insights.chart import alt_text, draw
from bot.insights.report import describe
from bot.insights.stale import stale_sources
from bot.insights.week import due_week
from bot.settings import Settings

log = logging.getLogger(__name__)

TOP = 5
"""Failures without a cause that are listed."""
LOOK_EVERY_MIN = 15.0
WEEK_DAYS = 7
STUCK_S = 600
"""After this time, a post that was taken on and has no message was interrupted: it is looked for in the channel, or else made."""
LOOK_BACK = 100
"""Latest messages of the channel among which it is looked for."""
UNAVAILABLE = "I cannot count at the moment: the state cannot be read. Those who run this bot find the reason in its log."
NEEDED = discord.Permissions(view_channel=True, send_messages=True, attach_files=True, read_message_history=True)


class Insights(commands.Cog):
    """Counts of one server, for its admins and, where they want it, once a week in a channel; it shows nobody's words."""

    def __init__(self, bot: commands.AutoShardedBot, desk: Desk, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.settings = settings
        self._told: set[tuple[int, int]] = set()

    async def cog_load(self) -> None:
        """Begin to look whether a weekly post is due."""
        self.weekly.start()

    async def cog_unload(self) -> None:
        """End it."""
        self.weekly.cancel()

    @app_commands.command(description="How many failures were seen, answered, fixed and missed, and what nobody has classified.")
    @app_commands.describe(period="How far back to count")
    @app_commands.choices(period=[app_commands.Choice(name=f"{days} days", value=days) for days in (7, 30, 90)])
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def insights(self, interaction: discord.Interaction, period: int = 30) -> None:
        """Answer with the counts and a chart, to the one who asked alone."""
        if await refuses(interaction, self.desk, self.settings):
            return
        assert interaction.guild_id is not None, "admins are refused outside of servers"
        await interaction.response.defer(thinking=True, ephemeral=True)
        today = _midnight(datetime.now(UTC))
        try:
            text, file = await self._report(
                interaction.guild_id, f"The last {period} days", today - timedelta(days=period - 1), period
            )
        except StateError as error:
            log.warning("No insights: %s", error)
            await tell(interaction, UNAVAILABLE)
            return
        await tell(interaction, text, [file])

    @tasks.loop(minutes=LOOK_EVERY_MIN)
    async def weekly(self) -> None:
        """Make each server's weekly post when it is due."""
        for guild in list(self.bot.guilds):
            settings = self.desk.servers.effective(self.settings, guild.id)
            week = due_week(datetime.now(UTC), settings.time_zone, settings.quiet_hours)
            channel = guild.get_channel(settings.insights_channel) if settings.insights_channel else None
            if week is None or not isinstance(channel, discord.TextChannel) or not self._may_post(channel):
                continue
            try:
                await self._post(guild.id, channel, week)
            except (StateError, *DISCORD_ERRORS) as error:
                said = str(error) if isinstance(error, StateError) else describe_error(error)
                log.warning("The insights of week %s were not posted in channel %d yet: %s", week, channel.id, said)

    @weekly.before_loop
    async def _connected(self) -> None:
        await self.bot.wait_until_ready()

    async def _post(self, guild_id: int, channel: discord.TextChannel, week: str) -> None:
        """Post once: who takes the week on in the state does it; what was interrupted is looked for before it is done again."""
        posts, title = self.desk.store.posts, f"Insights of the week before {week}"
        known = await posts.find(guild_id, week)
        if known is None:
            if not await posts.take(guild_id, week):
                return
        elif known.message_id is not None or time.time() - known.at < STUCK_S:
            return
        elif (made := await self._find(channel, title)) is not None:
            await posts.finish(guild_id, week, made)
            return
        first = _midnight(datetime.now(UTC)) - timedelta(days=WEEK_DAYS)
        text, file = await self._report(guild_id, title, first, WEEK_DAYS)
        sent = await channel.send(text, file=file, suppress_embeds=True, allowed_mentions=discord.AllowedMentions.none())
        await posts.finish(guild_id, week, sent.id)
        log.info("The insights of week %s are in channel %d", week, channel.id)

    async def _find(self, channel: discord.TextChannel, title: str) -> int | None:
        """The id of the bot's own post of this title."""
        me = self.bot.user.id if self.bot.user is not None else 0
        async for message in channel.history(limit=LOOK_BACK):
            if message.author.id == me and title in message.content:
                return message.id
        return None

    async def _report(self, guild_id: int, title: str, first: datetime, days: int) -> tuple[str, discord.File]:
        """The counts of `days` days from `first` on (midnight UTC), in words and as a picture; raises StateError."""
        begin, end = int(first.timestamp()), int((first + timedelta(days=days)).timestamp())
        desk = self.desk
        counts = await desk.store.insights(begin, end, guild_id=guild_id, top=TOP)
        snapshots, today, days_old = desk.service.snapshots(guild_id), datetime.now(UTC).date(), self.settings.source_max_age_days
        stale = [line for snapshot in snapshots for line in stale_sources(snapshot, today, days_old)]
        sections = describe(counts, title, stale, guild_id=guild_id)
        text = fit_lines([line for section in sections for line in section.splitlines()], MAX_CONTENT)
        name = snapshots[0].about["name"]
        picture = await desk.service.run(draw, counts, f"{name}: {title[0].lower()}{title[1:]}", first.date(), days)
        return text, discord.File(BytesIO(picture), filename="insights.png", description=alt_text(counts, days))

    def _may_post(self, channel: discord.TextChannel) -> bool:
        """Whether the bot has the rights it needs; that it lacks some is logged once."""
        missing = NEEDED.value & ~channel.permissions_for(channel.guild.me).value
        if missing and (channel.id, missing) not in self._told:
            self._told.add((channel.id, missing))
            names = ", ".join(name for name, lacks in discord.Permissions(missing) if lacks)
            log.warning("No insights in channel %d: the bot lacks %s", channel.id, names)
        return not missing

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
