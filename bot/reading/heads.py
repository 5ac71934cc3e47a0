"""Reads the head of a line of a text log: its time, level and logger, part by part, until the message begins.

Text formats differ in the order and the punctuation of a few parts: time, level, logger, process, source location.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.reading.clock import Stamp
from bot.reading.levels import normalize_level, worse

LENGTH = 400
"""Characters of a line that its time, level and logger stand in."""
PARTS = 14
LAYOUTS = 16
"""Heads that are remembered: a program has few, and repeats them on every line."""

LEVEL_NAMES = (
    "TRACE|DEBUG|VERBOSE|FINE|FINER|FINEST|INFO|INFORMATION|NOTICE|SUCCESS|LOG|WARN|WARNING|ERROR|SEVERE|CRITICAL|CRIT|FATAL|ALERT"
    "|EMERG|PANIC|DBG|INF|WRN|ERR|FTL|EROR"
)
_ANY = rf"(?i:{LEVEL_NAMES}|silly|fail|http)"
_GAP = re.compile(r"(?:\s|\||:(?!:)|;|,(?=\s)|\](?=[\s:])|-{1,3}(?=\s)|[–—•](?=\s))*")
_LEVEL_UPPER = re.compile(rf"({LEVEL_NAMES})(?=[\s:\]|/\[(,\-\t]|$)")
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
_SENTENCE = re.compile(r"(?!pid\b)[A-Za-z][a-z]{1,40} [A-Za-z0-9]")
"""Two plain words: the message, and no other part of a head."""
_MIXED = re.compile(r"[-_.\d]|[a-z][A-Z]")
_FAILURES = ("error", "exception", "warning", "failure", "fault", "errno")
_ACCESS = re.compile(r"[\d.:a-f]{2,45}(?::\d{1,5})? - ")


class Head(NamedTuple):
    """What stands before a message: its time in seconds, None without one, and the `position` where the head ends.

    A tuple, for every line of a log makes one.
    """

    at: float | None
    level: str
    logger: str
    position: int


class HeadReader:
    """Reads the heads of one log, and knows those again that differ only in their time."""

    def __init__(self) -> None:
        self._layouts: dict[str, tuple[str, str, int]] = {}

    def read(self, head: str, stamp: Stamp | None) -> Head:
        """The head of a line, given its first characters and the time found in them."""
        if stamp is None or stamp.start > 0:
            return _read(head, stamp, None, 0)[0]
        for layout, (level, logger, length) in self._layouts.items():
            if head.startswith(layout, stamp.end) and _SENTENCE.match(head, stamp.end + len(layout)):
                return Head(stamp.at, level, logger, stamp.end + length)
        found, begins = _read(head, stamp, stamp.at, stamp.end)
        if begins > 0 and len(self._layouts) < LAYOUTS:
            self._layouts[head[stamp.end : begins]] = (found.level, found.logger, found.position - stamp.end)
        return found


def _read(head: str, stamp: Stamp | None, at: float | None, position: int) -> tuple[Head, int]:
    """The head from a position on, and where its message begins if that is plainly a sentence, else 0."""
    level = logger = ""
    for _ in range(PARTS):
        start = _GAP.match(head, position).end()  # type: ignore[union-attr]  # the pattern matches the empty string
        if level and _SENTENCE.match(head, start):
            return Head(at, level, logger, position), start
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
            and not _is_failure(glued[1])
        ):
            logger, position = glued[1], glued.end()
            break
        if kind == "level" and _ACCESS.match(head, _GAP.match(head, end).end()):  # type: ignore[union-attr]  # as above
            break
    return Head(at, level, logger, position), 0


def _part(head: str, start: int, stamp: Stamp | None, level: str, timed: bool) -> tuple[int, str, str] | None:
    """The part of a record's head at `start`: where it ends, what it is, and its value; None where the message begins."""
    first = head[start : start + 1]  # most patterns can be told apart by it, which saves most of the time
    if first == "[" and (bracket := _BRACKET.match(head, start)):
        return _bracket(bracket, stamp, level)
    if stamp is not None and start <= stamp.start <= start + 1:
        return stamp.end, "time", ""
    if (
        first.isalpha()
        and (match := _LEVEL_UPPER.match(head, start))
        and (not level or head[match.end() : match.end() + 1] == ":" or normalize_level(match[1]) == level)
    ):
        return match.end(), "level", normalize_level(match[1])
    if not level and first.isalpha():
        if (match := _LEVEL_LOWER.match(head, start)) and (timed or _plainly_begins(head, match)):
            return match.end(), "level", normalize_level(match[1])
        if (match := _LEVEL_LETTER.match(head, start)) and (timed or (stamp is not None and stamp.start - match.end() <= 3)):
            return match.end(), "level", normalize_level(match[1])
    if not (level or timed or stamp):
        return None
    if first == "(" and (match := _PAREN.match(head, start)):
        return match.end(), "place", ""
    if match := _LOCATION.match(head, start) or (_PROCESS.match(head, start) if not first.isalpha() or first == "p" else None):
        return match.end(), "place", ""
    if (match := _NAMED.match(head, start) or _DOTTED.match(head, start)) and not _is_failure(match[0]):
        return match.end(), "logger", match[0].split(":", 1)[0] if "::" not in match[0] else match[0]
    if (level or timed) and (match := _COLON.match(head, start)) and _MIXED.search(match[0]) and not _is_failure(match[0]):
        return match.end(), "logger", match[0]
    return None


def _is_failure(name: str) -> bool:
    """Whether a name is that of an error, which begins a message, and no logger's."""
    return name.lower().endswith(_FAILURES)


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
