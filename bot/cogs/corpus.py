"""The /corpus commands: what the bot knows, and replacing it while it runs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs import corpus_words as words
from bot.cogs.admins import block, refuses, tell, whole
from bot.cogs.desk import Desk
from bot.cogs.request import report_failure
from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.corpus_store import Change, Keeper, Upload
from bot.corpus_store.archive import MAX_ZIP_BYTES
from bot.errors import CorpusError, StateError, UserError
from bot.retrieval.documents import Kind
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_QUERY = 1_000
FOUND = 10
SEARCHED: tuple[Kind, ...] = ("cause", "symptom", "point", "example")


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Corpus(commands.GroupCog, group_name="corpus", group_description="What the bot knows"):
    """For admins only: hidden from others by default, and refused to them when they try all the same.

    A corpus that does not pass its checks is never served: the one before keeps answering. One corpus serves every server the
    bot is in, so only the admins of ADMIN_SERVERS (or of the only server) may replace it; to look is allowed to all admins.
    """

    def __init__(self, bot: commands.Bot, desk: Desk, keeper: Keeper, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.keeper = keeper
        self.settings = settings

    @app_commands.command(description="Read the corpus from disk or from a zip, test it, and serve it if it passes.")
    @app_commands.describe(file="A zip of the corpus; without one, the folder on disk is read again")
    async def reload(self, interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        """Answer with what changed, or with every located error."""
        if await self._refuses_changes(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        user = interaction.user.id
        if file is None:
            await self._change(interaction, self.keeper.reload(user))
        elif (upload := await _download(interaction, file)) is not None:
            await self._change(interaction, self.keeper.upload(upload, user))

    @app_commands.command(description="Serve the corpus that was served before.")
    async def rollback(self, interaction: discord.Interaction) -> None:
        """Answer with what changed."""
        if await self._refuses_changes(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._change(interaction, self.keeper.rollback(interaction.user.id))

    @app_commands.command(description="Test the corpus on disk or in a zip, without serving it.")
    @app_commands.describe(file="A zip of a corpus; without one, the folder on disk is tested")
    async def check(self, interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        """Answer with every error and warning, as many as fit; all of them are in a file."""
        if await self._refuses_changes(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        upload = await _download(interaction, file) if file is not None else None
        if file is not None and upload is None:
            return
        try:
            report = await self.keeper.check(upload)
        except UserError as error:
            await tell(interaction, block("The corpus could not be checked.", str(error).splitlines()))
            return
        head, lines = words.checked(report)
        await tell(interaction, block(head, lines) if lines else head, whole(lines, "problems.txt"))

    @app_commands.command(description="Which corpus is served, where it came from, and what needs a look.")
    async def status(self, interaction: discord.Interaction) -> None:
        """Answer with version, counts, stale sources, problems at the start and the last changes."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        try:
            entries = await self.desk.store.audit_log(interaction.guild_id, limit=50)
        except StateError:
            entries = ()
        service, today = self.desk.service, datetime.now(UTC).date()
        lines = words.status(
            service.snapshot, self.keeper.record, service.start_problem, entries, today, self.settings.source_max_age_days
        )
        await tell(interaction, "\n".join(lines))

    @app_commands.command(description="What of the corpus is found for a text, with scores.")
    @app_commands.describe(query="A question, an error, or words to search for")
    async def search(self, interaction: discord.Interaction, query: app_commands.Range[str, 1, MAX_QUERY]) -> None:
        """Answer with the nearest causes, symptoms, documentation points and tracebacks."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        service = self.desk.service
        try:
            hits = await service.run(lambda: service.engine.index.search(query, SEARCHED, FOUND))
        except UserError as error:
            await tell(interaction, block("The search failed.", str(error).splitlines()))
            return
        await tell(interaction, block(words.SEARCH_HEAD, words.found(hits)) if hits else words.NOTHING_FOUND)

    async def _change(self, interaction: discord.Interaction, work: Awaitable[Change]) -> None:
        try:
            change = await work
        except CorpusError as error:
            log.warning("A corpus was refused: %d problem(s)", len(error.problems))
            lines = [str(problem) for problem in error.problems]
            await tell(interaction, block(words.refused(len(lines)), lines), whole(lines, "problems.txt"))
        except UserError as error:
            log.warning("The corpus was not changed: %s", error)
            await tell(interaction, block(words.UNCHANGED, str(error).splitlines()))
        else:
            head = words.changed(change)
            files = whole(change.changes, "changes.txt")
            await tell(interaction, block(head, change.changes) if change.changes else f"{head} Nothing changed.", files)

    async def _refuses_changes(self, interaction: discord.Interaction) -> bool:
        """Refuse who is no admin, and the admins of servers that do not decide what the bot knows."""
        if await refuses(interaction, self.desk, self.settings):
            return True
        servers = self.settings.admin_servers
        if interaction.guild_id in servers or (not servers and len(self.bot.guilds) == 1):
            return False
        await interaction.response.send_message(words.ELSEWHERE, ephemeral=True)
        return True

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


async def _download(interaction: discord.Interaction, file: discord.Attachment) -> Upload | None:
    """The uploaded zip; None when it could not be had, and that was said."""
    if file.size > MAX_ZIP_BYTES:
        await tell(interaction, block(words.UNCHANGED, [f"The zip is larger than {MAX_ZIP_BYTES >> 20} MB."]))
        return None
    try:
        return Upload(file.filename, await file.read())
    except DISCORD_ERRORS as error:
        log.warning("The upload could not be downloaded: %s", describe_error(error))
        await tell(interaction, block(words.UNCHANGED, ["The file could not be downloaded from Discord; upload it again."]))
    return None
