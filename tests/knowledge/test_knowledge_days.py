"""Days of the corpus."""

from __future__ import annotations

from datetime import date

import pytest

from bot.knowledge.days import last_day

DAYS = [
    ("2025", date(2025, 12, 31)),
    ("2025-04", date(2025, 4, 30)),
    ("2024-02", date(2024, 2, 29)),
    ("2025-12", date(2025, 12, 31)),
    ("2025-04-09", date(2025, 4, 9)),
]


@pytest.mark.parametrize(("written", "day"), DAYS)
def test_a_year_or_month_means_its_last_day(written: str, day: date) -> None:
    assert last_day(written) == day


@pytest.mark.parametrize("written", ["2025-13", "2025-00", "2025-02-29", "2025-04-00", "2025-04-31"])
def test_a_day_that_no_calendar_has_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=f"the calendar has no {written}"):
        last_day(written)
