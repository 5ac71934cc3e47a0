"""What the bot reads and stores, in its own words, and the way out of it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.desk import OPT_OUT, Desk
from bot.cogs.diagnose import MENU_NAME
from bot.cogs.request import report_failure
from bot.cogs.sending import fit_lines
from bot.errors import StateError
from bot.settings import Settings

ROOM = 1_900
OPTED_OUT = (
    "Done. I no longer read what you write unless you ask me (a mention, a reply to me, a command), and I store nothing about "
    "it. `/diagnose-opt-in` takes this back."
)
OPTED_IN = "Done. I read your messages in support channels again."
NOT_STORED = "I could not store this just now. Please try again later; those who run this bot find the reason in its log."


class Privacy(commands.Cog):
    """Answers are for the one who asks: what somebody chose is nobody else's business."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings

    @app_commands.command(name="diagnose-help", description="How to ask, what I read, what I store, and how to opt out.")
    async def help(self, interaction: discord.Interaction) -> None:
        """Say what holds on this server now."""
        opted_out = await self.desk.opted_out(interaction.user.id)
        names = dict.fromkeys(snapshot.about["name"] for snapshot in self.desk.service.snapshots(interaction.guild_id))
        here = self.desk.here(self.settings, interaction.guild)
        text = help_text(" and ".join(names), here, guild=interaction.guild, sees_all=self.desk.sees_all, opted_out=opted_out)
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())

    @app_commands.command(name="diagnose-opt-out", description="Do not read my messages unless I ask.")
    async def opt_out(self, interaction: discord.Interaction) -> None:
        """Store the choice; it holds on every server."""
        await self._choose(interaction, True, OPTED_OUT)

    @app_commands.command(name="diagnose-opt-in", description="Read my messages in support channels again.")
    async def opt_in(self, interaction: discord.Interaction) -> None:
        """Forget the choice."""
        await self._choose(interaction, None, OPTED_IN)

    async def _choose(self, interaction: discord.Interaction, value: bool | None, said: str) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        try:
            await self.desk.store.set_user_setting(interaction.user.id, OPT_OUT, value)
        except StateError:
            said = NOT_STORED
        await interaction.followup.send(said, ephemeral=True)

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


def help_text(name: str, settings: Settings, *, guild: discord.Guild | None, sees_all: bool, opted_out: bool) -> str:
    """How to ask, what is read, what is stored, and how to opt out; within one message."""
    ways = ["a mention of me", "a reply to one of my messages", "`/diagnose`", f'Apps, "{MENU_NAME}" in a message\'s menu']
    if settings.direct_messages:
        ways.append("a direct message to me")
    here = [f"<#{channel}>" for channel in sorted(settings.support_channels) if guild is not None and guild.get_channel(channel)]
    if not sees_all:
        reads = "Only what is addressed to me: Discord shows me nothing else."
    elif here:
        where = fit_lines(here, 400).replace("\n", ", ")
        reads = f"Every message in {where} and in the threads there, besides what is addressed to me."
    else:
        reads = "Only what is addressed to me, and what is said in the threads I opened."
    if settings.read_screenshots:
        reads += " Pictures are read by OCR."
    choice = (
        "You have opted out: I read what you write only when you ask me. `/diagnose-opt-in` takes that back."
        if opted_out
        else "`/diagnose-opt-out`: I then read what you write only when you ask me, and store nothing about it."
    )
    hours = settings.follow_edits_hours
    lines = [
        f"I read errors, logs and questions about {name} and answer with the likely cause, the lines that prove it, the fix and "
        "the page behind it. I look things up in a fixed collection: no language model, and nothing leaves the machine I run on.",
        f"**How to ask:** {', '.join(ways)}.",
        f"**What I read:** {reads}",
        "**What I store:** ids of messages, channels and authors, the cause I named, fingerprints of failures, votes and times, "
        f"for {settings.retention_days} days. Never what somebody wrote: of a failure I do not know, its kind and those words "
        "of its message that my own collection uses. Keys are hidden before anything else is done.",
        f"**Your message stays yours:** edit it, and the answer follows; delete it, and the answer goes ({hours} hours long).",
        f"**Opting out:** {choice}",
    ]
    return fit_lines(lines, ROOM)
