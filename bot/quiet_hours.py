"""Hours of the day in which the bot does not speak unasked."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


def parse_hours(hours: str) -> tuple[time, time]:
    """Beginning and end of hours such as 22:00-07:00; raises ValueError."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError("not two times of the day, such as 22:00-07:00")
    first, last = (time(int(found[i]), int(found[i + 1])) for i in (1, 3))
    if first == last:
        raise ValueError("the hours end when they begin")
    return first, last


def is_quiet(hours: str, zone: str, now: datetime) -> bool:
    """Whether the hours, by the clock of the zone, are running `now` (aware); without hours it is never quiet.

    Hours that end before they begin last over midnight; the end is not part of them.
    """
    if not hours:
        return False
    first, last = parse_hours(hours)
    clock = now.astimezone(ZoneInfo(zone)).time()
    return first <= clock < last if first < last else clock >= first or clock < last
