"""Unwrapping: what is taken off a paste, what stays, and which pasted line each logical line stands on."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.unwrap import unwrap

TRACE = 'Traceback (most recent call last):\n  File "/srv/job.py", line 7, in run\n    work()\nValueError: no rows'
LINES = TRACE.split("\n")


def texts(paste: str) -> list[str]:
    return [line.text for line in unwrap(paste)]


def prefixed(prefix: str) -> str:
    return "\n".join(prefix + line for line in LINES)


@pytest.mark.parametrize(
    "prefix",
    [
        "> ",
        "> > ",
        "web  | ",
        "api-1      | ",
        "queue.1.k3jd8@node-2    | ",
        "[1] ",
        "[server] ",
        "[pod/api-7d9f/main] ",
        "0|worker  | ",
        "10:02:11 web.1  | ",
        "2024-03-09T10:02:11.123456789Z stdout F ",
        "2024-03-09T10:02:11.1234567Z ",
        "2024-03-09T10:02:11.123456789+00:00 ",
        "2024-03-09T10:02:11.402118+00:00 app[web.1]: ",
        "Mar  9 10:02:11 host-1 worker[812]: ",
        "2024-03-09T10:02:11+00:00 host-1 worker[812]: ",
        "<34>1 2024-03-09T10:02:11.003Z host app 812 ID47 - ",
        "I/flutter (28769): ",
        "E/AndroidRuntime( 3117): ",
        "03-09 10:02:11.120  3117  3117 E AndroidRuntime: ",
        "[  110.280528] ",
        "2024-03-09 10:02:11 | stderr | ",
        "> [1] web  | ",
        "> 2024-03-09T10:02:11.123456789Z stderr F ",
        "web-1  | 2024-03-09T10:02:11.123456789Z ",
        "\x1b[36mweb-1  |\x1b[0m ",
        "\u200bweb-1  | ",
    ],
)
def test_takes_prefixes_off_every_line_and_keeps_the_numbers(prefix: str) -> None:
    assert [(line.number, line.text) for line in unwrap(prefixed(prefix))] == list(enumerate(LINES, 1))


@pytest.mark.parametrize(
    "paste",
    [
        "| name | size |\n| --- | --- |\n| a | 1 |",
        "alpha | one\nbeta | two",
        "error[E0425]: cannot find value\n  --> src/a.rs:3:5\n   |\n 3 |     foo\n   |     ^^^",
        "Stacktrace:\n [1] solve(x)\n [2] main()",
        "def test_one():\n>       assert one() == 2\nE       assert 1 == 2",
        "[INFO] compiling\n[INFO] done",
        "2024-03-09 10:02:11,123 ERROR [main] app - Unhandled error",
        "2024-03-09T10:02:11.123Z INFO started",
        'File "C:\\new\\table.py", line 3, in f',
        "exec('a = 5\\n    b = 7')",
        "rate(errors[5m]) and [main] and [0:3m]",
        '{"level": "info", "message": "one line"}',
        '{"detail": {"status": "bad", "message": "first line\\nsecond line"}}',
        'Body: "<html>\\n<meta name=\\"a\\">\\n</html>\\n"',
    ],
)
def test_leaves_what_only_looks_like_wrapping(paste: str) -> None:
    assert texts(paste) == paste.split("\n")


@pytest.mark.parametrize(
    ("paste", "expected"),
    [
        ("```py\nx = 1\n```", [(2, "x = 1")]),
        ("```\nx\n```\nwhy?", [(2, "x"), (4, "why?")]),
        ("logs:\n```web  | a\nweb  | b```", [(1, "logs:"), (2, "a"), (3, "b")]),
        ("> ```py\n> x\n> ```", [(2, "x")]),
        ("~~~\nx\n~~~", [(2, "x")]),
        ("a\r\nb\r\n", [(1, "a"), (2, "b"), (3, "")]),
        ("10%\r50%\r100%", [(1, "10%"), (1, "50%"), (1, "100%")]),
        ("\u00a0\u00a0at\u200b x\ufeff", [(1, "  at x")]),
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07end", [(1, "red end")]),
        ("[31mred[0m", [(1, "red")]),
        ("\\u001b[31mred\\u001b[0m", [(1, "red")]),
        ("a\x00b\x08", [(1, "ab")]),
        ("", [(1, "")]),
    ],
)
def test_takes_off_fences_line_ends_colours_and_invisible_characters(paste: str, expected: list[tuple[int, str]]) -> None:
    assert [(line.number, line.text) for line in unwrap(paste)] == expected


RECORD = {"level": "error", "logger": "job", "message": TRACE}


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(RECORD),
        json.dumps({"log": json.dumps(RECORD)}),
        json.dumps({"msg": "failed", "exc_info": TRACE}),
        json.dumps({"msg": "failed", "error": {"stack": TRACE}}),
        json.dumps({"stack": LINES}),
        "2024-03-09T10:02:11.123456789Z stdout F " + json.dumps(RECORD),
        "web-1  | " + json.dumps(RECORD),
        "2024-03-09 10:02:11 ERROR job " + json.dumps(RECORD) + " end",
        json.dumps(RECORD)[:-2],
        json.dumps(RECORD, ensure_ascii=True).replace("\n", "\\n"),
        TRACE.replace("\n", "\\n"),
        json.dumps({"message": prefixed("2024-03-09T10:02:11.123456789Z stdout F ")}),
    ],
)
def test_explodes_an_escaped_trace_into_lines_of_one_number(line: str) -> None:
    lines = unwrap("before\n" + line + "\nafter")
    inner = [item for item in lines if item.number == 2]
    assert [item.text for item in inner][-len(LINES) :] == LINES
    assert (lines[0].text, lines[-1].text, lines[-1].number) == ("before", "after", 3)


def test_keeps_the_rest_of_a_record_on_its_first_line_and_the_paste_in_raw() -> None:
    line = json.dumps({"level": "error", "status": 401, "message": TRACE})
    first, *rest = unwrap(line)
    assert json.loads(first.text) == {"level": "error", "status": 401, "message": "…"}
    assert first.raw == line
    assert {item.raw for item in rest} == {""}


def test_raw_keeps_the_prefix_without_colours() -> None:
    first, *_ = unwrap("\x1b[36mweb-1  |\x1b[0m one\nweb-1  | two")
    assert (first.text, first.raw) == ("one", "web-1  | one")


def test_splits_a_trace_whose_line_breaks_became_spaces() -> None:
    first, second = 'File "a.py", line 3, in <module> main()', 'File "b.py", line 9, in main go()'
    flat = f"Traceback (most recent call last): {first} {second} KeyError: 'x'"
    assert texts(flat) == [
        "Traceback (most recent call last):",
        first,
        second,
        "KeyError: 'x'",
    ]
    assert texts("TypeError: no at f (a.js:1:2) at g (b.js:3:4)") == ["TypeError: no", "at f (a.js:1:2)", "at g (b.js:3:4)"]


def test_unquotes_the_lines_of_a_pretty_printed_array() -> None:
    paste = '"stack": [\n  "Error: x",\n  "    at f (a.js:1:2)",\n  "    at g (b.js:3:4)"\n]'
    assert texts(paste)[2:4] == ["    at f (a.js:1:2)", "    at g (b.js:3:4)"]


def test_writes_the_frame_objects_of_a_record_on_lines_of_their_own() -> None:
    frames = [
        {"filename": "a.py", "lineno": 1, "name": "f", "locals": {"x": "1"}},
        {"filename": "b.py", "lineno": 2, "name": "g"},
    ]
    lines = unwrap(json.dumps({"exception": [{"exc_type": "KeyError", "frames": frames}]}))
    assert [json.loads(line.text) for line in lines[1:]] == [
        {"filename": "a.py", "lineno": 1, "name": "f"},
        {"filename": "b.py", "lineno": 2, "name": "g"},
    ]


@given(st.text(alphabet=st.sampled_from('\n\r\t\\"{}[]|>` :nu0at.\x1b\u200b\ud800mFile'), max_size=300))
def test_numbers_ascend_from_one_whatever_the_text(paste: str) -> None:
    numbers = [line.number for line in unwrap(paste)]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= paste.count("\n") + 1 for number in numbers)


@pytest.mark.parametrize("piece", ['{"a":', "[", '{"m": "', "\\\\", "\\n at ", "> ", "\x1b[", "```", 'File "'])
def test_survives_nesting_and_repetition_without_end(piece: str) -> None:
    lines = unwrap(piece * 20_000)
    assert {line.number for line in lines} <= {1}
