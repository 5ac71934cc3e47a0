from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.quiet_hours import is_quiet


@pytest.mark.parametrize(
    ("hours", "zone", "utc", "quiet"),
    [
        ("", "UTC", "12:00", False),
        ("22:00-07:00", "UTC", "21:59", False),
        ("22:00-07:00", "UTC", "22:00", True),
        ("22:00-07:00", "UTC", "23:59", True),
        ("22:00-07:00", "UTC", "00:00", True),
        ("22:00-07:00", "UTC", "06:59", True),
        ("22:00-07:00", "UTC", "07:00", False),
        ("12:00-13:30", "UTC", "11:59", False),
        ("12:00-13:30", "UTC", "13:29", True),
        ("12:00-13:30", "UTC", "13:30", False),
        ("12:00-13:30", "Asia/Kolkata", "06:30", True),
        ("12:00-13:30", "Asia/Kolkata", "12:30", False),
    ],
)
def test_is_quiet_by_the_clock_of_the_zone(hours: str, zone: str, utc: str, quiet: bool) -> None:
    assert is_quiet(hours, zone, datetime.fromisoformat(f"2026-01-05T{utc}:00").replace(tzinfo=UTC)) is quiet


@pytest.mark.parametrize(("day", "quiet"), [("2026-03-28", False), ("2026-03-29", True)])
def test_the_hours_move_with_the_clock_in_summer(day: str, quiet: bool) -> None:
    now = datetime.fromisoformat(f"{day}T20:30:00").replace(tzinfo=UTC)
    assert is_quiet("22:00-07:00", "Europe/Berlin", now) is quiet
