"""The /diagnose command, its modal and its place in a message's menu: the same answer, asked for explicitly."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.desk import Desk
from bot.cogs.message_link import fetch_linked, parse_link
from bot.cogs.request import NOTHING_GIVEN, Request, answer_request, refuse_when_busy, report_failure
from bot.cogs.sending import follow_up
from bot.errors import InputError
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_TEXT = 6_000
"""Characters Discord accepts in one option."""
MAX_FIELD = 4_000
"""Characters Discord accepts in a field of a modal."""
MAX_FILES = 10
MENU_NAME = "Diagnose this message"


class Diagnose(commands.Cog):
    """Answers whoever asks, whatever the verdict: a command is never met with silence."""

    def __init__(self, bot: commands.AutoShardedBot, desk: Desk, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.settings = settings
        self._menu = app_commands.ContextMenu(name=MENU_NAME, callback=self.diagnose_message)
        self._menu.error(self.cog_app_command_error)

    async def cog_load(self) -> None:
        """A cog's commands are found by discord.py, but not its entries in menus."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the entry out again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(description="Read an error, a log or a question and answer with the likely cause and its fix.")
    @app_commands.describe(
        text="The error with its traceback, a log, or a question",
        file="A text or log file to read",
        message="The link to a message of this server",
        private="Whether only you see the answer",
    )
    async def diagnose(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, MAX_TEXT] | None = None,
        file: discord.Attachment | None = None,
        message: str | None = None,
        private: bool = False,
    ) -> None:
        """Answer in the channel of the command; without anything to read, ask for it in a modal."""
        if text is None and file is None and message is None:
            await interaction.response.send_modal(DiagnoseModal(self.desk, self.settings, private=private))
            return
        words = (text or "").strip()
        if not words and file is None and message is None:
            await interaction.response.send_message(NOTHING_GIVEN, ephemeral=True)
            return
        if await refuse_when_busy(interaction, self.desk, self.settings):
            return
        linked = None
        if message is not None:
            try:
                link = parse_link(message)
            except InputError as error:
                await interaction.response.send_message(str(error), ephemeral=True)
                return
            # What is quoted from another channel is not for everybody who reads this one.
            private = private or link.channel != interaction.channel_id
            await interaction.response.defer(thinking=True, ephemeral=private)
            try:
                linked = await fetch_linked(interaction, link)
            except InputError as error:
                await follow_up(interaction, [str(error)], ephemeral=private)
                return
        else:
            await interaction.response.defer(thinking=True, ephemeral=private)
        request = Request(text or "", [file] if file else [], linked, private)
        await answer_request(interaction, self.desk, self.settings, request)

    async def diagnose_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Answer on a message of anybody, for the one who asks; what its author wrote is theirs to show."""
        if await refuse_when_busy(interaction, self.desk, self.settings):
            return
        private = not self.desk.here(self.settings, interaction.guild).public_context_menu
        await interaction.response.defer(thinking=True, ephemeral=private)
        await answer_request(interaction, self.desk, self.settings, Request(message=message, private=private))

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


class DiagnoseModal(discord.ui.Modal, title="What went wrong?"):
    """Room for a whole paste, its line breaks kept, and for files."""

    def __init__(self, desk: Desk, settings: Settings, *, private: bool) -> None:
        super().__init__(custom_id="v1:diagnose", timeout=None)
        self._desk = desk
        self._settings = settings
        self._private = private
        self.text = discord.ui.TextInput["DiagnoseModal"](
            style=discord.TextStyle.paragraph, required=False, max_length=MAX_FIELD, custom_id="text"
        )
        self.files = discord.ui.FileUpload["DiagnoseModal"](required=False, min_values=0, max_values=MAX_FILES, custom_id="files")
        about = "The error with its traceback and the log lines before it, or your question"
        self.add_item(discord.ui.Label(text="What you see", description=about, component=self.text))
        self.add_item(discord.ui.Label(text="Files", description="Text or log files, zipped or not", component=self.files))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Answer what was filled in."""
        request = Request(self.text.value, self.files.values, None, self._private)
        if not request.text.strip() and not request.files:
            await interaction.response.send_message(NOTHING_GIVEN, ephemeral=True)
            return
        if await refuse_when_busy(interaction, self._desk, self._settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=self._private)
        await answer_request(interaction, self._desk, self._settings, request)

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)
