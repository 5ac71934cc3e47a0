"""When a process that shares the database counts as dead, by the one clock that all of them see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Double, cast, exists, extract, func

from bot.state.tables import PROCESSES

LIFE_S = 15.0
"""A process that was not seen for so long is dead: what it held is free to others."""
NOW: ColumnElement[float] = cast(extract("epoch", func.clock_timestamp()), Double)
"""The clock that all processes share: the database's, in seconds since 1970."""


def lives(process: ColumnElement[str | None], life_s: float) -> ColumnElement[bool]:
    """Whether the process of an id is alive."""
    return exists().where(PROCESSES.c.id == process, PROCESSES.c.seen_at > NOW - life_s)
