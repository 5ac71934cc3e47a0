"""Answers, votes and claims: statements on one connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Level
from bot.state.life import LIFE_S, lives
from bot.state.tables import ANSWERS, AUDIT, CLAIMS, FINGERPRINTS, POSTS, REPLIES, VOTES
from bot.state.templates import drop_unused, save_templates
from bot.state.types import Outcome, StoredAnswer, StoredCandidate


async def insert_claim(connection: AsyncConnection, source_id: int, at: int, owner: str = "", life_s: float = LIFE_S) -> None:
    """Take on a message; raises IntegrityError when it is taken.

    owner: the process, where several share the database. A message whose owner died before it answered is free again.
    """
    if owner and (dead := await _dead_owner(connection, source_id, owner, life_s)):
        mine = update(CLAIMS).where(CLAIMS.c.source_id == source_id, CLAIMS.c.owner == dead).values(owner=owner, at=at)
        if (await connection.execute(mine)).rowcount:  # of several that find it free, one
            return
    await connection.execute(insert(CLAIMS).values(source_id=source_id, at=at, owner=owner or None))


async def _dead_owner(connection: AsyncConnection, source_id: int, owner: str, life_s: float) -> str | None:
    """The dead process that took on a message and did not answer it."""
    found = select(CLAIMS.c.owner).where(
        CLAIMS.c.source_id == source_id,
        CLAIMS.c.owner.is_not(None),
        CLAIMS.c.owner != owner,
        ~lives(CLAIMS.c.owner, life_s),
        ~exists().where(REPLIES.c.source_id == CLAIMS.c.source_id),
    )
    return (await connection.execute(found)).scalar()


async def finish_claim(connection: AsyncConnection, source_id: int) -> None:
    """Note that whoever took on a message is done with it, so that nobody takes it over."""
    done = update(CLAIMS).where(CLAIMS.c.source_id == source_id, CLAIMS.c.owner.is_not(None)).values(owner=None)
    await connection.execute(done)


async def save_answer(connection: AsyncConnection, answer: StoredAnswer, at: int) -> None:
    """Write an answer, in place of the one recorded for the same message before; votes stay."""
    await _forget(connection, answer.source_id)
    candidates = [{"cause": c.cause, "level": c.level.value, "confidence": round(c.confidence, 4)} for c in answer.candidates]
    await connection.execute(
        insert(ANSWERS).values(
            source_id=answer.source_id,
            guild_id=answer.guild_id,
            channel_id=answer.channel_id,
            thread_id=answer.thread_id,
            author_id=answer.author_id,
            verdict=answer.verdict.value,
            cause=answer.cause,
            candidates=candidates,
            corpus=answer.corpus,
            created_at=answer.created_at or at,
            updated_at=at,
            outcome=answer.outcome.value if answer.outcome else None,
        )
    )
    replies = [
        {"reply_id": reply, "source_id": answer.source_id, "position": n}
        for n, reply in enumerate(dict.fromkeys(answer.reply_ids))
    ]
    if replies:
        await connection.execute(insert(REPLIES), replies)
    prints = [{"source_id": answer.source_id, "fingerprint": value} for value in sorted(answer.fingerprints)]
    if prints:
        await connection.execute(insert(FINGERPRINTS), prints)
    if answer.cause is None:
        await save_templates(connection, answer.templates)


async def find_answer(connection: AsyncConnection, source_id: int) -> StoredAnswer | None:
    """The answer to a message."""
    return await _first(connection, ANSWERS.c.source_id == source_id)


async def find_by_reply(connection: AsyncConnection, reply_id: int) -> StoredAnswer | None:
    """The answer that one of the bot's messages belongs to."""
    owner = select(REPLIES.c.source_id).where(REPLIES.c.reply_id == reply_id).scalar_subquery()
    return await _first(connection, ANSWERS.c.source_id == owner)


async def find_latest(connection: AsyncConnection, thread_id: int) -> StoredAnswer | None:
    """The answer to the latest message of a thread that got one; Discord's ids grow with time."""
    spoken = select(REPLIES.c.source_id)
    return await _first(connection, ANSWERS.c.thread_id == thread_id, ANSWERS.c.source_id.in_(spoken))


async def is_solved(connection: AsyncConnection, thread_id: int) -> bool:
    """Whether some answer in the thread fixed it."""
    found = select(ANSWERS.c.source_id).where(ANSWERS.c.thread_id == thread_id, ANSWERS.c.outcome == Outcome.FIXED.value).limit(1)
    return (await connection.execute(found)).first() is not None


async def update_outcome(connection: AsyncConnection, source_id: int, outcome: Outcome | None, at: int) -> None:
    """Write what came of an answer."""
    value = outcome.value if outcome else None
    await connection.execute(update(ANSWERS).where(ANSWERS.c.source_id == source_id).values(outcome=value, updated_at=at))


async def delete_answer(connection: AsyncConnection, source_id: int) -> None:
    """Remove an answer with its votes; its message stays claimed."""
    await _forget(connection, source_id)
    await drop_unused(connection)
    await connection.execute(delete(VOTES).where(VOTES.c.source_id == source_id))


async def insert_vote(connection: AsyncConnection, source_id: int, user_id: int, kind: Outcome, cause: str, at: int) -> None:
    """Raises IntegrityError when the user has said so before."""
    await connection.execute(insert(VOTES).values(source_id=source_id, user_id=user_id, kind=kind.value, cause=cause, at=at))


async def purge(connection: AsyncConnection, before: int) -> int:
    """Remove what is older; returns the number of answers removed."""
    old = select(ANSWERS.c.source_id).where(ANSWERS.c.created_at < before)
    for table in (REPLIES, FINGERPRINTS, VOTES):
        await connection.execute(delete(table).where(table.c.source_id.in_(old)))
    removed = await connection.execute(delete(ANSWERS).where(ANSWERS.c.created_at < before))
    await drop_unused(connection)
    for table in (CLAIMS, VOTES, AUDIT, POSTS):
        await connection.execute(delete(table).where(table.c.at < before))
    return removed.rowcount


async def _forget(connection: AsyncConnection, source_id: int) -> None:
    for table in (REPLIES, FINGERPRINTS, ANSWERS):
        await connection.execute(delete(table).where(table.c.source_id == source_id))


async def _first(connection: AsyncConnection, *where: ColumnElement[bool]) -> StoredAnswer | None:
    statement = select(ANSWERS).where(*where).order_by(ANSWERS.c.source_id.desc()).limit(1)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    mine = row["source_id"]
    replies = select(REPLIES.c.reply_id).where(REPLIES.c.source_id == mine).order_by(REPLIES.c.position)
    prints = select(FINGERPRINTS.c.fingerprint).where(FINGERPRINTS.c.source_id == mine)
    missed = select(VOTES.c.cause).where(VOTES.c.source_id == mine, VOTES.c.kind == Outcome.MISSED.value)
    lists = [(await connection.execute(statement)).scalars().all() for statement in (replies, prints, missed)]
    return _answer(row, *lists)


def _answer(row: RowMapping, replies: Sequence[Any], prints: Sequence[Any], missed: Sequence[Any]) -> StoredAnswer:
    return StoredAnswer(
        source_id=row["source_id"],
        channel_id=row["channel_id"],
        author_id=row["author_id"],
        verdict=Verdict(row["verdict"]),
        guild_id=row["guild_id"],
        thread_id=row["thread_id"],
        reply_ids=tuple(replies),
        cause=row["cause"],
        candidates=tuple(StoredCandidate(c["cause"], Level(c["level"]), c["confidence"]) for c in row["candidates"]),
        fingerprints=frozenset(prints),
        corpus=row["corpus"],
        created_at=row["created_at"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        rejected=frozenset(missed),
    )
