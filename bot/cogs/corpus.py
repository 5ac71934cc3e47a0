"""The /corpus commands: what the bot knows, and replacing it while it runs."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.diagnose import report_failure
from bot.cogs.policy import may_administer
from bot.cogs.sending import MAX_CONTENT, fit_lines, follow_up
from bot.errors import CorpusError, UserError
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)

REFUSED = "Only members who may manage this server, or who have one of the bot's admin roles, can do this."


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Corpus(commands.GroupCog, group_name="corpus", group_description="What the bot knows"):
    """For admins only: hidden from others by default, and refused to them when they try all the same.

    A corpus that does not pass its checks is never served: the one before keeps answering.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings

    async def _refuses(self, interaction: discord.Interaction) -> bool:
        """Refuse whoever is no admin now, and say so: that Discord hides the commands is only a hint."""
        roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
        allowed = interaction.guild_id is not None and may_administer(
            manages_guild=interaction.permissions.manage_guild,
            roles=[role.id for role in roles],
            admin_roles=self.settings.admin_roles,
        )
        if not allowed:
            await interaction.response.send_message(REFUSED, ephemeral=True)
        return not allowed

    @app_commands.command(description="Read the corpus from disk again, test it, and serve it if it passes.")
    async def reload(self, interaction: discord.Interaction) -> None:
        """Answer with what changed, or with every located error that fits."""
        if await self._refuses(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        try:
            changes = await self.service.reload()
        except CorpusError as error:
            log.warning("The corpus on disk was refused: %d problem(s)", len(error.problems))
            count = len(error.problems)
            head = f"The corpus on disk has {count} problem{'' if count == 1 else 's'}; the one before keeps serving."
            await follow_up(interaction, [_block(head, [str(problem) for problem in error.problems])], ephemeral=True)
        except UserError as error:
            log.warning("The corpus could not be loaded: %s", error)
            head = "The corpus could not be loaded; the one before keeps serving."
            await follow_up(interaction, [_block(head, str(error).splitlines())], ephemeral=True)
        else:
            version = self.service.snapshot.version[:12]
            log.info("Corpus %s is live", version)
            head = f"Corpus `{version}` is live."
            parts = [_block(head, changes) if changes else f"{head} Nothing changed."]
            await follow_up(interaction, parts, ephemeral=True)

    @app_commands.command(description="Which corpus is served, and how much is in it.")
    async def status(self, interaction: discord.Interaction) -> None:
        """Answer with the version and the counts of the live corpus."""
        if await self._refuses(interaction):
            return
        snapshot = self.service.snapshot
        counts = {
            "causes": len(snapshot.causes),
            "symptoms": len(snapshot.symptoms),
            "documentation points": len(snapshot.points),
            "sources": len(snapshot.sources),
            "examples": len(snapshot.examples),
            "quiet texts": len(snapshot.quiet),
        }
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        await interaction.response.send_message(f"Corpus `{snapshot.version[:12]}`: {listed}.", ephemeral=True)

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


def _block(head: str, lines: list[str]) -> str:
    """A sentence and lines set as code, cut to one message; backquotes in a line cannot end the block."""
    safe = [line.replace("```", "'''")[:400] for line in lines]
    room = MAX_CONTENT - len(head) - len("\n```\n\n```")
    return f"{head}\n```\n{fit_lines(safe, room)}\n```"
