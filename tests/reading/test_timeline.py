"""What happened on a connection, in the order of time, and how long it took."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.clock import DAY
from bot.reading.events import event_kinds, retry_delay
from bot.reading.logs import find_records
from bot.reading.timeline import LAST_SEND, RETRY_DUE, find_events, gap
from bot.reading.types import Event, EventKind, Line

CONNECT, SEND, KEEPALIVE, FLUSH = EventKind.CONNECT, EventKind.SEND, EventKind.KEEPALIVE, EventKind.FLUSH
RECEIVE, ERROR, CLOSE, RETRY = EventKind.RECEIVE, EventKind.ERROR, EventKind.CLOSE, EventKind.RETRY


def events(*texts: str) -> tuple[Event, ...]:
    """The events of lines that need no unwrapping."""
    lines = [Line(i, text, text) for i, text in enumerate(texts, 1)]
    return find_events(lines, find_records(lines))


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        ("Connected to the speech service", {CONNECT}),
        ("Connecting to wss://api.example.net/v1", {CONNECT}),
        ("WebSocket opened", {CONNECT}),
        ("websocket connection established", {CONNECT}),
        ("Service#0 reconnected successfully on attempt 1", {CONNECT}),
        ("= connection is OPEN", {CONNECT}),
        ("[ws] onopen", {CONNECT}),
        ("could not connect to host", {ERROR}),
        ("failed to connect: timed out", {ERROR}),
        ("not connected yet", set()),
        ("attempting to connect", set()),
        ("websocket closed unexpectedly", {CLOSE}),
        ("Connection closed (code 1008): Have not received a new text input", {CLOSE}),
        ("Disconnected (1008) Override is not allowed", {CLOSE}),
        ("socket hung up", {CLOSE}),
        ("connection lost", {CLOSE}),
        ("received 1000 (OK); then sent 1000 (OK)", {CLOSE}),
        ("websocket: close 1006 (abnormal closure): unexpected EOF", {CLOSE}),
        ("no close frame received or sent", {CLOSE}),
        ("< CLOSE 1008 (policy violation) reason [18 bytes]", {CLOSE}),
        ("failed to synthesize speech, retrying in 0.1s", {ERROR, RETRY}),
        ("reconnecting (attempt: 1)", {RETRY}),
        ("Reconnecting in 5 seconds", {RETRY}),
        ("will not be retried", set()),
        ("retries=0", set()),
        ("sending text chunk 3", {SEND}),
        ("Generating TTS [Hello!]", {SEND}),
        ('> TEXT \'{"text": " "}\' [15 bytes]', {SEND}),
        ('< TEXT \'{"audio": "…"}\' [4096 bytes]', {RECEIVE}),
        ("received audio chunk", {RECEIVE}),
        ("sending keepalive", {KEEPALIVE}),
        ("% sent keepalive ping", {KEEPALIVE}),
        ("> PING 4a1f [binary, 4 bytes]", {KEEPALIVE}),
        ("flushing the buffer", {FLUSH}),
        ("error sending message: 'NoneType' object has no attribute 'send'", {ERROR}),
        ("keepalive error: received 1008 (policy violation)", {CLOSE, ERROR}),
        ("TypeError: x is not a function", {ERROR}),
        ("completed with no errors", set()),
        ("context turn_1: 3200 bytes", set()),
        ("file closed", set()),
        ("Please try again with a different prompt", set()),
    ],
)
def test_messages_say_what_happened(message: str, kinds: set[EventKind]) -> None:
    assert {kind for _, found in event_kinds([message]) for kind in found} == kinds


@pytest.mark.parametrize(
    ("message", "delay"),
    [
        ("failed to synthesize speech, retrying in 0.1s", 0.1),
        ("Reconnecting in 5 seconds", 5.0),
        ("Reconnecting in 5...", 5.0),
        ("will retry after 500ms", 0.5),
        ("retry #2 in 3s", 3.0),
        ("attempt 2/5, retrying in 1m", 60.0),
        ("Backoff: 4 s", 4.0),
        ("backing off for 1.5s", 1.5),
        ("retry_in=250ms", 0.25),
        ("Retry-After: 30", 30.0),
        ("Waiting 3 seconds before retrying", 3.0),
        ("Retrying request to /v1/speech in 0.42 seconds", 0.42),
        ("reconnecting (attempt: 1)", None),
        ("gave up: retry after 3 attempts", None),
        ("retrying", None),
        ("closed after 20 seconds", None),
    ],
)
def test_retries_announce_their_delay(message: str, delay: float | None) -> None:
    assert retry_delay(message) == (delay if delay is None else pytest.approx(delay))


FIRST = json.dumps(
    {
        "message": "websocket closed unexpectedly",
        "level": "WARNING",
        "name": "plugin",
        "timestamp": "2025-09-24T08:14:40.482568+00:00",
    }
)
SECOND = json.dumps(
    {
        "message": "failed to synthesize speech, retrying in 0.1s\nTraceback (most recent call last):\nAPIError: closed",
        "level": "WARNING",
        "name": "agents",
        "timestamp": "2025-09-24T08:14:40.483493+00:00",
    }
)
THIRD = FIRST.replace("40.482568", "41.440689")
FOURTH = "2025-09-24 08:14:41,441 - agents - WARNING - failed to synthesize speech, retrying in 2.0s"
FIFTH = FIRST.replace("40.482568", "44.316155")


def test_a_close_is_measured_from_the_moment_its_retry_was_due() -> None:
    pairs = gap(events(FIRST, SECOND, THIRD, FOURTH, FIFTH), RETRY_DUE, CLOSE)
    assert [(pair.start.number, pair.end.number) for pair in pairs] == [(2, 3), (4, 5)]
    assert [pair.seconds for pair in pairs] == [pytest.approx(0.857196, abs=1e-5), pytest.approx(0.875155, abs=1e-5)]
    assert pairs[0].start.text == "failed to synthesize speech, retrying in 0.1s"
    assert pairs[0].start.delay == 0.1


def test_events_of_earlier_messages_may_stand_before() -> None:
    conversation = [*events("x", FIRST, SECOND), *events(THIRD, FOURTH), *events(FIFTH)]
    assert [(pair.start.number, pair.end.number) for pair in gap(conversation, RETRY_DUE, CLOSE)] == [(3, 1), (2, 1)]
    assert [pair.seconds for pair in gap(conversation, RETRY_DUE, ERROR)] == [pytest.approx(0.857507, abs=1e-5)]


def test_a_failure_after_another_announcement_belongs_to_that_one() -> None:
    pairs = gap(events(SECOND, FOURTH, FIFTH), RETRY_DUE, CLOSE)
    assert [pair.start.number for pair in pairs] == [2]


def test_a_record_with_a_trace_inside_is_one_event_of_each_kind() -> None:
    lines = [
        Line(1, "failed to synthesize speech, retrying in 0.1s", SECOND),
        Line(1, "Traceback (most recent call last):"),
        Line(1, "E: connection closed"),
    ]
    found = find_events(lines, find_records(lines))
    assert [(event.kind, event.number) for event in found] == [(ERROR, 1), (RETRY, 1)]


def test_the_life_and_the_silence_of_a_connection_are_measured() -> None:
    found = events(
        "08:00:00.000 connecting to wss://x",
        "08:00:00.500 websocket connected",
        "08:00:01.000 sending text",
        "08:00:02.000 flush",
        "08:00:03.000 received audio chunk",
        "08:00:12.000 > PING",
        "08:00:22.000 connection closed: 1008",
        "08:00:22.001 socket closed",
        "08:00:30.000 websocket connected",
        "08:00:31.000 websocket closed",
    )
    assert [(pair.start.number, pair.end.number, pair.seconds) for pair in gap(found, CONNECT, CLOSE)] == [
        (2, 7, 21.5),
        (9, 10, 1.0),
    ]
    assert [(pair.start.number, pair.end.number, pair.seconds) for pair in gap(found, LAST_SEND, CLOSE)] == [(4, 7, 20.0)]
    assert [pair.end.number for pair in gap(found, SEND, RECEIVE)] == [5]


def test_an_applications_keepalive_counts_as_sent() -> None:
    found = events("08:00:01 sending text", "08:00:05 keepalive sent", "08:00:30 websocket closed")
    assert [pair.seconds for pair in gap(found, LAST_SEND, CLOSE)] == [25.0]


def test_times_of_day_run_over_midnight() -> None:
    found = events("23:59:58.5 websocket connected", "00:00:01.0 websocket closed")
    assert [pair.seconds for pair in gap(found, CONNECT, CLOSE)] == [2.5]
    assert found[1].at == DAY + 1.0


def test_a_log_that_runs_backwards_is_put_in_order() -> None:
    found = events("00:00:01.0 websocket closed", "23:59:58.5 websocket connected")
    assert [event.kind for event in found] == [CONNECT, CLOSE]
    assert [pair.seconds for pair in gap(found, CONNECT, CLOSE)] == [2.5]


def test_times_of_day_take_the_date_of_dated_lines() -> None:
    found = events(
        "08:00:00.000 | INFO | websocket connected",
        "2025-09-24 08:00:20.000 | ERROR | app:run:1 - websocket closed",
        "Sep 24 08:00:30 websocket connected",
    )
    assert [pair.seconds for pair in gap(found, CONNECT, CLOSE)] == [20.0]
    assert [event.number for event in found if event.kind is CONNECT] == [1, 3]
    assert found[-1].at - found[0].at == 30.0


def test_a_time_of_day_and_a_date_of_two_messages_are_never_compared() -> None:
    conversation = [*events("08:00:00 websocket connected"), *events("2025-09-24 08:00:20 websocket closed")]
    assert gap(conversation, CONNECT, CLOSE) == ()


def test_lines_without_a_time_are_no_events() -> None:
    assert events("websocket closed unexpectedly", "WARNING: websocket closed", "  at WebSocket.onclose (x.js:1:2)") == ()


def test_a_record_of_level_error_is_an_error_whatever_it_says() -> None:
    assert [event.kind for event in events("2025-09-24 08:00:20,000 - app - ERROR - job 12")] == [ERROR]


def test_nothing_follows_from_nothing() -> None:
    assert gap((), CONNECT, CLOSE) == ()
    assert gap((), RETRY_DUE, ERROR) == ()
    assert gap(events("08:00:00 websocket closed"), LAST_SEND, CLOSE) == ()


PIECES = st.sampled_from(
    [
        "08:00:00 ",
        "2025-09-24 08:00:20 ",
        "23:59:59 ",
        "websocket ",
        "closed ",
        "connected",
        "retrying in 2s",
        "sending",
        "\n",
        "ERROR ",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join))
def test_any_text_gives_events_in_order_and_pairs_within_a_day(text: str) -> None:
    found = events(*text.split("\n"))
    assert list(found) == sorted(found, key=lambda event: event.at)
    assert len({(event.kind, event.number) for event in found}) == len(found)
    for start in (CONNECT, LAST_SEND, RETRY_DUE):
        for pair in gap(found, start, CLOSE):
            assert -0.011 <= pair.seconds <= DAY
