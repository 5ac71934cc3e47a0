"""Finds the records of a log in whatever form the program's logger writes them.

A line is an object of fields, key=value pairs, or text with a head before the message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading.clock import REACH, find_time
from bot.reading.heads import LENGTH, LEVEL_NAMES, HeadReader
from bot.reading.structured import read_object, read_pairs, trailing_fields
from bot.reading.types import Line, LogRecord

SHORTEST = 5
"""Characters of a record at least: a level and something said."""
_LEVEL_SEEN = re.compile(
    rf"(?<![\w.])(?:{LEVEL_NAMES}|silly|info|debug|warn|warning|error|fatal|http|verbose|trace|fail)(?![\w.])"
)
_PROSE = re.compile(
    r"\[?[A-Z]+\]?:? (?:is|was|when|while|on|in|at|with|from|after|before|for|and|or|what|why|how|codes?"
    r"|messages?|logs?|i|if|the|this|that|says)\b",
    re.IGNORECASE,
)
"""A sentence that begins with the name of a level."""


def find_records(lines: Sequence[Line]) -> tuple[LogRecord, ...]:
    """The log records of a paste, at most one a pasted line, in the order pasted; levels as `normalize_level` gives them."""
    heads = HeadReader()
    return tuple(record for line in lines if len(line.raw) >= SHORTEST and (record := _read(line, heads)) is not None)


def _read(line: Line, heads: HeadReader) -> LogRecord | None:
    """The record on a line, from its unwrapped text; what that leaves open comes from the prefix a container put before it."""
    raw = line.raw.strip()
    brace = raw.find("{")
    if 0 <= brace <= LENGTH and (record := read_object(raw[brace:], line.number)) is not None:
        return _completed(record, raw[:brace], heads) if brace else record
    text = line.text.strip()
    if record := read_pairs(text, line.number):
        return record
    prefix = raw[: len(raw) - len(text)] if text and len(text) < len(raw) and raw.endswith(text) else ""
    record = _read_text(text, line.number, heads)
    if record is not None:
        return _completed(record, prefix, heads) if prefix else record
    stamp = find_time(prefix) if prefix else None
    return LogRecord(line.number, stamp.at, "", "", text) if stamp is not None and text else None


def _completed(record: LogRecord, prefix: str, heads: HeadReader) -> LogRecord:
    """A record with the time, level and logger that stand before it on its line, where it has none of its own."""
    if record.at is not None and record.level:
        return record
    head = _read_text(prefix.strip() + " .", record.number, heads)
    stamp = find_time(prefix)
    return LogRecord(
        record.number,
        record.at if record.at is not None else (stamp.at if stamp else None),
        record.level or (head.level if head else ""),
        record.logger or (head.logger if head else ""),
        record.message,
        record.fields,
    )


def _read_text(text: str, number: int, heads: HeadReader) -> LogRecord | None:
    """The record a line of text begins with, or None when it begins with neither a time nor a level."""
    start = text[:LENGTH]
    stamp = find_time(start)
    if stamp is None and not _LEVEL_SEEN.search(start[:REACH]):
        return None
    head = heads.read(start, stamp)
    if head.at is None and (not head.level or _PROSE.match(start)):
        return None
    message, fields = trailing_fields(_message(text, head.position))
    if head.at is None and not message:
        return None
    return LogRecord(number, head.at, head.level, head.logger, message, fields)


def _message(text: str, position: int) -> str:
    """What follows the head, without the separator."""
    return (
        text[position:].lstrip(" \t|:,-–—]").rstrip()
        if not text[position : position + 2].startswith((" -1", "-1"))
        else text[position:].strip()
    )
