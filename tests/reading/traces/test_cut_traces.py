"""Traces that end before what usually shows them: only the head of a Go panic, a PHP error, a PowerShell record."""

from __future__ import annotations

import pytest

from bot.reading.traces import find_traces
from bot.reading.types import Trace
from bot.reading.unwrap import unwrap

CONCISE = (
    "Invoke-RestMethod: /srv/run.ps1:12:5\nLine |\n  12 |      Invoke-RestMethod -Uri $uri\n"
    "     |      ~~~~~~~~~~~~~~~~~~~~~~~~~~~\n     | Response status code does not indicate success: 401 (Unauthorized)."
)
CASES = [
    ("go, in the goroutine's head", "panic: runtime error: nil map\n\ngoroutine 1 [runni", "go", "panic", None, None),
    (
        "php, after the announcement",
        "PHP Fatal error:  Uncaught PDOException: no server in /srv/Db.php:31\nStack trace:",
        "php",
        "PDOException",
        "/srv/Db.php",
        31,
    ),
    (
        "PowerShell, before the category",
        "Get-Item : Cannot find path.\nAt C:\\srv\\run.ps1:12 char:5\n+     Get-Item $path\n+     ~~~~~~~~",
        "powershell",
        None,
        "C:\\srv\\run.ps1",
        12,
    ),
    ("PowerShell 7", CONCISE, "powershell", None, "/srv/run.ps1", 12),
    (
        "PowerShell 7, a category",
        "ParserError: /srv/run.ps1:3:9\nLine |\n   3 |  if ($a {\n     |         ~\n     | Missing closing ')'.",
        "powershell",
        "ParserError",
        "/srv/run.ps1",
        3,
    ),
]


def only(text: str) -> Trace:
    (trace,) = find_traces(unwrap(text))
    return trace


@pytest.mark.parametrize("prefix", ["", "web-1  | "])
@pytest.mark.parametrize(
    ("text", "language", "kind", "file", "line"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_left_of_a_trace_is_read(
    text: str, language: str, kind: str | None, file: str | None, line: int | None, prefix: str
) -> None:
    trace = only("\n".join(prefix + part for part in text.split("\n")))
    assert (trace.language, trace.exception_type) == (language, kind)
    place = trace.innermost
    assert ((place.file, place.line) if place else (None, None)) == (file, line)


def test_the_message_of_a_concise_record_is_what_stands_behind_its_rails() -> None:
    assert only(CONCISE).message == "Response status code does not indicate success: 401 (Unauthorized)."


@pytest.mark.parametrize(
    "text",
    [
        "PHP Fatal error:  Uncaught PDOException: no server in /srv/Db.php:31",
        "goroutine 5 [started",
        "At line:1 char:1 there is a comma missing",
        "Line |\n  12 | text",
        "Total: 12\nLine |\n",
    ],
)
def test_a_line_that_only_begins_like_a_trace_is_none(text: str) -> None:
    assert find_traces(unwrap(text)) == ()
