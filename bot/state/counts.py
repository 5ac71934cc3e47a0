"""Counts over a period: what was seen and answered, what came of it, and which failures nothing explains."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.diagnosis.types import Verdict
from bot.state.tables import ANSWERS, FINGERPRINTS, REPLIES, TEMPLATES, VOTES
from bot.state.types import Day, Insights, Outcome, Unexplained

DAY_S = 86_400

_DAY = (ANSWERS.c.created_at - ANSWERS.c.created_at % DAY_S).label("day")
_SPOKEN = exists().where(REPLIES.c.source_id == ANSWERS.c.source_id)
_MISSED = exists().where(VOTES.c.source_id == ANSWERS.c.source_id, VOTES.c.kind == Outcome.MISSED.value)
_FAILURE = or_(
    ANSWERS.c.verdict.in_((Verdict.DIAGNOSIS.value, Verdict.OVERVIEW.value)),
    exists().where(FINGERPRINTS.c.source_id == ANSWERS.c.source_id),
)
_FIXED = ANSWERS.c.outcome == Outcome.FIXED.value


async def count(connection: AsyncConnection, guild_id: int | None, since: int, until: int, top: int) -> Insights:
    """Counts of one server (None: of all) from `since` up to, not including, `until`."""
    period = and_(ANSWERS.c.created_at >= since, ANSWERS.c.created_at < until)
    if guild_id is not None:
        period = and_(period, ANSWERS.c.guild_id == guild_id)

    async def number(*where: ColumnElement[bool]) -> int:
        return (await connection.execute(select(func.count()).select_from(ANSWERS).where(period, *where))).scalar_one()

    verdicts = select(ANSWERS.c.verdict, func.count()).where(period, _SPOKEN).group_by(ANSWERS.c.verdict)
    return Insights(
        seen=await number(),
        classified=await number(ANSWERS.c.cause.is_not(None)),
        answered={Verdict(name): total for name, total in (await connection.execute(verdicts)).all()},
        fixed=await number(_FIXED),
        missed=await number(_MISSED),
        human=await number(ANSWERS.c.outcome == Outcome.HUMAN.value),
        dismissed=await number(ANSWERS.c.outcome == Outcome.DISMISSED.value),
        unexplained=await _unexplained(connection, period, top),
        days=await _days(connection, period),
        failures=await number(_FAILURE),
    )


async def _unexplained(connection: AsyncConnection, period: ColumnElement[bool], top: int) -> tuple[Unexplained, ...]:
    times = func.count().label("times")
    latest = func.max(ANSWERS.c.source_id).label("latest")
    frequent = (
        select(FINGERPRINTS.c.fingerprint, times, latest)
        .join(ANSWERS, ANSWERS.c.source_id == FINGERPRINTS.c.source_id)
        .where(period, ANSWERS.c.cause.is_(None))
        .group_by(FINGERPRINTS.c.fingerprint)
        .order_by(times.desc(), FINGERPRINTS.c.fingerprint)
        .limit(top)
        .subquery()
    )
    placed = (
        select(
            frequent.c.fingerprint,
            frequent.c.times,
            ANSWERS.c.channel_id,
            ANSWERS.c.source_id,
            func.coalesce(TEMPLATES.c.template, ""),
        )
        .join(ANSWERS, ANSWERS.c.source_id == frequent.c.latest)
        .outerjoin(TEMPLATES, TEMPLATES.c.fingerprint == frequent.c.fingerprint)
        .order_by(frequent.c.times.desc(), frequent.c.fingerprint)
    )
    return tuple(Unexplained(*row) for row in (await connection.execute(placed)).all())


async def _days(connection: AsyncConnection, period: ColumnElement[bool]) -> tuple[Day, ...]:
    """The days on which something was seen, in order."""

    async def by_day(*where: ColumnElement[bool]) -> dict[int, int]:
        statement: Select[Any] = select(_DAY, func.count()).where(period, *where).group_by(_DAY)
        return {int(day): total for day, total in (await connection.execute(statement)).all()}

    seen = await by_day()
    rest = [await by_day(condition) for condition in (_SPOKEN, _FIXED, _MISSED)]
    return tuple(
        Day(datetime.fromtimestamp(day, UTC).date().isoformat(), seen[day], *(counts.get(day, 0) for counts in rest))
        for day in sorted(seen)
    )
