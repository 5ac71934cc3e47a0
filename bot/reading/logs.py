"""Finds the records of a log in whatever form the program's logger writes them.

Text formats differ in the order and the punctuation of a few parts: time, level, logger, process, source location. So a line's
head is read part by part until something else begins: the message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading.clock import REACH, Stamp, find_time
from bot.reading.levels import normalize_level, worse
from bot.reading.structured import read_object, read_pairs, trailing_fields
from bot.reading.types import Line, LogRecord

HEAD = 400
"""Characters of a line that its time, level and logger stand in."""
PARTS = 14

_UPPER = (
    "TRACE|DEBUG|VERBOSE|FINE|FINER|FINEST|INFO|INFORMATION|NOTICE|SUCCESS|LOG|WARN|WARNING|ERROR|SEVERE|CRITICAL|CRIT|FATAL|ALERT"
    "|EMERG|PANIC|DBG|INF|WRN|ERR|FTL|EROR"
)
_ANY = rf"(?i:{_UPPER}|silly|fail|http)"
_GAP = re.compile(r"(?:\s|\||:(?!:)|;|,(?=\s)|\](?=[\s:])|-{1,3}(?=\s)|[–—•](?=\s))*")
_LEVEL_UPPER = re.compile(rf"({_UPPER})(?=[\s:\]|/\[(,\-\t]|$)")
_LEVEL_LOWER = re.compile(rf"({_ANY})(?=:\s|\s*\||\s+[-–]\s|\s*\[|\s{{2}}|\t|\s+[\w.$/-]{{1,80}}:\s)")
_LEVEL_LETTER = re.compile(r"([VDIWEFC])(?=[\s/\]|,]|\t)")
_BRACKET = re.compile(r"\[([^\[\]]{0,120})\]")
_PAREN = re.compile(r"\((\d{1,8}|[\w./-]{0,40}(?i:thread|process)[\w./-]{0,40}|[\w-]{1,40}/\d{1,8})\)")
_LOCATION = re.compile(
    r"\(?(?:[\w@./\\$-]{0,200}[\w$-]\.(?:go|py|jsx?|tsx?|mjs|cjs|java|kt|rs|cpp|cc|c|cs|rb|php|swift|dart):\d{1,6})\)?(?=[\s:\]]|$)"
)
_DOTTED = re.compile(
    r"[A-Za-z_$][\w$-]{0,80}(?:(?:\.|::|/)[A-Za-z_$<][\w$<>-]{0,80}){1,12}(?:\[\w{0,20}\])?(?:[:#][\w<>$.-]{1,80}){0,3}(?=\s|:|\||\]|$)"
)
_NAMED = re.compile(r"[A-Za-z_][\w$.@/-]{0,80}(?::[\w<>$.-]{1,80}){0,2}(?=\t|\s{1,20}(?:-{1,2}|\||–|—)\s)")
_GLUED = re.compile(r"([A-Za-z_][\w$.@/-]{0,80}):")
_COLON = re.compile(r"[A-Za-z_$][\w$-]{0,80}(?=:\s)")
_PROCESS = re.compile(r"(?:#?\d{1,8}(?:#\d{1,8})?|pid[= ]\d{1,8}|\d{1,3}\.\d{1,3}s|\+\d{1,6}m?s)(?=[\s:\]|,]|$)")
_THREAD = re.compile(r"\d|(?i:thread|main$|pid|worker|pool|^$|exec|process)")
_MIXED = re.compile(r"[-_.\d]|[a-z][A-Z]")
_FAILURE = re.compile(r"(?:Error|Exception|Warning|Failure|Fault|Errno)$", re.IGNORECASE)
_LEVEL_SEEN = re.compile(rf"(?<![\w.])(?:{_UPPER}|silly|info|debug|warn|warning|error|fatal|http|verbose|trace|fail)(?![\w.])")
_PROSE = re.compile(
    r"\[?[A-Z]+\]?:? (?:is|was|when|while|on|in|at|with|from|after|before|for|and|or|what|why|how|codes?"
    r"|messages?|logs?|i|if|the|this|that|says)\b",
    re.IGNORECASE,
)
"""A sentence that begins with the name of a level."""
_ACCESS = re.compile(r"[\d.:a-f]{2,45}(?::\d{1,5})? - ")


def find_records(lines: Sequence[Line]) -> tuple[LogRecord, ...]:
    """The log records of a paste, at most one a pasted line, in the order pasted; levels as `normalize_level` gives them."""
    return tuple(record for line in lines if line.raw and (record := _read(line)) is not None)


def _read(line: Line) -> LogRecord | None:
    """The record on a line, from its unwrapped text; what that leaves open comes from the prefix a container put before it."""
    raw = line.raw.strip()
    brace = raw.find("{")
    if 0 <= brace <= HEAD and (record := read_object(raw[brace:], line.number)) is not None:
        return _completed(record, raw[:brace]) if brace else record
    text = line.text.strip()
    if record := read_pairs(text, line.number):
        return record
    prefix = raw[: len(raw) - len(text)] if text and len(text) < len(raw) and raw.endswith(text) else ""
    record = _read_text(text, line.number)
    if record is not None:
        return _completed(record, prefix) if prefix else record
    stamp = find_time(prefix) if prefix else None
    return LogRecord(line.number, stamp.at, "", "", text) if stamp is not None and text else None


def _completed(record: LogRecord, prefix: str) -> LogRecord:
    """A record with the time, level and logger that stand before it on its line, where it has none of its own."""
    if record.at is not None and record.level:
        return record
    head = _read_text(prefix.strip() + " .", record.number)
    stamp = find_time(prefix)
    return LogRecord(
        record.number,
        record.at if record.at is not None else (stamp.at if stamp else None),
        record.level or (head.level if head else ""),
        record.logger or (head.logger if head else ""),
        record.message,
        record.fields,
    )


def _read_text(text: str, number: int) -> LogRecord | None:
    """The record a line of text begins with, or None when it begins with neither a time nor a level."""
    head = text[:HEAD]
    stamp = find_time(head)
    if stamp is None and not _LEVEL_SEEN.search(head[:REACH]):
        return None
    level = logger = ""
    at: float | None = None
    position = 0
    for _ in range(PARTS):
        start = _GAP.match(head, position).end()  # type: ignore[union-attr]  # the pattern matches the empty string
        part = _part(head, start, stamp if at is None else None, level, at is not None)
        if part is None:
            break
        end, kind, value = part
        if kind == "time" and stamp is not None:
            at, logger = stamp.at, ""  # what stood before the time was the program, not the logger
        elif kind == "level":
            level = worse(level, value)
        elif kind == "logger" and (not logger or "." in value):
            logger = value
        elif kind == "all":
            at, level, logger = (stamp.at if stamp else at), value or level, ""
        position = end
        if (
            kind == "level"
            and (glued := _GLUED.match(head, end + 1))
            and head[end : end + 1] == ":"
            and not _FAILURE.search(glued[1])
        ):
            logger, position = glued[1], glued.end()
            break
        if kind == "level" and _ACCESS.match(head, _GAP.match(head, end).end()):  # type: ignore[union-attr]  # as above
            break
    if at is None and (not level or _PROSE.match(head)):
        return None
    message, fields = trailing_fields(_message(text, position))
    if at is None and not message:
        return None
    return LogRecord(number, at, level, logger, message, fields)


def _message(text: str, position: int) -> str:
    """What follows the head, without the separator."""
    return (
        text[position:].lstrip(" \t|:,-–—]").rstrip()
        if not text[position : position + 2].startswith((" -1", "-1"))
        else text[position:].strip()
    )


def _part(head: str, start: int, stamp: Stamp | None, level: str, timed: bool) -> tuple[int, str, str] | None:
    """The part of a record's head at `start`: where it ends, what it is, and its value; None where the message begins."""
    if bracket := _BRACKET.match(head, start):
        return _bracket(bracket, stamp, level)
    if stamp is not None and start <= stamp.start <= start + 1:
        return stamp.end, "time", ""
    if (match := _LEVEL_UPPER.match(head, start)) and (
        not level or head[match.end() : match.end() + 1] == ":" or normalize_level(match[1]) == level
    ):
        return match.end(), "level", normalize_level(match[1])
    if not level:
        if (match := _LEVEL_LOWER.match(head, start)) and (timed or _plainly_begins(head, match)):
            return match.end(), "level", normalize_level(match[1])
        if (match := _LEVEL_LETTER.match(head, start)) and (timed or (stamp is not None and stamp.start - match.end() <= 3)):
            return match.end(), "level", normalize_level(match[1])
    if not (level or timed or stamp):
        return None
    if match := _PAREN.match(head, start) or _LOCATION.match(head, start) or _PROCESS.match(head, start):
        return match.end(), "place", ""
    if (match := _NAMED.match(head, start) or _DOTTED.match(head, start)) and not _FAILURE.search(match[0]):
        return match.end(), "logger", match[0].split(":", 1)[0] if "::" not in match[0] else match[0]
    if (level or timed) and (match := _COLON.match(head, start)) and _MIXED.search(match[0]) and not _FAILURE.search(match[0]):
        return match.end(), "logger", match[0]
    return None


def _plainly_begins(head: str, level: re.Match[str]) -> bool:
    """Whether a lower-case level opens a line of a log (`error: text`), and is not a property of a printed object."""
    return level.start() == 0 and level[1].islower() and head[level.end() :].lstrip(": \t")[:1] not in tuple("'\"{[`")


def _bracket(bracket: re.Match[str], stamp: Stamp | None, level: str) -> tuple[int, str, str]:
    """What stands in square brackets: a level, a time with or without one, a logger, or a thread."""
    inside = bracket[1].strip()
    if stamp is not None and bracket.start() < stamp.start < bracket.end():
        word = next(
            (
                name
                for word in re.split(r"[\s:/,]+", inside)
                if len(word) > 2 and word.isalpha() and (name := normalize_level(word))
            ),
            "",
        )
        return bracket.end(), "all", word
    if not level and (word := normalize_level(inside.rsplit(":", 1)[-1])) and not inside.isdigit():
        return bracket.end(), "level", word
    if inside and " " not in inside and not _THREAD.search(inside):
        return bracket.end(), "logger", inside
    return bracket.end(), "place", ""
