"""When the weekly post is due."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.quiet_hours import is_quiet

HOUR = 9
"""From this hour of the day on, by the server's clock: on Mondays, or on the first day after on which the bot runs."""


def due_week(now: datetime, zone: str, quiet_hours: str) -> str | None:
    """The ISO week (such as 2026-W05) whose post is due `now` (aware); None too early in the day and in quiet hours."""
    local = now.astimezone(ZoneInfo(zone))
    if local.hour < HOUR or is_quiet(quiet_hours, zone, now):
        return None
    year, week, _ = local.isocalendar()
    return f"{year}-W{week:02}"
