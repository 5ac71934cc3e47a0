"""From a Discord message to the text to read: its words, what it forwards, and its text attachments."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.errors import InputError
from bot.reading.decode import decode
from bot.service import Service

log = logging.getLogger(__name__)

MEDIA_TYPES = ("image/", "audio/", "video/", "font/")
"""Declared types that are not downloaded; everything else is judged by its bytes."""
MAX_NAME = 60
"""Characters of a file name repeated in a note."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The text of a message, and a note on each attachment that could not be read."""

    text: str
    notes: tuple[str, ...] = ()

    def note_line(self) -> list[str]:
        """The notes as one message part, or none."""
        return ["\n".join(f"-# Not read: {note}" for note in self.notes)] if self.notes else []


async def read_message(
    message: discord.Message, service: Service, *, limit: int, me: int, title: str = "", asked: bool = False
) -> Intake:
    """The text of a message: title, content without the mention of the bot, forwarded messages, attachments.

    Where the bot is `asked` in a reply to somebody's message, that message is meant as well. `limit` is the largest
    attachment downloaded, in bytes; `me` is the bot's id.
    """
    own = message.content
    for mention in (f"<@{me}>", f"<@!{me}>"):
        own = own.replace(mention, "")
    snapshots = message.message_snapshots
    attachments = [*message.attachments, *(attachment for snapshot in snapshots for attachment in snapshot.attachments)]
    files = await read_attachments(attachments, service, limit=limit)
    texts = [title, _referenced(message) if asked else "", own.strip(), *(snapshot.content for snapshot in snapshots), files.text]
    return Intake("\n".join(text for text in texts if text.strip()), files.notes)


async def read_attachments(attachments: Sequence[discord.Attachment], service: Service, *, limit: int) -> Intake:
    """The decoded text of attachments, one after the other; links expire, so they are read at once."""
    texts: list[str] = []
    notes: list[str] = []
    for attachment in attachments:
        name = _label(attachment.filename)
        if (attachment.content_type or "").startswith(MEDIA_TYPES):
            notes.append(f"{name} is not text; paste the error as text or attach a log file.")
        elif attachment.size > limit:
            notes.append(f"{name} is larger than {limit / 1e6:.1f} MB; attach the part around the error.")
        else:
            try:
                texts.append(await service.run(decode, await attachment.read(), attachment.filename))
            except InputError as error:
                notes.append(str(error))
            except DISCORD_ERRORS as error:
                log.warning("An attachment could not be downloaded: %s", describe_error(error))
                notes.append(f"{name} could not be downloaded; attach it again.")
    return Intake("\n".join(texts), tuple(notes))


def _label(name: str) -> str:
    """The file's name as code, so that nothing in it is a mention or markup."""
    shown = "".join(char for char in name[:MAX_NAME] if char.isprintable() and char != "`")
    return f"`{shown}`" if shown.strip() else "A file"


def _referenced(message: discord.Message) -> str:
    """What a person wrote in the message that this one replies to."""
    original = message.reference.resolved if message.reference is not None else None
    return original.content if isinstance(original, discord.Message) and not original.author.bot else ""
