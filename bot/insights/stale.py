"""Sources that need a look: nobody has compared them with our claims for long, or their page no longer says what we say."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.knowledge.days import last_day
from bot.knowledge.types import Snapshot


def stale_sources(snapshot: Snapshot, today: date, max_age_days: int) -> list[str]:
    """A line on each such source: first those whose page changed, then those reviewed longest ago."""
    changed = Counter(snapshot.points[point].source for point in snapshot.stale)
    lines = [f"{source}: {count} claim(s) no longer on its page" for source, count in sorted(changed.items())]
    days = {source.id: last_day(source.reviewed) for source in snapshot.sources.values()}
    old = sorted((day, source) for source, day in days.items() if (today - day).days > max_age_days)
    return lines + [f"{source}: reviewed {snapshot.sources[source].reviewed}" for _, source in old]
