"""A key in a message: its author is told at once, in private where that is possible, and the value is nowhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import discord

from bot.cogs.sending import DISCORD_ERRORS, MAX_CONTENT, describe_error
from bot.reading.secret_kinds import PERSONAL
from bot.reading.types import Reading, Redaction
from bot.reply.compose import LEAK_LEAD
from bot.reply.types import Reply

log = logging.getLogger(__name__)

MAX_KINDS = 5
DELETES = "I delete the message; until then, and wherever it was copied, the key can be read."
STAYS = "Delete the message, or take the key out of it."


def leaked_keys(reading: Reading) -> tuple[Redaction, ...]:
    """What was hidden in a message and opens something: not what only tells who somebody is."""
    return tuple(redaction for redaction in reading.redactions if redaction.kind not in PERSONAL)


def notice(keys: Sequence[Redaction], about: Mapping[str, str], *, where: str, advice: str = STAYS) -> str:
    """What its author is told: which kind of key, that it must be revoked, and how; never the value."""
    kinds = [kind.replace("-", " ") for kind in dict.fromkeys(key.kind for key in keys)]
    named = ", ".join(kinds[:MAX_KINDS]) + (" and more" if len(kinds) > MAX_KINDS else "")
    lines = [
        f"**{where} holds a secret ({named}).** Whoever read it may use it: revoke it now, whatever becomes of the message.",
        about.get("revoke", ""),
        advice,
    ]
    return "\n".join(line for line in lines if line)[:MAX_CONTENT]


def without_notice(reply: Reply) -> Reply:
    """The reply without the sentence on secrets: its author knows, and nobody else needs to be pointed at them."""
    sections = []
    for section in reply.sections:
        kept = tuple(sentence for sentence in section.sentences if sentence.lead != LEAK_LEAD)
        if kept or section.evidence:
            sections.append(replace(section, sentences=kept))
    return replace(reply, sections=tuple(sections))


async def tell(author: discord.User | discord.Member, text: str, *, source: int) -> bool:
    """Tell the author in a direct message; False when Discord or the author's settings refuse it.

    source: id of the message that holds the key; told of it by two processes within minutes, its author sees that once.
    """
    nobody = discord.AllowedMentions.none()
    try:
        await author.send(text, nonce=f"{source}.key", suppress_embeds=True, allowed_mentions=nobody)
    except DISCORD_ERRORS as error:
        log.info("The author of a leaked key could not be told in private: %s", describe_error(error))
        return False
    return True


def may_delete(message: discord.Message) -> bool:
    """Whether the bot has the right to delete somebody's message here."""
    return message.guild is not None and message.channel.permissions_for(message.guild.me).manage_messages


async def delete(message: discord.Message) -> bool:
    """Delete a message that holds a key; False when Discord refuses."""
    try:
        await message.delete()
    except DISCORD_ERRORS as error:
        log.warning("Message %d holds a key and could not be deleted: %s", message.id, describe_error(error))
        return False
    log.info("Message %d held a key and was deleted", message.id)
    return True
