"""Days as the corpus writes them: YYYY-MM-DD, or only the month or the year where no more is known."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

DECEMBER = 12


def last_day(value: str) -> date:
    """The last day that `value` (YYYY, YYYY-MM or YYYY-MM-DD) can mean; raises ValueError when the calendar has none."""
    year, *rest = map(int, value.split("-"))
    month = rest[0] if rest else DECEMBER
    try:
        return date(year, month, rest[1] if len(rest) > 1 else monthrange(year, month)[1])
    except ValueError:
        raise ValueError(f"the calendar has no {value}") from None
