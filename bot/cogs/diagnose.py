"""The /diagnose command: the same answer, asked for explicitly."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.intake import read_attachments
from bot.cogs.sending import DISCORD_ERRORS, UNABLE, describe_error, follow_up
from bot.errors import UserError
from bot.reply.markdown import render
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_TEXT = 6_000
"""Characters Discord accepts in one option."""
NOTHING_GIVEN = (
    "Give me something to read: `text`, the error with its traceback and the log lines before it, or `file`, a text or log "
    "file that holds them."
)
FAILED = "Something went wrong while I worked on this. Please try again."


class Diagnose(commands.Cog):
    """Answers whoever asks, whatever the verdict: a command is never met with silence."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings

    @app_commands.command(description="Read an error, a log or a question and answer with the likely cause and its fix.")
    @app_commands.describe(text="The error with its traceback, a log, or a question", file="A text or log file to read")
    async def diagnose(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, MAX_TEXT] | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Answer in the channel of the command."""
        if not (text and text.strip()) and file is None:
            await interaction.response.send_message(NOTHING_GIVEN, ephemeral=True)
            return
        await interaction.response.defer(thinking=True)
        intake = await read_attachments([file] if file else [], self.service, limit=self.settings.attachment_limit)
        given = "\n".join(part for part in (text or "", intake.text) if part.strip())
        if not given:
            await follow_up(interaction, intake.note_line() or [NOTHING_GIVEN])
            return
        try:
            answer = await self.service.answer(given)
        except UserError as error:
            log.error("Interaction %d was not answered: %s", interaction.id, error)  # noqa: TRY400 - written for the admin
            await follow_up(interaction, [UNABLE])
            return
        if await follow_up(interaction, [*render(answer.reply), *intake.note_line()]):
            log.info("Interaction %d: %s", interaction.id, answer.diagnosis.verdict)

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


async def report_failure(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
    """Log an error of a command and answer with a plain sentence, where Discord still takes one."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, DISCORD_ERRORS):
        log.warning("Interaction %d was not answered: %s", interaction.id, describe_error(cause))
    else:
        log.error("Interaction %d failed", interaction.id, exc_info=cause)
    try:
        if interaction.response.is_done():
            await interaction.followup.send(FAILED, ephemeral=True)
        else:
            await interaction.response.send_message(FAILED, ephemeral=True)
    except DISCORD_ERRORS as failure:
        log.warning("Interaction %d was not told: %s", interaction.id, describe_error(failure))
