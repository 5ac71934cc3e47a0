from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.diagnosis.types import Verdict
from bot.insights.chart import alt_text, draw, every_day
from bot.insights.report import NOTHING, describe
from bot.insights.stale import stale_sources
from bot.insights.week import due_week
from bot.knowledge.types import Snapshot
from bot.state import Day, Insights, Unexplained

COUNTS = Insights(
    seen=12,
    failures=10,
    classified=7,
    answered={Verdict.DIAGNOSIS: 7, Verdict.ANSWER: 2},
    fixed=4,
    missed=1,
    human=2,
    dismissed=0,
    unexplained=(Unexplained("f" * 16, 3, 20, 30, "SocketError: closed …"), Unexplained("e" * 16, 1, 21, 31)),
    days=(Day("2026-01-02", seen=12, answered=9, fixed=4, missed=1),),
)


def test_the_report_names_every_count_and_the_share_of_failures_that_got_a_cause() -> None:
    text = "\n".join(describe(COUNTS, "A week", [], guild_id=10))
    for part in ("**A week**", "Failures seen: 10", "questions seen: 2", "Answered: 9 (7 diagnoses, 2 answers to questions)"):
        assert part in text
    for part in ("Fixed: 4", "missed: 1", "human: 2", "dismissed: 0", "70 % of the failures, 7 of 10"):
        assert part in text


def test_the_report_shows_what_nobody_has_classified_masked_and_where_it_stands() -> None:
    text = describe(COUNTS, "A week", [], guild_id=10)[1]
    assert "3 × `SocketError: closed …` · [latest](<https://discord.com/channels/10/20/30>)" in text
    assert f"1 × fingerprint `{'e' * 16}`" in text


def test_the_report_says_when_there_is_nothing_and_still_lists_stale_sources() -> None:
    text = "\n".join(describe(Insights(), "A week", [f"s{n}: reviewed 2020" for n in range(8)], guild_id=10))
    assert NOTHING in text
    assert "- s4: reviewed 2020" in text
    assert "- … and 3 more" in text


def test_without_failures_there_is_no_share() -> None:
    assert "%" not in "\n".join(describe(replace(COUNTS, failures=0, classified=0), "A week", [], guild_id=1))


def test_stale_are_pages_that_changed_and_pages_reviewed_long_ago(snapshot: Snapshot) -> None:
    source = next(iter(snapshot.sources.values()))
    point = next(point for point in snapshot.points.values())
    found = replace(
        snapshot,
        sources={**snapshot.sources, source.id: replace(source, reviewed="2020-05")},
        stale=frozenset({point.id}),
    )
    lines = stale_sources(found, date(2022, 6, 1), 730)
    assert lines[0] == f"{point.source}: 1 claim(s) no longer on its page"
    assert f"{source.id}: reviewed 2020-05" in lines
    assert stale_sources(replace(snapshot, stale=frozenset()), date(2020, 1, 1), 730) == []


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_chart_is_a_picture_for_any_period_and_without_any_count(days: int) -> None:
    for counts in (COUNTS, Insights()):
        picture = draw(counts, "Acme: a week $x^2$ <b>", date(2026, 1, 1), days)
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", picture[16:24])
        assert (width, height) == (960, 480)
        assert len(picture) < 200_000


def test_days_without_a_count_are_shown_as_such() -> None:
    days = every_day(COUNTS.days, date(2026, 1, 1), 3)
    assert [(day.day, day.seen) for day in days] == [("2026-01-01", 0), ("2026-01-02", 12), ("2026-01-03", 0)]


def test_the_chart_is_told_in_words() -> None:
    assert alt_text(COUNTS, 7) == "Bars for each of 7 days: 12 messages seen, 9 answered; marks: 4 fixed, 1 missed."


@pytest.mark.parametrize(
    ("now", "zone", "quiet", "week"),
    [
        ("2026-01-05T08:59", "UTC", "", None),  # a Monday
        ("2026-01-05T09:00", "UTC", "", "2026-W02"),
        ("2026-01-07T12:00", "UTC", "", "2026-W02"),
        ("2026-01-11T23:59", "UTC", "", "2026-W02"),
        ("2026-01-12T00:30", "UTC", "", None),
        ("2026-01-05T08:30", "Europe/Berlin", "", "2026-W02"),
        ("2026-01-05T16:00", "America/Los_Angeles", "", None),
        ("2026-01-04T23:30", "Pacific/Auckland", "", "2026-W02"),
        ("2026-01-05T09:30", "UTC", "22:00-10:00", None),
        ("2026-01-05T10:00", "UTC", "22:00-10:00", "2026-W02"),
        ("2026-12-31T12:00", "UTC", "", "2026-W53"),
        ("2027-01-01T12:00", "UTC", "", "2026-W53"),
    ],
)
def test_a_week_is_due_from_monday_morning_by_the_server_s_clock(now: str, zone: str, quiet: str, week: str | None) -> None:
    assert due_week(datetime.fromisoformat(now).replace(tzinfo=UTC), zone, quiet) == week
