"""Forum tags: what was found out about a post, in the words the server chose."""

from __future__ import annotations

import logging

import discord

from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_TAGS = 5
"""Tags of one post."""


def wanted_tags(settings: Settings, area: str | None) -> list[str]:
    """Names of the tags that an answered post gets; `area` is that of the diagnosed cause, None while it is open."""
    named = [settings.answered_tag, area if settings.area_tags and area else ""]
    return [name.casefold() for name in named if name]


async def apply_tags(thread: discord.Thread, names: list[str]) -> None:
    """Set the forum's tags of these names on a post, as many as still fit; what the forum does not have is left out."""
    parent = thread.parent
    if not names or not isinstance(parent, discord.ForumChannel):
        return
    have = list(thread.applied_tags)
    new = [tag for tag in parent.available_tags if tag.name.casefold() in names and tag not in have]
    if not new or len(have) >= MAX_TAGS:
        return
    try:
        await thread.edit(applied_tags=[*have, *new][:MAX_TAGS])
    except DISCORD_ERRORS as error:
        log.warning("Post %d could not be tagged (the bot needs Manage Threads): %s", thread.id, describe_error(error))
