"""The times of log lines, in the forms loggers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.clock import DAY, YEARLESS, find_time, read_time

MOMENT = datetime(2025, 9, 24, 8, 14, 41, tzinfo=UTC).timestamp()
NO_YEAR = datetime(YEARLESS, 9, 24, 8, 14, 41, tzinfo=UTC).timestamp()
NO_DATE = 8 * 3600 + 14 * 60 + 41.0


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-09-24T08:14:41Z", MOMENT),
        ("2025-09-24T08:14:41.441Z ready", MOMENT + 0.441),
        ("2025-09-24T08:14:41.440689+00:00", MOMENT + 0.440689),
        ("2025-09-24T10:14:41+0200 error", MOMENT),
        ("2025-09-24T03:44:41.5-04:30", MOMENT + 0.5),
        ("2025-09-24 08:14:41,441 - app - INFO - x", MOMENT + 0.441),
        ("[2025-09-24 08:14:41,441: ERROR/MainProcess] x", MOMENT + 0.441),
        ("2025-09-24 08:14:41.441 | INFO | x", MOMENT + 0.441),
        ("2025-09-24 10:14:41 CEST [12] LOG: x", MOMENT),
        ("2025-09-24 08:14:41 UTC x", MOMENT),
        ("2025/09/24 08:14:41.123456 main.go:12: x", MOMENT + 0.123456),
        ("20250924T081441Z x", MOMENT),
        ("INFO[2025-09-24T08:14:41Z] x", MOMENT),
        ("[24/Sep/2025:08:14:41 +0000] x", MOMENT),
        ("24-Sep-2025 08:14:41.441 INFO x", MOMENT + 0.441),
        ("Wed, 24 Sep 2025 08:14:41 GMT", MOMENT),
        ("[Wed Sep 24 08:14:41.441 2025] [core:error] x", MOMENT + 0.441),
        ("Sep 24, 2025 8:14:41 AM com.acme.Main run", MOMENT),
        ("[Nest] 12  - 09/24/2025, 8:14:41 AM     LOG x", MOMENT),
        ("9/24/2025, 8:14:41 PM x", MOMENT + 12 * 3600),
        ("24.09.2025 08:14:41 x", MOMENT),
        ("24/09/2025 08:14:41 x", MOMENT),
        ("1758701681.441 x", MOMENT + 0.441),
        ("[1758701681441] x", MOMENT + 0.441),
        ("Sep 24 08:14:41 host app[1]: x", NO_YEAR),
        ("09-24 08:14:41.441  1234  1250 E Tag: x", NO_YEAR + 0.441),
        ("E0924 08:14:41.441000 12 main.cc:1] x", NO_YEAR + 0.441),
        ("08:14:41.441 x", NO_DATE + 0.441),
        ("[08:14:41] x", NO_DATE),
        ("[8:14:41 AM] x", NO_DATE),
    ],
)
def test_times_are_read_as_loggers_write_them(text: str, at: float) -> None:
    stamp = find_time(text)
    assert stamp is not None
    assert stamp.at == pytest.approx(at, abs=1e-5)
    assert stamp.dated == (at >= DAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no time at all",
        "main.py:12:34: error",
        "ratio 16:9, port 127.0.0.1:43056",
        "2025-13-45T99:99:99Z",
        "Feb 31 25:61:61 host",
        "2.78.0",
        "[12345.678901] kernel",
        "x" * 500 + " 2025-09-24 08:14:41",
    ],
)
def test_what_is_no_time_gives_none(text: str) -> None:
    assert find_time(text) is None


def test_the_range_of_a_time_is_where_it_stands() -> None:
    text = "worker [2025-09-24 08:14:41,441] x"
    stamp = find_time(text)
    assert stamp is not None
    assert text[stamp.start : stamp.end] == "2025-09-24 08:14:41,441"


@pytest.mark.parametrize(
    "value",
    [MOMENT, int(MOMENT), MOMENT * 1e3, int(MOMENT) * 10**6, int(MOMENT) * 10**9, str(int(MOMENT)), "2025-09-24T08:14:41Z"],
)
def test_fields_of_records_are_read_in_any_unit(value: object) -> None:
    assert read_time(value) == pytest.approx(MOMENT)


@pytest.mark.parametrize("value", [None, True, 12, -1, float("nan"), float("inf"), "soon", [], {}, 10**30])
def test_fields_that_hold_no_time_give_none(value: object) -> None:
    assert read_time(value) is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    stamp = find_time(text)
    assert stamp is None or 0 <= stamp.start < stamp.end <= len(text)


@given(st.text(alphabet="0123456789:-/ .,TZ+JanSep[]", max_size=40))
def test_texts_like_times_are_read_without_an_error(text: str) -> None:
    stamp = find_time(text)
    assert stamp is None or 0 <= stamp.start < stamp.end <= len(text)
