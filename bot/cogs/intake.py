"""From a Discord message to the text to read: its words, what it forwards, its text attachments and its screenshots."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.cogs.situation import spellings
from bot.errors import InputError
from bot.ocr import ScreenReader
from bot.reading.decode import decode
from bot.service import Service

log = logging.getLogger(__name__)

PICTURES = ("image/png", "image/jpeg", "image/webp", "image/bmp")
"""Declared types of what may be a screenshot."""
MEDIA_TYPES = ("image/", "audio/", "video/", "font/")
"""Declared types that are not downloaded as text; everything else is judged by its bytes."""
MAX_FILES = 10
"""Files read of one message; a message has as many attachments, and may forward others."""
MAX_NAME = 60
"""Characters of a file name repeated in a note."""
HIDDEN = (
    "Discord does not show me the message you reply to. Open its menu, Apps, Diagnose this message, or paste its text in a "
    "message that mentions me."
)


@dataclass(frozen=True, slots=True)
class Intake:
    """The text of a message, and a sentence on each attachment that was not read, or not as text."""

    text: str
    notes: tuple[str, ...] = ()

    def note_line(self) -> list[str]:
        """The notes as one message part, or none."""
        return ["\n".join(f"-# {note}" for note in self.notes)] if self.notes else []


@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads attachments up to `limit` bytes each; pictures, too, where there is a reader of screens."""

    service: Service
    limit: int
    screens: ScreenReader | None = None

    async def read(self, attachments: Sequence[discord.Attachment]) -> Intake:
        """The text of attachments, one after the other; links expire, so they are read at once."""
        texts: list[str] = []
        notes: list[str] = []
        for attachment in attachments[:MAX_FILES]:
            name = _label(attachment.filename)
            kind = attachment.content_type or ""
            try:
                if attachment.size > self.limit:
                    notes.append(f"Not read: {name} is larger than {self.limit / 1e6:.1f} MB; attach the part around the error.")
                elif self.screens is not None and kind.startswith(PICTURES):
                    texts.append(await asyncio.to_thread(self.screens.read, await attachment.read()))
                    notes.append(f"Read by OCR: {name}. Letters may be mistaken; paste the text to be sure.")
                elif kind.startswith(MEDIA_TYPES):
                    notes.append(f"Not read: {name} is not text; paste the error as text or attach a log file.")
                else:
                    texts.append(await self.service.run(decode, await attachment.read(), attachment.filename))
            except InputError as error:
                notes.append(f"Not read: {name}: {error}" if kind.startswith(PICTURES) else f"Not read: {error}")
            except DISCORD_ERRORS as error:
                log.warning("An attachment could not be downloaded: %s", describe_error(error))
                notes.append(f"Not read: {name} could not be downloaded; attach it again.")
        if len(attachments) > MAX_FILES:
            notes.append(f"Not read: the files after the first {MAX_FILES}.")
        return Intake("\n".join(texts), tuple(notes))


async def read_message(
    message: discord.Message, files: FileReader, *, me: int, title: str = "", asked: bool = False, sees_all: bool = True
) -> Intake:
    """The text of a message: title, content without the mention of the bot, forwarded messages, attachments.

    Where the bot is `asked` in a reply to somebody's message, that message is meant as well; without the intent to see what is
    not addressed to the bot (`sees_all`), its text is missing, and a note says so. `me` is the bot's id.
    """
    own = message.content
    for mention in spellings(me):
        own = own.replace(mention, "")
    original = _original(message) if asked else None
    meant = [message] if original is None else [original, message]
    attachments = [attachment for one in meant for attachment in _attachments(one)]
    read = await files.read(attachments)
    texts = [title]
    if original is not None:
        texts += [original.content, *(snapshot.content for snapshot in original.message_snapshots)]
    texts += [own.strip(), *(snapshot.content for snapshot in message.message_snapshots), read.text]
    notes = read.notes
    if original is not None and not sees_all and not original.content and not _attachments(original):
        notes = (*notes, HIDDEN)
    return Intake("\n".join(text for text in texts if text.strip()), notes)


def _attachments(message: discord.Message) -> list[discord.Attachment]:
    return [*message.attachments, *(file for snapshot in message.message_snapshots for file in snapshot.attachments)]


def _original(message: discord.Message) -> discord.Message | None:
    """The message of a person that this one replies to."""
    original = message.reference.resolved if message.reference is not None else None
    return original if isinstance(original, discord.Message) and not original.author.bot else None


def _label(name: str) -> str:
    """The file's name as code, so that nothing in it is a mention or markup."""
    shown = "".join(char for char in name[:MAX_NAME] if char.isprintable() and char != "`")
    return f"`{shown}`" if shown.strip() else "A file"
