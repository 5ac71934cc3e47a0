"""An explicit request: what was given to read, and the answer to it, public or for the one who asks alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.cogs import leaks
from bot.cogs.desk import Desk
from bot.cogs.feedback.buttons import Action, answer_view
from bot.cogs.intake import Intake, read_message
from bot.cogs.operations import Told, note_answer, surface_of
from bot.cogs.records import of_interaction
from bot.cogs.sending import DISCORD_ERRORS, UNABLE, describe_error, follow_up
from bot.cogs.waiting import BUSY
from bot.errors import UserError, describe_mistake
from bot.reading.types import Redaction
from bot.reply.markdown import render
from bot.settings import Settings

log = logging.getLogger(__name__)

NOTHING_GIVEN = (
    "Give me something to read: `text`, the error with its traceback and the log lines before it, `file`, a text or log "
    "file that holds them, or `message`, the link to a message."
)
NOTHING_IN_MESSAGE = "There is nothing to read in that message."
HIDDEN_MESSAGE = (
    "Discord does not show me that message, because I may only read what is addressed to me. Open its menu, Apps, "
    '"Diagnose this message" instead.'
)
FAILED = "Something went wrong while I worked on this. Please try again."


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read: words, files, and a message with all it holds. `private`: only who asks sees the answer."""

    text: str = ""
    files: Sequence[discord.Attachment] = ()
    message: discord.Message | None = None
    private: bool = False


async def refuse_when_busy(interaction: discord.Interaction, desk: Desk, settings: Settings) -> bool:
    """Say that the bot is busy, when too much waits already."""
    if not desk.waiting.is_full(settings.queue_limit):
        return False
    desk.metrics.refused_busy()
    await interaction.response.send_message(BUSY, ephemeral=True)
    return True


async def answer_request(interaction: discord.Interaction, desk: Desk, settings: Settings, request: Request) -> None:
    """Answer an interaction that has been deferred, whatever the verdict: a command is never met with silence."""
    private = request.private
    try:
        async with desk.waiting.turn():
            me = interaction.client.user.id if interaction.client.user is not None else 0
            intake = await _read(desk, settings, request, me)
            if not intake.text:
                given = NOTHING_IN_MESSAGE if request.message is not None else NOTHING_GIVEN
                await follow_up(interaction, intake.note_line() or [given], ephemeral=private, first=True)
                return
            answer = await desk.service.answer(intake.text, guild_id=interaction.guild_id)
    except UserError as error:
        log.error("Interaction %d was not answered: %s", interaction.id, error)  # noqa: TRY400 - written for the admin
        await follow_up(interaction, [UNABLE], ephemeral=private, first=True)
        return
    keys = leaks.leaked_keys(answer.reading)
    reply = leaks.without_notice(answer.reply) if keys else answer.reply
    view = None
    if not private and interaction.guild_id is not None and not await desk.opted_out(interaction.user.id):
        view = answer_view(interaction.id, answer.diagnosis.verdict, without=frozenset({Action.EVIDENCE}))
    sent = await follow_up(interaction, [*render(reply), *intake.note_line()], ephemeral=private, view=view, first=True)
    if sent:
        note_answer(desk, "Interaction", interaction.id, answer, await _told(interaction, desk, len(sent)))
        if view is not None:
            await desk.store.record_answer(of_interaction(interaction, answer, [message.id for message in sent]))
    if keys:
        await _warn(interaction, answer.snapshot.about, request, keys)


async def _told(interaction: discord.Interaction, desk: Desk, parts: int) -> Told:
    thread_id = interaction.channel_id if isinstance(interaction.channel, discord.Thread) else None
    author_id = None if await desk.opted_out(interaction.user.id) else interaction.user.id
    where = (interaction.guild, interaction.channel_id, thread_id)
    return Told(surface_of(interaction), True, *where, author_id, parts)


async def _read(desk: Desk, settings: Settings, request: Request, me: int) -> Intake:
    files = desk.files(settings)
    given = await files.read(request.files)
    read = Intake("")
    if request.message is not None:
        read = await read_message(request.message, files, me=me)
        hidden = not desk.sees_all and not request.message.content and not request.message.attachments
        if not read.text and hidden:
            return Intake("", (HIDDEN_MESSAGE,))
    texts = [request.text, read.text, given.text]
    return Intake("\n".join(text for text in texts if text.strip()), (*read.notes, *given.notes))


async def _warn(interaction: discord.Interaction, about: Mapping[str, str], request: Request, keys: Sequence[Redaction]) -> None:
    """Tell of a leaked key: who asks, where only they see it, and the author of the message that was asked about."""
    message = request.message
    own = message is None or message.author.id == interaction.user.id
    where = "What you sent" if message is None else "Your message" if own else "That message"
    public = message is not None
    advice = leaks.STAYS if public and own else ""
    await follow_up(interaction, [leaks.notice(keys, about, where=where, advice=advice)], ephemeral=True)
    if message is not None and not own and not message.author.bot and message.webhook_id is None:
        await leaks.tell(message.author, leaks.notice(keys, about, where=f"Your message {message.jump_url}"), source=message.id)


async def report_failure(interaction: discord.Interaction, error: Exception) -> None:
    """Log an error of a command and answer with a plain sentence, where Discord still takes one."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, DISCORD_ERRORS):
        log.warning("Interaction %d was not answered: %s", interaction.id, describe_error(cause))
    else:
        log.error("Interaction %d failed: %s", interaction.id, describe_mistake(cause))
    try:
        if interaction.response.is_done():
            await interaction.followup.send(FAILED, ephemeral=True)
        else:
            await interaction.response.send_message(FAILED, ephemeral=True)
    except DISCORD_ERRORS as failure:
        log.warning("Interaction %d was not told: %s", interaction.id, describe_error(failure))
