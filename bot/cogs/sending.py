"""Everything the bot sends goes through here: within Discord's limits, pinging nobody, never twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import aiohttp
import discord

log = logging.getLogger(__name__)

MAX_CONTENT = 2_000
"""Characters of one message."""
MAX_THREAD_NAME = 100
"""Characters of a thread's name."""
MAX_PARTS = 10
"""Messages of one answer."""
ATTEMPTS = 3
"""Tries to send one message when the connection drops; the nonce keeps a repeated one from appearing twice."""
RETRY_S = 1.0

UNABLE = "I cannot work this out at the moment; those who run this bot find the reason in its log."
"""The answer when the engine cannot be used."""

DISCORD_ERRORS = (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError)
"""Whatever can go wrong between here and Discord: an HTTP error, or a connection dropped while sending."""


def within_limits(parts: Iterable[str]) -> list[str]:
    """The messages to send: none empty, none above Discord's limit (cut at a line border where there is one), few."""
    fitting: list[str] = []
    for part in parts:
        rest = part.strip()
        while len(rest) > MAX_CONTENT:
            border = rest.rfind("\n", 1, MAX_CONTENT)
            cut = border if border > 0 else MAX_CONTENT
            fitting.append(rest[:cut].rstrip())
            rest = rest[cut:].strip()
        if rest:
            fitting.append(rest)
    return fitting[:MAX_PARTS]


def thread_name(headline: str) -> str:
    """A headline as the name of a thread: one line, 1 to 100 characters."""
    name = " ".join(headline.split()) or "Support"
    return name if len(name) <= MAX_THREAD_NAME else name[: MAX_THREAD_NAME - 1].rstrip() + "…"


def fit_lines(lines: Sequence[str], room: int) -> str:
    """As many lines as fit into `room` characters; the rest is counted in a last line."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += len(line) + 1
        if used > room - 20:
            return "\n".join([*kept, f"… and {len(lines) - len(kept)} more"])
        kept.append(line)
    return "\n".join(kept)


async def send_parts(
    target: discord.abc.Messageable,
    parts: Iterable[str],
    *,
    source: int,
    reply_to: discord.Message | None = None,
    view: discord.ui.View | None = None,
    pings: frozenset[int] = frozenset(),
) -> list[discord.Message]:
    """Send an answer to the message (or interaction) with the id `source`; returns what Discord took of it.

    The log says why not all was taken. view: the buttons under the last part. pings: ids of the roles that may be pinged.
    """
    sent: list[discord.Message] = []
    fitting = within_limits(parts)
    for index, part in enumerate(fitting):
        options: dict[str, Any] = {"nonce": f"{source}.{index}", "allowed_mentions": _only(pings)}
        if reply_to is not None and index == 0:
            options["reference"] = reply_to.to_reference(fail_if_not_exists=False)
        if view is not None and index == len(fitting) - 1:
            options["view"] = view
        try:
            sent.append(await _send(target, part, options))
        except DISCORD_ERRORS as error:
            log.warning("Answer to message %d: part %d was not sent: %s", source, index + 1, describe_error(error))
            break
    return sent


async def follow_up(
    interaction: discord.Interaction, parts: Iterable[str], *, ephemeral: bool = False, view: discord.ui.View | None = None
) -> list[discord.WebhookMessage]:
    """Answer a deferred interaction; returns what Discord took of it (the log says why not all). view: under the last part."""
    sent: list[discord.WebhookMessage] = []
    fitting = within_limits(parts)
    for index, part in enumerate(fitting):
        last = index == len(fitting) - 1
        try:
            message = await interaction.followup.send(
                part,
                ephemeral=ephemeral,
                suppress_embeds=True,
                allowed_mentions=discord.AllowedMentions.none(),
                view=view if view is not None and last else discord.utils.MISSING,
                wait=True,
            )
        except DISCORD_ERRORS as error:
            log.warning("Answer to interaction %d was not sent: %s", interaction.id, describe_error(error))
            break
        sent.append(message)
    return sent


def describe_error(error: BaseException) -> str:
    """An error of Discord for the log: its kind and codes, without the text that was sent."""
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__} (status {error.status}, code {error.code})"
    return type(error).__name__


def _only(pings: frozenset[int]) -> discord.AllowedMentions:
    """Nobody is pinged but the given roles."""
    allowed = discord.AllowedMentions.none()
    if pings:
        allowed.roles = [discord.Object(role) for role in sorted(pings)]
    return allowed


async def _send(target: discord.abc.Messageable, content: str, options: Mapping[str, Any]) -> discord.Message:
    attempt = 1
    while True:
        try:
            return await target.send(content, suppress_embeds=True, **options)
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(RETRY_S * attempt)
            attempt += 1
