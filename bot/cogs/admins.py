"""Commands for admins: who may use them, and answers that only they see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from io import BytesIO

import discord

from bot.cogs.desk import Desk
from bot.cogs.policy import may_administer
from bot.cogs.sending import DISCORD_ERRORS, MAX_CONTENT, describe_error, fit_lines
from bot.settings import Settings

log = logging.getLogger(__name__)

REFUSED = "Only members who may manage this server, or who have one of the bot's admin roles, can do this."
MAX_LINE = 400
"""Characters of one line of a list."""


async def refuses(interaction: discord.Interaction, desk: Desk, settings: Settings) -> bool:
    """Refuse whoever is no admin now, and say so: that Discord hides the commands is only a hint."""
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
    allowed = interaction.guild_id is not None and may_administer(
        manages_guild=interaction.permissions.manage_guild,
        roles=[role.id for role in roles],
        admin_roles=desk.servers.effective(settings, interaction.guild_id).admin_roles,
    )
    if not allowed:
        await interaction.response.send_message(REFUSED, ephemeral=True)
    return not allowed


async def tell(interaction: discord.Interaction, text: str, files: Sequence[discord.File] = ()) -> None:
    """Answer a deferred interaction, to the one who asked alone; what Discord refuses is logged."""
    try:
        await interaction.followup.send(
            text[:MAX_CONTENT],
            files=list(files),
            ephemeral=True,
            suppress_embeds=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
    except DISCORD_ERRORS as error:
        log.warning("Interaction %d was not answered: %s", interaction.id, describe_error(error))


def block(head: str, lines: Sequence[str]) -> str:
    """A sentence and lines set as code, cut to one message; backquotes in a line cannot end the block."""
    safe = [line.replace("```", "'''")[:MAX_LINE] for line in lines]
    room = MAX_CONTENT - len(head) - len("\n```\n\n```")
    return f"{head}\n```\n{fit_lines(safe, room)}\n```"


def whole(lines: Sequence[str], name: str) -> list[discord.File]:
    """The lines as a file, where a message cannot hold them all."""
    text = "\n".join(lines)
    if len(text) + len(lines) < MAX_CONTENT - 200 and all(len(line) <= MAX_LINE for line in lines):
        return []
    return [discord.File(BytesIO(text.encode("utf-8", "replace")), filename=name)]
