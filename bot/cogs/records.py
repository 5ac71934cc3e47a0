"""Answers as the state keeps them: ids, verdict and levels, no word of a message."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.diagnosis.conversation import fingerprints
from bot.engine import Answer
from bot.state import StoredAnswer, StoredCandidate

MAX_CANDIDATES = 5


def of_message(message: discord.Message, answer: Answer, reply_ids: Iterable[int], thread_id: int | None) -> StoredAnswer:
    """The answer to a message; `thread_id` is the thread the answer stands in."""
    guild_id = message.guild.id if message.guild is not None else None
    return _stored(answer, reply_ids, (message.id, message.channel.id, message.author.id, guild_id, thread_id))


def of_interaction(interaction: discord.Interaction, answer: Answer, reply_ids: Iterable[int]) -> StoredAnswer:
    """The answer to a command, kept under the interaction's id."""
    thread_id = interaction.channel_id if isinstance(interaction.channel, discord.Thread) else None
    ids = (interaction.id, interaction.channel_id or 0, interaction.user.id, interaction.guild_id, thread_id)
    return _stored(answer, reply_ids, ids)


def _stored(answer: Answer, reply_ids: Iterable[int], ids: tuple[int, int, int, int | None, int | None]) -> StoredAnswer:
    source_id, channel_id, author_id, guild_id, thread_id = ids
    found, decided = answer.diagnosis.hypotheses, answer.diagnosis.decided
    return StoredAnswer(
        source_id=source_id,
        channel_id=channel_id,
        author_id=author_id,
        verdict=answer.diagnosis.verdict,
        guild_id=guild_id,
        thread_id=thread_id,
        reply_ids=tuple(reply_ids),
        cause=decided.cause.id if decided is not None else None,
        candidates=tuple(StoredCandidate(h.cause.id, h.level, h.confidence) for h in found[:MAX_CANDIDATES]),
        fingerprints=fingerprints(answer.reading),
        corpus=answer.snapshot.version,
        templates=answer.templates,
    )
