"""The whole reading: it never raises, hides secrets everywhere, and keeps the line numbers of the text as given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.reading.types import EventKind, Reading, SignalKind

KEY = "pk_live_" + "0123456789abcdefghij"
PASSWORD = "Tr0ub4dor-and-3-more"


@pytest.fixture(scope="module")
def reader(snapshot: Snapshot) -> Reader:
    return Reader(snapshot.profile)


def texts(value: object) -> Iterator[str]:
    """Every text anywhere inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in texts(part))
    elif isinstance(value, (tuple, list, frozenset)):
        yield from (text for item in value for text in texts(item))
    elif is_dataclass(value):
        yield from (text for field in fields(value) for text in texts(getattr(value, field.name)))


def test_one_message_gives_all_kinds_of_facts(reader: Reader) -> None:
    reading = reader.read(
        "why does this happen?\n"
        "2026-01-01 10:00:00,000 - app - WARNING - connection closed: 4001 no heartbeat\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/labels.py", line 12, in print_label\n'
        "    client.create(weight=40)\n"
        'parcelo.ApiError: 422 {"fault": "weight_exceeded"}'
    )
    assert (reading.prose, reading.prose_lines) == ("why does this happen?", frozenset({1}))
    (record,) = reading.records
    assert (record.number, record.level, record.logger) == (2, "warning", "app")
    assert [(event.kind, event.number) for event in reading.events] == [(EventKind.CLOSE, 2)]
    (trace,) = reading.traces
    assert (trace.exception_type, trace.start_line, trace.end_line) == ("parcelo.ApiError", 3, 6)
    found = {(signal.kind, signal.value, signal.number) for signal in reading.signals}
    assert found >= {
        (SignalKind.WS_CLOSE, "4001", 2),
        (SignalKind.EXCEPTION, "parcelo.ApiError", 6),
        (SignalKind.API_ERROR, "weight_exceeded", 6),
        (SignalKind.PRODUCT, "name", 6),
    }
    assert reading.dropped == 0


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "\x00\x01\x02", "\ud800", "\ufeff", "```", "{", '{"a":', "\\", "\r\r\r"])
def test_a_text_that_says_nothing_gives_no_facts(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert (reading.traces, reading.records, reading.events, reading.signals, reading.redactions) == ((), (), (), (), ())


FRAGMENTS = st.sampled_from(
    [
        "Traceback (most recent call last):\n",
        '  File "a.py", line 1, in f\n',
        "    at f (a.js:1:2)\n",
        "\tat a.B.c(D.java:1)\n",
        "goroutine 1 [running]:\n",
        '{"message": "x\\nTraceback (most recent call last):\\n File \\"a.py\\", line 1, in f\\nE: x", "level": "ERROR"}\n',
        "service_1  | ",
        "2026-01-01T10:00:00Z ",
        "\x1b[31m",
        "```\n",
        "> ",
        "received 1008 (",
        '{"detail": {"fault": "',
        "api_key=",
        "\\n",
        "\r\n",
        "ValueError: x\n",
        "\ud83d",
        "\u200b",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=40), max_size=25).map("".join))
def test_no_text_makes_it_raise_and_lines_are_those_of_the_text(snapshot: Snapshot, text: str) -> None:
    reading = Reader(snapshot.profile).read(text)
    last = text.count("\n") + 1
    numbers = [signal.number for signal in reading.signals] + [line.number for line in reading.lines]
    numbers += [number for trace in reading.traces for number in (trace.start_line, trace.end_line)]
    assert all(1 <= number <= last for number in numbers)
    assert all(trace.start_line <= trace.end_line for trace in reading.traces)


@given(st.binary(max_size=3000))
def test_bytes_taken_for_text_do_not_make_it_raise(snapshot: Snapshot, data: bytes) -> None:
    for encoding in ("utf-8", "latin-1", "utf-16"):
        reading = Reader(snapshot.profile).read(data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace"))
        for text in texts(reading):
            text.encode("utf-8")


SECRETS = [
    ("in prose", "my key is {key} and nothing works"),
    ("in code", 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    Client("{key}")\nValueError: no {key}'),
    ("in an error message", "parcelo.ApiError: the key {key} is not valid"),
    ("in a JSON log", '{{"message": "sent {key}", "level": "ERROR", "headers": {{"x-api-key": "{key}"}}, "time": 1767261600}}'),
    ("in an escaped trace", '{{"message": "Traceback (most recent call last):\\n File \\"a.py\\", line 1, in f\\nE: {key}"}}'),
    ("in a header", "curl -H 'Authorization: Bearer {key}' https://api.parcelo.example"),
    ("in an address", "wss://api.parcelo.example/v2/track/live?api_key={key}"),
    ("in a close reason", "received 1008 (policy violation) bad key {key}; then sent 1008 (policy violation)"),
    ("in an error body", '{{"fault": "depot_closed", "message": "key {key}"}}'),
    ("over a line break", "PARCELO_API_KEY=pk_live_0123456789\nabcdefghij0123456789"),
    ("a password", "postgres://me:{password}@db.example/labels is refused"),
    ("an assignment", 'password = "{password}"'),
]  # fmt: skip


@pytest.mark.parametrize("form", [row[1] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_a_secret_is_in_no_field_of_the_reading(reader: Reader, form: str) -> None:
    reading = reader.read("hello\n" + form.format(key=KEY, password=PASSWORD))
    everything = "\n".join(texts(reading))
    assert KEY not in everything
    assert "abcdefghij" not in everything
    assert PASSWORD not in everything
    assert {redaction.number for redaction in reading.redactions} >= {2} or "File" in form
    assert reading.redactions


def test_lines_inside_a_json_log_are_those_of_the_paste(reader: Reader) -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nparcelo.ApiError: depot_closed'
    log = json.dumps({"message": f"failed\n{trace}", "level": "ERROR", "timestamp": "2026-01-01T10:00:00Z"})
    reading = reader.read(f"app_1  | starting\napp_1  | {log}\napp_1  | next\napp_1  | HTTP/1.1 429 Too Many Requests")
    (found,) = reading.traces
    assert (found.start_line, found.end_line, {frame.number for frame in found.frames}) == (2, 2, {2})
    numbers = {signal.kind: signal.number for signal in reading.signals}
    assert numbers[SignalKind.API_ERROR] == 2
    assert numbers[SignalKind.HTTP_STATUS] == 4


def test_line_numbers_do_not_depend_on_the_line_endings(reader: Reader) -> None:
    text = "one\n\n```py\nHTTP/1.1 429 Too Many Requests\n```\nfault: depot_closed"
    for ending in ("\n", "\r\n"):
        reading = reader.read(text.replace("\n", ending))
        assert {signal.number for signal in reading.signals} == {4, 6}


def test_a_paste_of_five_megabytes_keeps_its_head_and_tail(reader: Reader) -> None:
    filler = "2026-01-01 10:00:00,000 - app - INFO - printed one label\n" * 90_000
    reading = reader.read("HTTP/1.1 429 Too Many Requests\n" + filler + "fault: depot_closed")
    assert reading.dropped > 4_000_000
    assert len(reading.text) <= 1_000_100
    kinds = {signal.kind: signal for signal in reading.signals}
    assert kinds[SignalKind.HTTP_STATUS].number == 1
    assert kinds[SignalKind.API_ERROR].number == reading.lines[-1].number == reading.text.count("\n") + 1
    assert f"{reading.dropped} characters left out" in reading.text


def test_the_limit_can_be_set(snapshot: Snapshot) -> None:
    assert Reader(snapshot.profile, limit=2000).read("x" * 5000).dropped == 3000


def test_the_same_text_gives_the_same_reading(reader: Reader) -> None:
    text = "why?\nHTTP 429\nparcelo.ApiError: depot_closed\n" * 5
    first, second = reader.read(text), reader.read(text)
    assert isinstance(first, Reading)
    assert first == second
