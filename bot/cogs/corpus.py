"""The /corpus commands: what the bot knows, and replacing it while it runs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs import corpus_status as shown
from bot.cogs import corpus_words as words
from bot.cogs.admins import block, refuses, tell, whole
from bot.cogs.corpus_words import Which
from bot.cogs.desk import Desk
from bot.cogs.request import report_failure
from bot.cogs.sending import DISCORD_ERRORS, MAX_CONTENT, describe_error, fit_lines
from bot.corpus_store import Change, Keeper, Upload
from bot.corpus_store.archive import MAX_ZIP_BYTES
from bot.errors import CorpusError, StateError, UserError
from bot.retrieval.documents import Kind
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_QUERY = 1_000
FOUND = 10
WHICH = "The one that all servers share, or one that answers in this server alone"
NOT_READ = "The upload was not read."
SEARCHED: tuple[Kind, ...] = ("cause", "symptom", "point", "example")


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Corpus(commands.GroupCog, group_name="corpus", group_description="What the bot knows"):
    """For admins only: hidden from others by default, and refused to them when they try all the same.

    A corpus that does not pass its checks is never served: the one before keeps answering. The shared corpus serves every server
    the bot is in, so only the admins of ADMIN_SERVERS (or of the only server) may replace it. The admins of any server may give
    it a corpus of its own, which answers there beside the shared one and nowhere else, as far as SERVER_CORPORA allows.
    """

    def __init__(self, bot: commands.AutoShardedBot, desk: Desk, keeper: Keeper, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.keeper = keeper
        self.settings = settings

    async def cog_load(self) -> None:
        """Begin to serve the corpora of servers, and to follow other processes."""
        await self.keeper.start()

    async def cog_unload(self) -> None:
        """End it."""
        await self.keeper.stop()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is served from now on: its own corpus will be needed."""
        self.keeper.servers.want(guild.id)

    @app_commands.command(description="Read the corpus from disk or from a zip, test it, and serve it if it passes.")
    @app_commands.describe(
        file="A zip of the corpus; without one, the shared corpus is read from its folder on disk again", corpus=WHICH
    )
    async def reload(
        self, interaction: discord.Interaction, file: discord.Attachment | None = None, corpus: Which | None = None
    ) -> None:
        """Answer with what changed, or with every located error."""
        guild_id = interaction.guild_id or 0
        which = await self._which(interaction, corpus, needs_file=file is None)
        if which is None:
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        user = interaction.user.id
        upload = await _download(interaction, file) if file is not None else None
        if file is None:
            await self._change(interaction, which, self.keeper.reload(user))
        elif upload is not None and which == "shared":
            await self._change(interaction, which, self.keeper.upload(upload, user))
        elif upload is not None:
            await self._change(interaction, which, self.keeper.servers.upload(upload, guild_id, user))

    @app_commands.command(description="Serve the corpus that was served before.")
    @app_commands.describe(corpus=WHICH)
    async def rollback(self, interaction: discord.Interaction, corpus: Which | None = None) -> None:
        """Answer with what changed."""
        which = await self._which(interaction, corpus)
        if which is None:
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        user, guild_id = interaction.user.id, interaction.guild_id or 0
        keeper = self.keeper
        await self._change(
            interaction, which, keeper.rollback(user) if which == "shared" else keeper.servers.rollback(guild_id, user)
        )

    @app_commands.command(description="Take this server's own corpus away: the shared one alone answers from then on.")
    async def remove(self, interaction: discord.Interaction) -> None:
        """Answer with what was removed."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        try:
            removed = await self.keeper.servers.remove(interaction.guild_id or 0, interaction.user.id)
        except UserError as error:
            self._count(interaction, "failed")
            await tell(interaction, str(error))
        else:
            self._count(interaction, "served")
            await tell(interaction, words.removed(removed))

    @app_commands.command(description="Test the corpus on disk or in a zip, without serving it.")
    @app_commands.describe(file="A zip of a corpus; without one, the shared corpus' folder on disk is tested")
    async def check(self, interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        """Answer with every error and warning, as many as fit; all of them are in a file."""
        which = await self._which(interaction, None, needs_file=file is None)
        if which is None:
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        upload = await _download(interaction, file) if file is not None else None
        if file is not None and upload is None:
            return
        try:
            if upload is None or which == "shared":
                report = await self.keeper.check(upload)
            else:
                report = await self.keeper.servers.check(upload, interaction.guild_id or 0)
        except UserError as error:
            await tell(interaction, block("The corpus could not be checked.", str(error).splitlines()))
            return
        head, lines = words.checked(report)
        await tell(interaction, block(head, lines) if lines else head, whole(lines, "problems.txt"))

    @app_commands.command(description="Which corpus is served, where it came from, and what needs a look.")
    async def status(self, interaction: discord.Interaction) -> None:
        """Answer with version, counts, stale sources, problems at the start, the last changes and the processes."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild_id = interaction.guild_id or 0
        try:
            entries = await self.desk.store.audit_log(guild_id, limit=50)
        except StateError:
            entries = ()
        service, today, max_age = self.desk.service, datetime.now(UTC).date(), self.settings.source_max_age_days
        lines = shown.shared(service.snapshot, self.keeper.record, service.start_problem, entries, today, max_age)
        servers, engine = self.keeper.servers, service.own_engine(guild_id)
        if (record := servers.records.get(guild_id)) is not None:
            problem = servers.problems.get(guild_id, "")
            lines += shown.own(engine.snapshot if engine is not None else None, record, problem, entries, today, max_age)
        await tell(interaction, fit_lines([*lines, *await self._processes(interaction, service.snapshot.version)], MAX_CONTENT))

    async def _processes(self, interaction: discord.Interaction, version: str) -> list[str]:
        """A line on each process that shares the database, if it is shared; what they are called is not for every server."""
        if self.keeper.cluster is None:
            return []
        try:
            return shown.processes(await self.keeper.cluster.peers(), version, named=self._decides(interaction))
        except StateError:
            return [shown.UNKNOWN_PROCESSES]

    @app_commands.command(description="What of the corpus is found for a text, with scores.")
    @app_commands.describe(query="A question, an error, or words to search for")
    async def search(self, interaction: discord.Interaction, query: app_commands.Range[str, 1, MAX_QUERY]) -> None:
        """Answer with the nearest causes, symptoms, documentation points and tracebacks."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        service = self.desk.service
        try:
            engines = service.engines(interaction.guild_id)
            found = [await service.run(engine.index.search, query, SEARCHED, FOUND) for engine in engines]
        except UserError as error:
            await tell(interaction, block("The search failed.", str(error).splitlines()))
            return
        await tell(interaction, block(words.SEARCH_HEAD, words.found(*found)) if any(found) else words.NOTHING_FOUND)

    async def _change(self, interaction: discord.Interaction, which: Which, work: Awaitable[Change]) -> None:
        try:
            change = await work
        except CorpusError as error:
            self._count(interaction, "refused")
            log.warning("A corpus was refused: %d problem(s)", len(error.problems))
            lines = [str(problem) for problem in error.problems]
            await tell(interaction, block(words.refused(len(lines), which), lines), whole(lines, "problems.txt"))
        except UserError as error:
            self._count(interaction, "failed")
            log.warning("The corpus was not changed: %s", error)
            lines = str(error).splitlines()
            await tell(interaction, block(words.unchanged(which), lines), whole(lines, "problems.txt"))
        else:
            self._count(interaction, "served")
            head = words.changed(change, which)
            files = whole(change.changes, "changes.txt")
            await tell(interaction, block(head, change.changes) if change.changes else f"{head} Nothing changed.", files)

    def _count(self, interaction: discord.Interaction, outcome: str) -> None:
        self.desk.metrics.reloaded(interaction.command.name if interaction.command is not None else "", outcome)

    async def _which(self, interaction: discord.Interaction, wanted: Which | None, *, needs_file: bool = False) -> Which | None:
        """Which corpus an admin means and may change; None when that was refused, and said."""
        if await refuses(interaction, self.desk, self.settings):
            return None
        decides = self._decides(interaction)
        which: Which = wanted or ("shared" if decides else "this server")
        refusal = ""
        if not decides and (which == "shared" or not self.settings.server_corpora):
            refusal = words.ELSEWHERE
        elif which == "this server" and not self.settings.server_corpora:
            refusal = words.NO_OWN
        elif which == "this server" and needs_file:
            refusal = words.OWN_NEEDS_FILE
        if refusal:
            await interaction.response.send_message(refusal, ephemeral=True)
        return None if refusal else which

    def _decides(self, interaction: discord.Interaction) -> bool:
        """Whether the admins of this server decide what every server is told."""
        if self.settings.admin_servers:
            return interaction.guild_id in self.settings.admin_servers
        # Of several processes with several shards, none knows all servers.
        knows_all = self.keeper.cluster is None or self.bot.shard_count == 1
        return knows_all and len(self.bot.guilds) == 1

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


async def _download(interaction: discord.Interaction, file: discord.Attachment) -> Upload | None:
    """The uploaded zip; None when it could not be had, and that was said."""
    if file.size > MAX_ZIP_BYTES:
        await tell(interaction, block(NOT_READ, [f"The zip is larger than {MAX_ZIP_BYTES >> 20} MB."]))
        return None
    try:
        return Upload(file.filename, await file.read())
    except DISCORD_ERRORS as error:
        log.warning("The upload could not be downloaded: %s", describe_error(error))
        await tell(interaction, block(NOT_READ, ["The file could not be downloaded from Discord; upload it again."]))
    return None
