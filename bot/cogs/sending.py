"""Everything the bot sends goes through here: within Discord's limits, pinging nobody, never twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord

log = logging.getLogger(__name__)
T = TypeVar("T")

MAX_CONTENT = 2_000
"""Characters of one message."""
MAX_THREAD_NAME = 100
"""Characters of a thread's name."""
MAX_PARTS = 10
"""Messages of one answer."""
ATTEMPTS = 3
"""Tries at one request when the connection drops or Discord is overloaded."""
RETRY_S = 1.0
MAX_WAIT_S = 30.0
"""The longest wait for the end of a rate limit that discord.py does not wait for itself."""

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
    interaction: discord.Interaction,
    parts: Iterable[str],
    *,
    ephemeral: bool = False,
    view: discord.ui.View | None = None,
    first: bool = False,
) -> list[discord.Message]:
    """Answer a deferred interaction; returns what Discord took of it (the log says why not all). view: under the last part.

    first: nothing was answered yet, so that the first part takes the place of "thinking…". That is an edit, which may be
    repeated; what is sent beyond it has no nonce, and may not.
    """
    sent: list[discord.Message] = []
    fitting = within_limits(parts)
    nobody = discord.AllowedMentions.none()
    for index, part in enumerate(fitting):
        buttons = view if view is not None and index == len(fitting) - 1 else discord.utils.MISSING
        try:
            if first and index == 0:
                edit = partial(interaction.edit_original_response, content=part, view=buttons, allowed_mentions=nobody)
                sent.append(await persistently(edit))
                continue
            message = await interaction.followup.send(
                part, ephemeral=ephemeral, suppress_embeds=True, allowed_mentions=nobody, view=buttons, wait=True
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


async def persistently(request: Callable[[], Awaitable[T]]) -> T:
    """The result of a request to Discord that has no second effect when it is repeated; raises what the last try raised."""
    attempt = 1
    while True:
        try:
            return await request()
        except (aiohttp.ClientError, ConnectionError, TimeoutError, discord.HTTPException) as error:
            pause = _pause_s(error, attempt)
            if attempt == ATTEMPTS or pause is None:
                raise
        await asyncio.sleep(pause)
        attempt += 1


def _pause_s(error: Exception, attempt: int) -> float | None:
    """How long to wait before a request is repeated; None when that is pointless.

    discord.py repeats what failed with 500, 502, 504 or 524, and waits for rate limits that Discord itself sets; it does not
    for 503, nor for those that the proxies before Discord set.
    """
    if not isinstance(error, discord.HTTPException):
        return RETRY_S * attempt
    if error.status == 429:
        try:
            wait = float(error.response.headers["Retry-After"])
        except (KeyError, ValueError):
            return None
        return wait if 0 <= wait <= MAX_WAIT_S else None
    return RETRY_S * attempt if error.status == 503 else None


async def _send(target: discord.abc.Messageable, content: str, options: Mapping[str, Any]) -> discord.Message:
    """Send one message; its nonce keeps a repeated one from appearing twice."""
    return await persistently(lambda: target.send(content, suppress_embeds=True, **options))
