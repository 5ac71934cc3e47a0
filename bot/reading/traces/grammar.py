"""The seam between the languages and the arbiter: what a grammar is given and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.reading.types import Frame, Line, RaisedError, Trace

MAX_TEXT = 4096
"""Characters of a line a grammar looks at; a longer line is a message or a minified bundle, and its head says what it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A trace and the logical lines it stands on (`start` to `end`, both included); the arbiter prefers the heavier."""

    trace: Trace
    start: int
    end: int
    weight: int


class Grammar(Protocol):
    """How one runtime prints its traces.

    `marks` are linear patterns (RE2 syntax, case-sensitive); a line without any of them never starts nor continues the
    search, so that ordinary lines cost one pass for all languages together. `find` is given all logical lines and the
    ascending indices of those that bear one of its marks, and yields the traces found.
    """

    @property
    def marks(self) -> tuple[str, ...]: ...

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]: ...


def found(
    language: str,
    lines: Sequence[Line],
    start: int,
    end: int,
    *,
    frames: Sequence[Frame],
    innermost: Frame | None,
    error: RaisedError | None = None,
    chain: Sequence[RaisedError] = (),
    truncated: bool = False,
    weight: int | None = None,
) -> Found:
    """A Found with the trace built from its parts; `chain` is root first and holds the reported `error` as its last."""
    trace = Trace(
        language=language,
        exception_type=error.type if error else None,
        message=error.message if error else "",
        frames=tuple(frames),
        innermost=innermost,
        start_line=lines[start].number,
        end_line=lines[end].number,
        truncated=truncated,
        chain=tuple(chain) if chain else ((error,) if error else ()),
    )
    return Found(trace, start, end, 2 * len(frames) + (3 if error else 0) if weight is None else weight)


def integer(text: str | None) -> int | None:
    """A line number, or None for what is no plausible one."""
    if text and len(text) <= 9 and text.isdecimal() and text.isascii():
        return int(text)
    return None


_LOG_RECORD = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d[\].,\s]|\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|"
    r"CRITICAL|TRACE)\b[\]:\s]"
    r"|[\[{]\"|\d{4}/\d\d/\d\d \d\d:|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:)"
)


def is_record(text: str) -> bool:
    """Whether a line opens a log record of its own, so that it ends whatever stood before it."""
    return bool(_LOG_RECORD.match(text))
