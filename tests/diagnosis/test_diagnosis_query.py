"""What is searched for: the user's words and what the failure says of itself, without ids, paths and blobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.query import MAX_CHARS, search_text
from bot.knowledge.types import Snapshot
from bot.reading import Reader


def searched(snapshot: Snapshot, text: str) -> str:
    return search_text(Reader(snapshot.profile).read(text))


TRACE = 'Traceback (most recent call last):\n  File "/srv/app/labels.py", line 12, in f\n    g()\nparcelo.ApiError: {}'
TEXTS = [
    ("words alone", "why is my label empty?", "why is my label empty?"),
    ("words first, then the error", f"why is it empty?\n{TRACE.format('no paper')}", "why is it empty? ApiError: no paper"),
    ("code and message of a body", "fault: depot_closed", "depot_closed"),
    ("a close reason", "[ws] closed: 4001 no heartbeat", "4001 no heartbeat"),
    ("loud log records", "2026-01-01 10:00:00,000 - app - WARNING - the printer is offline", "the printer is offline"),
    ("quiet log records are all there is", "2026-01-01 10:00:00,000 - app - INFO - started", "started"),
    ("addresses", "why does https://api.parcelo.example/v2/labels?x=1 fail", "why does fail"),
    ("paths", "why is /srv/app/very/long/path/labels.py not found", "why is not found"),
    ("ids and blobs", f"why is {'0123456789abcdef' * 2} or {'QUJD' * 12} refused", "why is or refused"),
    ("spaces", "why   is\n\n\nit   slow", "why is it slow"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_the_search_text_holds_what_tells_failures_apart(snapshot: Snapshot, text: str, expected: str) -> None:
    assert expected in searched(snapshot, text)


def test_of_many_traces_the_last_two_count(snapshot: Snapshot) -> None:
    errors = ["no paper", "no ink", "no power"]
    text = "\n\n".join(TRACE.format(error) for error in errors)
    found = searched(snapshot, text)
    assert [error in found for error in errors] == [False, True, True]


def test_of_an_error_body_the_end_counts_where_the_message_stands(snapshot: Snapshot) -> None:
    body = '{"headers": {' + '"x": "y", ' * 60 + '}, "message": "the depot is shut"}'
    assert "the depot is shut" in searched(snapshot, TRACE.format(body))


def test_what_is_said_twice_is_searched_once(snapshot: Snapshot) -> None:
    assert searched(snapshot, "\n\n".join([TRACE.format("no paper")] * 2)).count("no paper") == 1


@given(st.text(max_size=3000))
def test_it_is_never_longer_than_the_window_and_has_no_line_breaks(snapshot: Snapshot, text: str) -> None:
    found = searched(snapshot, text)
    assert len(found) <= MAX_CHARS
    assert "\n" not in found
