"""Python tracebacks in every form they are printed and pasted in."""

from __future__ import annotations

import json

import pytest

from bot.reading.traces import find_traces
from bot.reading.types import Trace
from bot.reading.unwrap import unwrap


def read(paste: str) -> tuple[Trace, ...]:
    return find_traces(unwrap(paste))


def only(paste: str) -> Trace:
    (trace,) = read(paste)
    return trace


def place(trace: Trace) -> tuple[str | None, int | None, str | None]:
    frame = trace.innermost
    assert frame is not None
    return frame.file, frame.line, frame.function


PLAIN = """Traceback (most recent call last):
  File "/srv/main.py", line 4, in <module>
    main()
  File "/srv/job.py", line 17, in main
    rows = load(path)
           ^^^^^^^^^^
  File "/srv/job.py", line 9, in load
    raise ValueError("no rows")
ValueError: no rows"""

CHAINED = """Traceback (most recent call last):
  File "/srv/net.py", line 12, in connect
    sock.connect(address)
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/main.py", line 4, in <module>
    main()
  File "/srv/client.py", line 30, in send
    raise ServiceError("cannot send") from error
acme.errors.ServiceError: cannot send"""

GROUPED = """  + Exception Group Traceback (most recent call last):
  |   File "/srv/main.py", line 31, in <module>
  |     asyncio.run(main())
  |   File "/srv/main.py", line 22, in main
  |     async with asyncio.TaskGroup() as group:
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/main.py", line 11, in first
    |     raise KeyError("voice")
    | KeyError: 'voice'
    +---------------- 2 ----------------
    | TimeoutError
    +------------------------------------"""


def test_reads_a_complete_traceback() -> None:
    trace = only("it broke:\n" + PLAIN + "\nany idea?")
    assert (trace.language, trace.exception_type, trace.message) == ("python", "ValueError", "no rows")
    assert place(trace) == ("/srv/job.py", 9, "load")
    assert [frame.number for frame in trace.frames] == [3, 5, 8]
    assert (trace.start_line, trace.end_line, trace.truncated, trace.attempts) == (2, 10, False, 1)


def test_a_chain_is_one_trace_root_first_and_reports_the_last() -> None:
    trace = only(CHAINED)
    assert [error.type for error in trace.chain] == ["ConnectionRefusedError", "acme.errors.ServiceError"]
    assert [error.innermost.line for error in trace.chain if error.innermost] == [12, 30]
    assert (trace.exception_type, place(trace)[1], len(trace.frames)) == ("acme.errors.ServiceError", 30, 3)


@pytest.mark.parametrize("indented", [True, False])
def test_a_group_reports_the_group_and_keeps_its_members(indented: bool) -> None:
    paste = GROUPED if indented else "\n".join(line.lstrip() for line in GROUPED.split("\n"))
    trace = only(paste)
    assert (trace.exception_type, place(trace)[1]) == ("ExceptionGroup", 22)
    assert [error.type for error in trace.chain] == ["KeyError", "TimeoutError", "ExceptionGroup"]
    assert trace.end_line == 14


def test_a_member_may_be_a_chain_of_its_own() -> None:
    inner = CHAINED.replace("\n", "\n    | ")
    trace = only(GROUPED.replace("    | TimeoutError", "    | " + inner))
    assert [error.type.rsplit(".")[-1] for error in trace.chain] == [
        "KeyError",
        "ConnectionRefusedError",
        "ServiceError",
        "ExceptionGroup",
    ]


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("ValueError", ""),
        ("ValueError: ", ""),
        ("ValueError: a: b: c", "a: b: c"),
        ("ValueError: {'detail': {'status': 'bad',\n 'message': 'no'}}", "{'detail': {'status': 'bad',\n 'message': 'no'}}"),
        ("ValueError: failed:\n  first\n  second", "failed:\n  first\n  second"),
        ("ValueError: 1 validation error for Job\nname\n  Field required", "1 validation error for Job\nname\n  Field required"),
        (
            "ValueError: Client error '403' for url 'https://a.example'\nFor more information check: https://b.example",
            "Client error '403' for url 'https://a.example'\nFor more information check: https://b.example",
        ),
        ("ValueError: no rows\n\nthanks", "no rows"),
        ("ValueError: no rows\nanyone?", "no rows"),
        ("ValueError: no rows\n2024-01-02 10:00:00 INFO bye", "no rows"),
    ],
)
def test_a_message_is_kept_whole_and_ends_where_it_ends(tail: str, message: str) -> None:
    assert only(PLAIN.replace("ValueError: no rows", tail)).message == message


def test_a_message_longer_than_any_line_is_kept_whole() -> None:
    reason = "received 1008 (policy violation) " + json.dumps({"message": "x" * 9000})
    trace = only(PLAIN.replace("ValueError: no rows", "websockets.exceptions.ConnectionClosedError: " + reason))
    assert (trace.exception_type, trace.message) == ("websockets.exceptions.ConnectionClosedError", reason)


@pytest.mark.parametrize(
    "name",
    ["ValueError", "socket.timeout", "gaierror", "acme.sub.Broken", "KeyboardInterrupt", "__main__.Odd", "f.<locals>.Local"],
)
def test_any_name_on_the_last_line_is_the_type(name: str) -> None:
    assert only(PLAIN.replace("ValueError: no rows", name + ": no")).exception_type == name


@pytest.mark.parametrize(
    ("paste", "exception_type", "line", "truncated"),
    [
        ("\n".join(PLAIN.split("\n")[1:]), "ValueError", 9, True),
        ("\n".join(PLAIN.split("\n")[4:]), "ValueError", 9, True),
        ("\n".join(PLAIN.split("\n")[:-1]), None, 9, True),
        ("\n".join(PLAIN.split("\n")[:4]), None, 17, True),
        ("\n".join(line.strip() for line in PLAIN.split("\n")), "ValueError", 9, False),
        ("\n".join(reversed(PLAIN.split("\n"))), "ValueError", 9, False),
        ("\n".join("2024-01-02 10:00:00,123 ERROR app " + line for line in PLAIN.split("\n")), "ValueError", 9, False),
        ("2024-01-02 10:00:00 ERROR app failed " + PLAIN, "ValueError", 9, False),
        (json.dumps({"exc_info": PLAIN}), "ValueError", 9, False),
        (repr(PLAIN), "ValueError", 9, False),
        (" ".join(line.strip() for line in PLAIN.split("\n") if "^" not in line), "ValueError", 9, False),
        (PLAIN.replace("\n  File", "\n\n> File"), "ValueError", 9, False),
        (
            PLAIN.replace("\n    main()", "\n    main()\n    │ └ <function main at 0x7f>\n    └ <module>\n"),
            "ValueError",
            9,
            False,
        ),
        (PLAIN.replace("    main()\n", "    main()\n  [Previous line repeated 996 more times]\n"), "ValueError", 9, False),
    ],
)
def test_finds_headless_cut_flat_logged_and_reversed_tracebacks(
    paste: str, exception_type: str | None, line: int, truncated: bool
) -> None:
    trace = only(paste)
    assert (trace.exception_type, place(trace)[1], trace.truncated) == (exception_type, line, truncated)


def test_a_syntax_error_points_at_the_place_in_the_source() -> None:
    trace = only('  File "/srv/a.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax')
    assert (trace.exception_type, place(trace)) == ("SyntaxError", ("/srv/a.py", 3, None))


def test_a_second_failure_after_a_blank_line_is_another_trace() -> None:
    first, second = read(PLAIN + "\n\n" + PLAIN.replace("ValueError", "KeyError"))
    assert (first.exception_type, second.exception_type, second.start_line) == ("ValueError", "KeyError", 11)


def test_retries_of_one_failure_are_one_trace_with_its_attempts() -> None:
    trace = only("\n".join(f"2024-01-02 10:00:0{second} WARNING retrying\n{PLAIN}" for second in range(3)))
    assert (trace.attempts, trace.start_line) == (3, 2)


@pytest.mark.parametrize(
    ("first", "second", "attempts"),
    [
        ("closed (request_id=req_8f3a21, at 10:02:11)", "closed (request_id=req_77b0c9, at 10:02:13)", [2]),
        ("status_code: 401", "status_code: 429", [1, 1]),
        ("no rows", "no table", [1, 1]),
    ],
)
def test_only_the_same_failure_is_an_attempt(first: str, second: str, attempts: list[int]) -> None:
    paste = "\n\n".join(
        PLAIN.replace("no rows", message).replace('raise ValueError("', "raise e(") for message in (first, second)
    )
    assert [trace.attempts for trace in read(paste)] == attempts


def test_reads_pytest_failures() -> None:
    paste = """=================================== FAILURES ===================================
__________________________________ test_sum ____________________________________

    def test_sum():
>       assert add(1, 2) == 4
E       assert 3 == 4
E        +  where 3 = add(1, 2)

tests/test_sum.py:8: AssertionError
_________________________________ test_other ___________________________________
tests/test_sum.py:14: in test_other
    add(None, 1)
src/calc.py:3: in add
    return a + b
E   TypeError: unsupported operand type(s)
=========================== short test summary info ============================"""
    first, second = read(paste)
    assert (first.language, first.exception_type, place(first)[:2]) == (
        "python_pytest",
        "AssertionError",
        ("tests/test_sum.py", 8),
    )
    assert (second.exception_type, place(second)) == ("TypeError", ("src/calc.py", 3, "add"))


@pytest.mark.parametrize(
    ("paste", "file", "line"),
    [
        (
            "---------\nKeyError                                  Traceback (most recent call last)\nCell In[3], line 2\n"
            "      1 rows = {}\n----> 2 rows['a']\n\nKeyError: 'a'",
            "Cell In[3]",
            2,
        ),
        (
            "KeyError                                  Traceback (most recent call last)\n"
            "<ipython-input-5-6f8a> in <module>\n----> 1 f({})\n\n~/lib/util.py in f(rows)\n"
            "     11 def f(rows):\n---> 12     rows['a']\n\nKeyError: 'a'",
            "~/lib/util.py",
            12,
        ),
        (
            "KeyError                                  Traceback (most recent call last)\n"
            "[<ipython-input-5-6f8a>](https://localhost:8080/#) in <cell line: 1>()\n----> 1 f({})\n\n"
            "[/usr/lib/python3/util.py](https://localhost:8080/#) in f(rows)\n---> 12     rows['a']\n\nKeyError: 'a'",
            "/usr/lib/python3/util.py",
            12,
        ),
        (
            "KeyError                                  Traceback (most recent call last)\nCell In[3], line 1\n----> 1 f({})\n\n"
            "File ~/lib/util.py:12, in f(rows)\n     11 def f(rows):\n---> 12     rows['a']\n\nKeyError: 'a'",
            "~/lib/util.py",
            12,
        ),
    ],
)
def test_reads_notebook_tracebacks(paste: str, file: str, line: int) -> None:
    trace = only(paste)
    assert (trace.language, trace.exception_type, trace.message) == ("python", "KeyError", "'a'")
    assert place(trace)[:2] == (file, line)


def test_reads_frames_that_a_logger_wrote_as_objects() -> None:
    frames = [{"filename": "/srv/a.py", "lineno": 3, "name": "main"}, {"filename": "/srv/b.py", "lineno": 9, "name": "load"}]
    record = {"event": "failed", "exception": [{"exc_type": "KeyError", "exc_value": "'a'", "frames": frames}]}
    trace = only(json.dumps(record))
    assert (trace.exception_type, place(trace)) == ("KeyError", ("/srv/b.py", 9, "load"))
