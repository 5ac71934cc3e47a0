"""Pages that nobody has compared with our claims for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.errors import Problem
from bot.knowledge.days import last_day
from bot.knowledge.files import Files

CODE = "stale-source"


def stale_sources(files: Files, today: date, max_age_days: int) -> Iterator[Problem]:
    """A problem for each source whose review is more than `max_age_days` old; a month or year counts as its last day."""
    for entry in files.sources:
        age = (today - last_day(entry.spec.reviewed)).days
        if age > max_age_days:
            says = f"`{entry.spec.id}` was reviewed {entry.spec.reviewed}, more than {max_age_days} days ago"
            yield Problem(entry.path, entry.line, CODE, f"{says}; read it again, mend its points, and set `reviewed`")
