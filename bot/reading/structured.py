"""Log records that are written as fields: JSON objects, printed dictionaries and key=value lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from bot.reading.clock import read_time
from bot.reading.levels import normalize_level
from bot.reading.types import LogRecord

MAX_OBJECT = 1 << 20
"""Characters of a line that are parsed as one object; of a longer line only the fields in its first part are read."""

_MESSAGE = ("message", "msg", "event", "@m", "short_message", "textPayload", "log", "text", "@mt", "body")
_LEVEL = ("level", "levelname", "severity", "log.level", "lvl", "loglevel", "level_name", "@l", "severity_text", "priority")
_LOGGER = ("name", "logger", "logger_name", "loggerName", "log.logger", "target", "module", "source", "component", "context")
_TIME = ("timestamp", "time", "ts", "asctime", "@timestamp", "@t", "datetime", "eventTime")
_INNER = ("record", "jsonPayload", "fields", "log", "message", "msg")
"""Fields that may hold the record itself once more: an object, or the program's own line as a string."""

_PAIR = re.compile(
    r"""["']([\w@.$-]{1,60})["']\s{0,4}:\s{0,4}(?:"((?:[^"\\]|\\.){0,4000})"?|'((?:[^'\\]|\\.){0,4000})'?|([-\w.+]{1,60}))"""
)
_LOGFMT = re.compile(r'(?<![^\s,])([A-Za-z_@][\w.@-]{0,60})=("(?:[^"\\]|\\.){0,4000}"|\S{0,4000})')
_DECODER = json.JSONDecoder(strict=False)
_LOGFMT_SEEN = re.compile(r"(?<![\w.])(?:level|lvl|severity)=")


def read_object(text: str, number: int) -> LogRecord | None:
    """The record in a line that is a JSON object or a printed dictionary, whole or cut off; None when it is no log record."""
    if not text.startswith("{"):
        return None
    fields = _parse(text)
    return _record(fields, number) if fields else None


def read_pairs(text: str, number: int) -> LogRecord | None:
    """The record in a line of key=value pairs; None when the line is no such record."""
    if "=" not in text or not _LOGFMT_SEEN.search(text[:MAX_OBJECT]):
        return None
    fields: dict[str, object] = {key: _unquote(value) for key, value in _LOGFMT.findall(text[:20_000])}
    return _record(fields, number) if any(key in fields for key in _MESSAGE) else None


def trailing_fields(message: str) -> tuple[str, Mapping[str, object]]:
    """A message without the JSON object or the key=value pairs that its logger put after it, and these fields."""
    if message.endswith("}"):
        start = min((at for sign in (" {", "\t{") if (at := message.find(sign)) >= 0), default=-1)
        said = message[:start].rstrip()
        # What follows a colon is what the message says, not what its logger added.
        if start > 0 and said[-1:] not in ":=,(" and len(message) <= MAX_OBJECT and (fields := _loads(message[start + 1 :])):
            return said, fields
    start = message.find("  ")
    if start > 0 and "=" in message[start:]:
        rest = message[start:].strip()
        pairs = _LOGFMT.findall(rest[:20_000])
        if pairs and rest.startswith(pairs[0][0] + "="):
            return message[:start].rstrip(), {key: _unquote(value) for key, value in pairs}
    return message, {}


def _record(fields: Mapping[str, object], number: int, depth: int = 0) -> LogRecord | None:
    """The fields as a record: something said, and a level, a time or a logger to show that a logger said it."""
    at = _first_time(fields)
    level = _first_level(fields)
    logger = _first_text(fields, _LOGGER, one_line=True)
    message = _first_text(fields, _MESSAGE)
    if depth < 3:
        for key in _INNER:
            if key in fields and (inner := _inner(fields[key], number, depth)) is not None:
                return LogRecord(
                    number,
                    inner.at if inner.at is not None else at,
                    inner.level or level,
                    inner.logger or logger,
                    inner.message or message,
                    {**fields, **inner.fields},
                )
    if not message or not (level or at is not None or (logger and depth)):
        return None
    return LogRecord(number, at, level, logger, message.strip().split("\n", 1)[0].rstrip(), dict(fields))


def _first_time(fields: Mapping[str, object]) -> float | None:
    for key in _TIME:
        if key in fields and (at := read_time(_time_value(fields[key]))) is not None:
            return at
    return None


def _first_level(fields: Mapping[str, object]) -> str:
    for key in _LEVEL:
        if key in fields and (level := normalize_level(_named(fields[key]))):
            return level
    return ""


def _first_text(fields: Mapping[str, object], keys: Sequence[str], *, one_line: bool = False) -> str:
    """The first of the fields that holds a text which says something."""
    for key in keys:
        said = fields.get(key)
        if isinstance(said, str) and said.strip() and not (one_line and "\n" in said):
            return said
    return ""


def _inner(value: object, number: int, depth: int) -> LogRecord | None:
    """A record wrapped in a field of another, as container runtimes and collectors do."""
    if isinstance(value, str):
        value = _loads(value.strip()) if value.lstrip().startswith("{") else None
    if isinstance(value, dict) and value:
        found = _record(value, number, depth + 1)
        said = next((value[key] for key in _MESSAGE if isinstance(value.get(key), str)), None)
        if found is None and isinstance(said, str) and said.strip():
            return LogRecord(number, None, "", "", said.strip().split("\n", 1)[0], value)
        return found
    return None


def _time_value(value: object) -> object:
    """The number or text inside a time that is an object (`{"timestamp": 1.7e9}`, `{"$date": "…"}`)."""
    if isinstance(value, dict):
        return next((value[key] for key in ("timestamp", "$date", "seconds", "repr") if key in value), None)
    return value


def _named(value: object) -> object:
    """The name inside a level that is an object (`{"name": "WARNING", "no": 30}`)."""
    return value.get("name") if isinstance(value, dict) else value


def _parse(text: str) -> Mapping[str, object] | None:
    """The object at the beginning of a line; of one that is cut off or no JSON, the fields that can be read."""
    if len(text) <= MAX_OBJECT and (fields := _loads(text)):
        return fields
    found: dict[str, object] = {}
    for key, double, single, bare in _PAIR.findall(text[: 1 << 16]):
        found.setdefault(key, _number(bare) if bare else _unescape(double or single))
    return found


def _loads(text: str) -> dict[str, object] | None:
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _number(word: str) -> object:
    try:
        return float(word) if "." in word or "e" in word else int(word)
    except ValueError:
        return word


def _unescape(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\") if "\\" in text else text


def _unquote(value: str) -> str:
    return _unescape(value[1:-1]) if len(value) > 1 and value[0] == value[-1] == '"' else value
