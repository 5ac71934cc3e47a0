"""Traces that stand on one line: inside a JSON string (escaped once, twice, cut off), printed as a literal, or flattened."""

from __future__ import annotations

import json
import re
from itertools import pairwise

MAX_DEPTH = 3
MAX_PARTS = 200_000
ELLIPSIS = "…"

_FILE_KEYS = ("file", "filename", "fileName", "abs_path")
_LINE_KEYS = ("line", "lineno", "lineNumber", "line_number")
_FRAME_KEYS = frozenset({*_FILE_KEYS, *_LINE_KEYS, "function", "name", "method", "methodName", "class"})
_DECODER = json.JSONDecoder(strict=False)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_SIMPLE = {"n": "\n", "t": "\t", "r": "", "b": "", "f": ""}
_UNESCAPED_QUOTE = re.compile(r'(?<!\\)"')
_LITERAL_TRACE = re.compile(
    r'Traceback \(most recent|File \\*"[^"]{1,400}", line \d|\\n[\\trn\s]{0,40}at \S|panicked at|goroutine \d+ \[|'
    r"\\n#\d+ |Caused by:|\\n\s*from \S+:\d+:in"
)
_PLACES = re.compile(
    r"Traceback|File \"|panicked|goroutine|[Bb]acktrace|[Ss]tack ?trace|Caused by|[:(]\d{1,9}\b|\bline[ :]+\d|"
    r"0x[0-9a-f]{4}|(?:\n|\\n)\s*(?:\\t)*at \S|#\d{1,4} |\w@\S"
)
"""What a trace of any language holds: names of places. A message of several lines alone stays in its record."""
_DRIVE = re.compile(r"\b[A-Za-z]:\\(?!\\)")
_JSON_STRING_LINE = re.compile(r'\s*"((?:[^"\\]|\\.)*)"?,?\s*$')
_FRAME_TEXT = re.compile(r'^\s*(?:at |File "|#\d|from |in |\d+:? )|:\d+(?::\d+)?\)?$|:\d+:in [`\']|Traceback|\w@\S+:\d+')
_FLAT_PYTHON = re.compile(r'File "[^"]{1,400}", line \d+')
_FLAT_AT = re.compile(
    r"\sat (?:async |new )?(?:[^\s()]{1,300} )?(?:\[as [^\]]{1,80}\] )?\(?[^\s()]{1,400}(?::\d+:\d+\)?|"
    r"\([\w.$ ]{1,80}(?::\d+)?\))"
)
_FLAT_SPLIT = re.compile(r"(?<!eval)\s+(?=at \S)")
_FLAT_ERROR = re.compile(
    r"\s(?=(?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception|Exit|Interrupt|Closed|ClosedOK)(?:: |$))"
)
_FLAT_CAUSE = re.compile(r"\s+(?=Caused by: )")


def explode(text: str, depth: int = 0) -> list[str] | None:
    """The logical lines inside one line, or None when it is just a line; the first may be the record around them."""
    if len(text) < 12:
        return None
    if "\\n" in text or "\\u000a" in text or '["' in text or '[ "' in text or '[{"' in text:
        return _from_json(text, depth) or _from_literal(text, depth)
    if text.lstrip().startswith('"') and (match := _JSON_STRING_LINE.match(text)) and _FRAME_TEXT.search(match[1]):
        return [match[1] if _DRIVE.search(match[1]) else _unescape(match[1])]
    return _from_flat(text)


def _from_json(text: str, depth: int) -> list[str] | None:
    """A JSON value on the line, after whatever stands before it."""
    start = text.find("{")
    if start < 0:
        start = text.find("[")
    if start < 0:
        return None
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    inner: list[str] = []
    rest = _lift(value, inner, depth)
    if not inner:
        return None
    try:
        record = json.dumps(rest, ensure_ascii=False)
    except (ValueError, RecursionError):
        record = ""
    return [text[:start] + record + text[end:], *inner[:MAX_PARTS]]


def _lift(value: object, inner: list[str], depth: int, level: int = 0) -> object:
    """Collect the lines of every many-line string below a value; returns the value with an ellipsis in their place."""
    if level > 20:
        return value
    if isinstance(value, str):
        if "\n" in value and _PLACES.search(value):
            for part in value.split("\n"):
                inner.extend((explode(part, depth + 1) if depth < MAX_DEPTH else None) or [part.rstrip("\r")])
            return ELLIPSIS
        nested = explode(value, depth + 1) if depth < MAX_DEPTH and ("\\n" in value or '["' in value) else None
        if nested:
            inner.extend(nested)
            return ELLIPSIS
        return value
    if isinstance(value, dict):
        return {key: _lift(item, inner, depth, level + 1) for key, item in value.items()}
    if isinstance(value, list):
        if (
            len(value) > 1
            and all(isinstance(item, str) for item in value)
            and any(_FRAME_TEXT.search(item[:1000]) for item in value)
        ):
            inner.extend(part for item in value for part in item.rstrip("\n").split("\n"))
            return ELLIPSIS
        frames = [item for item in value if isinstance(item, dict) and _is_frame(item)]
        if frames and len(frames) == len(value):
            inner.extend(
                json.dumps({key: item[key] for key in item if key in _FRAME_KEYS}, ensure_ascii=False) for item in frames
            )
        return [_lift(item, inner, depth, level + 1) for item in value]
    return value


def _is_frame(item: dict[str, object]) -> bool:
    """Whether an object is a stack frame as structured loggers write it."""
    return any(isinstance(item.get(key), str) for key in _FILE_KEYS) and any(isinstance(item.get(key), int) for key in _LINE_KEYS)


def _from_literal(text: str, depth: int) -> list[str] | None:
    """A string with its line breaks spelled `\\n`: a cut JSON record, a repr, a shell's echo."""
    recorded = '\\"' in text or '":' in text
    if not _LITERAL_TRACE.search(text) and not ('{"' in text and text.count("\\n") >= 2 and _PLACES.search(text)):
        return None
    if recorded:
        outside: list[str] = []
        inner: list[str] = []
        for segment in _UNESCAPED_QUOTE.split(text):
            if "\\n" in segment:
                outside.append(ELLIPSIS)
                for part in _unescape(segment).split("\n"):
                    inner.extend((explode(part, depth + 1) if depth < MAX_DEPTH else None) or [part])
            else:
                outside.append(segment)
        return ['"'.join(outside), *inner[:MAX_PARTS]]
    if _DRIVE.search(text):
        return None
    return _unescape(text).split("\n")[:MAX_PARTS]


def _unescape(text: str) -> str:
    """The text with JSON's escapes undone; an escape that JSON does not know stays."""

    def undo(match: re.Match[str]) -> str:
        body = match[1]
        if len(body) == 5:
            code = int(body[1:], 16)
            return "�" if 0xD800 <= code < 0xE000 else chr(code)
        return _SIMPLE.get(body, body if body in "\"'\\/" else match[0])

    return _ESCAPE.sub(undo, text)


def _from_flat(text: str) -> list[str] | None:
    """A trace whose line breaks became spaces."""
    if 'File "' in text:
        starts = [match.start() for match in _FLAT_PYTHON.finditer(text)]
        if len(starts) >= 2 or (starts and "Traceback (most" in text[: starts[0]]):
            bounds = [*starts, len(text)]
            parts = [text[: starts[0]].rstrip()] if text[: starts[0]].strip() else []
            parts += [text[start:stop].rstrip() for start, stop in pairwise(bounds)]
            last = parts.pop()
            error = _FLAT_ERROR.search(last)
            return [*parts, last[: error.start()], last[error.end() :]] if error else [*parts, last]
    elif " at " in text and len(_FLAT_AT.findall(text)) >= 2:
        return [piece for part in _FLAT_SPLIT.split(text) for piece in _FLAT_CAUSE.split(part)]
    return None
