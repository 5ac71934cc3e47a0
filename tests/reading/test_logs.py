"""Records of a log, in the forms of the loggers people use."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.clock import YEARLESS
from bot.reading.levels import normalize_level, worse
from bot.reading.logs import find_records
from bot.reading.types import Line, LogRecord

AT = datetime(2025, 9, 24, 8, 14, 41, tzinfo=UTC).timestamp()
NO_YEAR = datetime(YEARLESS, 9, 24, 8, 14, 41, tzinfo=UTC).timestamp()
NO_DATE = 8 * 3600 + 14 * 60 + 41.0


def records(text: str) -> tuple[LogRecord, ...]:
    """The records of a text whose lines need no unwrapping."""
    return find_records([Line(i, line, line) for i, line in enumerate(text.split("\n"), 1)])


@pytest.mark.parametrize(
    ("line", "at", "level", "logger", "message"),
    [
        # Python
        ("2025-09-24 08:14:41,441 - app.tts - WARNING - socket closed", AT + 0.441, "warning", "app.tts", "socket closed"),
        ("2025-09-24 08:14:41,441 - WARNING app.tts - socket closed", AT + 0.441, "warning", "app.tts", "socket closed"),
        ("2025-09-24 08:14:41,441 INFO app.tts: socket closed", AT + 0.441, "info", "app.tts", "socket closed"),
        ("2025-09-24 08:14:41,441 [MainThread] ERROR app.tts - socket closed", AT + 0.441, "error", "app.tts", "socket closed"),
        ("2025-09-24 08:14:41.441 ERROR (MainThread) [app.tts] socket closed", AT + 0.441, "error", "app.tts", "socket closed"),
        ("[2025-09-24 08:14:41,441] INFO:voice-agent: socket closed", AT + 0.441, "info", "voice-agent", "socket closed"),
        ("[2025-09-24 08:14:41,040] INFO:voice-agent: socket closed", AT + 0.04, "info", "voice-agent", "socket closed"),
        ("[2025-09-24 08:14:41,441: ERROR/ForkPoolWorker-1] socket closed", AT + 0.441, "error", "", "socket closed"),
        ("WARNING:app.tts:socket closed", None, "warning", "app.tts", "socket closed"),
        ("ERROR:root:socket closed", None, "error", "root", "socket closed"),
        ("ERROR    app.tts:tts.py:12 socket closed", None, "error", "app.tts", "socket closed"),
        (
            'INFO:     127.0.0.1:43056 - "GET /health HTTP/1.1" 200 OK',
            None,
            "info",
            "",
            '127.0.0.1:43056 - "GET /health HTTP/1.1" 200 OK',
        ),
        (
            'INFO: 127.0.0.1:43056 - "GET /health HTTP/1.1" 200 OK',
            None,
            "info",
            "",
            '127.0.0.1:43056 - "GET /health HTTP/1.1" 200 OK',
        ),
        (
            "2025-09-24 08:14:41.441 | ERROR    | app.tts:run_tts:92 - socket closed",
            AT + 0.441,
            "error",
            "app.tts",
            "socket closed",
        ),
        ("08:14:41.441 | INFO    | httpx:1740 - socket closed", NO_DATE + 0.441, "info", "httpx", "socket closed"),
        ("2025-09-24T08:14:41.441000Z [warning  ] socket closed", AT + 0.441, "warning", "", "socket closed"),
        (
            "2025-09-24 08:14:41 [warning  ] socket closed                  code=1008 attempt=2",
            AT,
            "warning",
            "",
            "socket closed",
        ),
        # JavaScript
        ("[08:14:41.441] WARN (4711): socket closed", NO_DATE + 0.441, "warning", "", "socket closed"),
        ("2025-09-24T08:14:41.441Z [error]: socket closed", AT + 0.441, "error", "", "socket closed"),
        ("error: socket closed", None, "error", "", "socket closed"),
        ("[Nest] 4711  - 09/24/2025, 8:14:41 AM   ERROR [TtsService] socket closed", AT, "error", "TtsService", "socket closed"),
        # JVM, .NET
        (
            "2025-09-24 08:14:41.441 ERROR 1234 --- [main] c.acme.tts.Client : socket closed",
            AT + 0.441,
            "error",
            "c.acme.tts.Client",
            "socket closed",
        ),
        (
            "08:14:41.441 [main] ERROR com.acme.Client - socket closed",
            NO_DATE + 0.441,
            "error",
            "com.acme.Client",
            "socket closed",
        ),
        ("[2025-09-24 08:14:41 ERR] socket closed", AT, "error", "", "socket closed"),
        (
            "24-Sep-2025 08:14:41.441 SEVERE [main] com.acme.Client.run socket closed",
            AT + 0.441,
            "error",
            "com.acme.Client.run",
            "socket closed",
        ),
        # Go, Rust, Ruby
        ("2025/09/24 08:14:41 socket closed", AT, "", "", "socket closed"),
        ("2025/09/24 08:14:41 main.go:12: socket closed", AT, "", "", "socket closed"),
        ('time=2025-09-24T08:14:41Z level=WARN msg="socket closed" code=1008', AT, "warning", "", "socket closed"),
        ("WARN[2025-09-24T08:14:41Z] socket closed", AT, "warning", "", "socket closed"),
        (
            '2025-09-24T08:14:41.441Z\tWARN\ttts\tclient/ws.go:12\tsocket closed\t{"code": 1008}',
            AT + 0.441,
            "warning",
            "",
            "socket closed",
        ),
        ("E0924 08:14:41.441000      12 ws.go:12] socket closed", NO_YEAR + 0.441, "", "", "socket closed"),
        (
            "2025-09-24T08:14:41.441Z  WARN my_crate::socket: socket closed",
            AT + 0.441,
            "warning",
            "my_crate::socket",
            "socket closed",
        ),
        ("E, [2025-09-24T08:14:41.441000 #12] ERROR -- : socket closed", AT + 0.441, "error", "", "socket closed"),
        # servers and systems
        ("2025/09/24 08:14:41 [error] 29#29: *1 upstream timed out", AT, "error", "", "*1 upstream timed out"),
        ("2025-09-24 08:14:41.441 UTC [12] ERROR:  socket closed", AT + 0.441, "error", "", "socket closed"),
        ("[Wed Sep 24 08:14:41.441 2025] [core:error] [pid 12] socket closed", AT + 0.441, "error", "", "socket closed"),
        ("2025-09-24T10:14:41+0200 error VoiceKit: socket closed", AT, "error", "VoiceKit", "socket closed"),
    ],
)
def test_text_records_are_read_whatever_the_order_of_their_parts(
    line: str, at: float | None, level: str, logger: str, message: str
) -> None:
    found = records(line)
    assert len(found) == 1
    assert found[0].at == (at if at is None else pytest.approx(at, abs=1e-5))
    assert (found[0].level, found[0].message) == (level, message)
    if logger:
        assert found[0].logger == logger


@pytest.mark.parametrize(
    ("fields", "level", "logger"),
    [
        (
            {"message": "socket closed", "level": "WARNING", "name": "app", "timestamp": "2025-09-24T08:14:41+00:00"},
            "warning",
            "app",
        ),
        (
            {"asctime": "2025-09-24 08:14:41,000", "levelname": "WARNING", "name": "app", "message": "socket closed"},
            "warning",
            "app",
        ),
        ({"event": "socket closed", "level": "warning", "logger": "app", "timestamp": "2025-09-24T08:14:41Z"}, "warning", "app"),
        ({"level": 40, "time": AT * 1000, "pid": 1, "hostname": "h", "msg": "socket closed"}, "warning", ""),
        ({"level": "warn", "ts": AT, "caller": "ws.go:12", "msg": "socket closed"}, "warning", ""),
        ({"time": "2025-09-24T08:14:41Z", "level": "WARN", "msg": "socket closed"}, "warning", ""),
        ({"severity": "WARNING", "message": "socket closed", "timestamp": "2025-09-24T08:14:41Z"}, "warning", ""),
        (
            {"@timestamp": "2025-09-24T08:14:41Z", "log.level": "WARN", "message": "socket closed", "log.logger": "app"},
            "warning",
            "app",
        ),
        ({"@t": "2025-09-24T08:14:41Z", "@l": "Warning", "@m": "socket closed"}, "warning", ""),
        (
            {"timestamp": "2025-09-24T08:14:41Z", "level": "WARN", "fields": {"message": "socket closed"}, "target": "app"},
            "warning",
            "app",
        ),
        (
            {
                "text": "2025-09-24 08:14:41 | WARNING | socket closed\n",
                "record": {
                    "level": {"name": "WARNING", "no": 30},
                    "message": "socket closed",
                    "name": "app",
                    "time": {"timestamp": AT},
                },
            },
            "warning",
            "app",
        ),
        (
            {
                "timestamp": "2025-09-24T08:14:41Z",
                "severity": "WARNING",
                "jsonPayload": {"message": "socket closed", "logger": "app"},
            },
            "warning",
            "app",
        ),
    ],
)
def test_json_records_are_read_under_every_usual_key(fields: dict[str, object], level: str, logger: str) -> None:
    text = json.dumps(fields)
    for line in (text, f"web-1  | {text}", f"2025-09-24T08:14:41Z stdout F {text}"):
        (found,) = records(line)
        assert found.at == pytest.approx(AT)
        assert (found.level, found.logger, found.message) == (level, logger, "socket closed")


def test_a_record_inside_a_container_runtimes_record_is_the_programs() -> None:
    inner = json.dumps({"message": "socket closed", "level": "error"})
    (found,) = records(json.dumps({"log": inner + "\n", "stream": "stderr", "time": "2025-09-24T08:14:41Z"}))
    assert (found.at, found.level, found.message) == (AT, "error", "socket closed")


def test_a_json_record_that_is_cut_off_is_still_read() -> None:
    (found,) = records('{"timestamp": "2025-09-24T08:14:41Z", "level": "ERROR", "message": "failed\\nTraceback (most recent')
    assert (found.at, found.level, found.message) == (AT, "error", "failed")


def test_a_printed_dictionary_is_a_record_as_well() -> None:
    (found,) = records("{'event': 'socket closed', 'level': 'info', 'timestamp': '2025-09-24T08:14:41Z'}")
    assert (found.at, found.level, found.message) == (AT, "info", "socket closed")


def test_a_message_is_its_first_line_and_the_fields_keep_the_rest() -> None:
    (found,) = records(
        json.dumps({"message": "failed, retrying in 0.1s\nTraceback (most recent call last):", "level": "WARNING", "attempt": 1})
    )
    assert found.message == "failed, retrying in 0.1s"
    assert found.fields["attempt"] == 1
    assert "Traceback" in str(found.fields["message"])


def test_fields_after_a_message_are_taken_off_it() -> None:
    (found,) = records('2025-09-24 08:14:41,441 - WARNING app - failed, retrying in 0.1s {"attempt": 1, "streamed": true}')
    assert (found.message, found.fields) == ("failed, retrying in 0.1s", {"attempt": 1, "streamed": True})
    (found,) = records("2025-09-24 08:14:41 [warning  ] socket closed    code=1008 reason='x'")
    assert found.fields["code"] == "1008"


def test_an_error_body_quoted_by_a_message_stays_in_it() -> None:
    (found,) = records('2025-09-24 08:14:41,441 - ERROR app - API error: {"detail": {"status": "quota_exceeded"}}')
    assert found.message == 'API error: {"detail": {"status": "quota_exceeded"}}'


def test_the_time_of_a_container_prefix_serves_where_the_record_has_none() -> None:
    raw = "2025-09-24T08:14:41.000000000Z socket closed"
    assert find_records([Line(1, "socket closed", raw)]) == (LogRecord(1, AT, "", "", "socket closed"),)
    raw = "Sep 24 08:14:41 host app[12]: ERROR socket closed: reason"
    (found,) = find_records([Line(1, "ERROR: socket closed", raw[: raw.index("ERROR")] + "ERROR: socket closed")])
    assert (found.at, found.level) == (NO_YEAR, "error")


def test_logical_lines_of_one_pasted_line_are_one_record() -> None:
    raw = json.dumps({"message": "failed\nTraceback (most recent call last):\n  File", "level": "ERROR"})
    lines = [Line(3, "failed", raw), Line(3, "Traceback (most recent call last):"), Line(3, "2025-09-24 08:14:41 ERROR x")]
    assert [record.number for record in find_records(lines)] == [3]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Traceback (most recent call last):",
        '  File "/app/x.py", line 12, in run',
        "TypeError: x is not a function",
        "Error: socket closed",
        "    at f (/app/x.js:1:2)",
        "I get an error when I start it at 08:14:41, why?",
        "error code 1008",
        '{"detail": {"status": "quota_exceeded", "message": "no credits"}}',
        '{"message": "Unauthorized"}',
        "  error: 'quota_exceeded',",
        "app.Error: headers: {'date': 'Wed, 24 Sep 2025 08:14:41 GMT'}, body: {'message': 'no credits'}",
        "INFO is what I see",
        "const level = 3;",
    ],
)
def test_what_is_no_log_gives_no_record(line: str) -> None:
    assert records(line) == ()


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("WARN", "warning"), ("Warning", "warning"), ("E", "error"), ("SEVERE", "error"), ("fatal", "critical"),
        ("TRACE", "debug"),
        ("notice", "info"), (10, "debug"), (30, "info"), (40, "warning"), (50, "error"), (60, "critical"),
        (3, "error"), (6, "info"), ("40", "warning"),
        ("loud", ""), (None, ""), (True, ""), (float("nan"), ""), (-5, ""), ([], ""), (10**9, ""),
    ],
)  # fmt: skip
def test_levels_are_brought_down_to_five_words(value: object, level: str) -> None:
    assert normalize_level(value) == level


def test_the_worse_of_two_levels_counts() -> None:
    assert worse("info", "error") == worse("error", "info") == "error"
    assert worse("", "debug") == "debug"


PIECES = st.sampled_from(
    [
        "2025-09-24 08:14:41",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        '"message": ',
        '"',
        "'",
        "ERROR",
        "level=",
        " - ",
        ": ",
        "|",
        "\\",
        "a.b.c",
        "1",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=20).map("".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for record in records(text):
        assert 1 <= record.number <= text.count("\n") + 1
        assert record.level in ("", "debug", "info", "warning", "error", "critical")
