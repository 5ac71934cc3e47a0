"""Go: `panic:` or `fatal error:`, then goroutines as `package.Function(args)` with `file.go:line +0x…` below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_GOROUTINE = re.compile(
    r"(?:^|.{0,80}\s)goroutine \d{1,12} (?:gp=\S{1,40} )?(?:m=\S{1,40} )?(?:mp=\S{1,40} )?\[[^\]\n]{1,120}\]?:?\s*$"
)
_PLACE = re.compile(
    r"\s*(?P<file>(?:[A-Za-z]:)?[^:\n]{1,500}\.(?:go|s|c|h|cc|cpp|pb\.go)|"
    r"\?\?):(?P<line>\d{1,9})(?P<offset> \+0x[0-9a-f]{1,16}| fp=0x)?[^\n]{0,200}$"
)
_NAME = re.compile(r"[\w./%~@*(){}\[\],·-]{1,400}$")
_BARE_NAME = re.compile(r"(?:[\w.~-]{1,80}/){0,12}[\w-]{1,80}\.(?:\(\*?\w{1,80}\)\.)?\w{1,80}(?:\.func\d{1,4})*(?:\.\d{1,4})*$")
_CREATED = re.compile(r"\s*created by (?P<function>\S{1,300})")
_PANIC = re.compile(r"(?P<type>panic|fatal error): (?P<message>.*)|http: panic serving [^\s]{1,80}: (?P<served>.*)", re.DOTALL)
_MISC = re.compile(
    r"\s*(?:\.\.\.|\[signal |\[originating from|\[recovered|goroutine running on other thread|runtime stack:|"
    r"runtime:|exit status \d|(?:r\w{1,3}|e[a-z]{2}|[cefgs]s|lr|sp|pc|fault|cpsr|trap|error|oldmask) +0x|\tpanic: )"
)


class GoGrammar:
    """Goroutine dumps of the Go runtime, with or without the panic above."""

    marks = (
        r"goroutine \d+ .*\[[^\]]+(\]:?)?\s*$",
        r"\.(go|s|c|h|cc):\d+( \+0x[0-9a-f]+.*| fp=.*)?\s*$|\?\?:0 \+0x",
        r"(^|[\s:])panic: |fatal error: |http: panic serving",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for a panic with all its goroutines; a dump without a panic is one as well."""
        done = -1
        for anchor in anchors:
            if anchor > done:
                result, done = _read(lines, anchor, done + 1)
                if result:
                    yield result


def _read(lines: Sequence[Line], anchor: int, floor: int) -> tuple[Found | None, int]:
    """The trace that starts at an anchor, and the last line that was read for it."""
    start, error, at = _opening(lines, anchor, floor)
    frames: list[Frame] = []
    goroutines = 0
    certain = 0
    end = at - 1
    blank = 0
    while at < len(lines):
        text = text_at(lines, at)
        place = _PLACE.match(text)
        if not text.strip():
            blank += 1
            if blank > 2 or (goroutines == 0 and error is None):
                break
        elif _GOROUTINE.match(text):
            goroutines += 1
            end, blank = at, 0
        elif place:
            function = _function(lines, at, start)
            # A position alone is any tool's; the runtime's has a call above it or an offset behind it.
            if function is None and place["offset"] is None and error is None and not goroutines:
                break
            certain += bool(place["offset"]) + bool(function) + (text[:1].isspace() and bool(function))
            frames.append(Frame(place["file"].strip(), integer(place["line"]), function, lines[at].number))
            end, blank = at, 0
        elif blank and not goroutines:
            break
        elif (call := _call(text)) and not is_record(text):
            # A blank line ends a goroutine: only another goroutine opens anew.
            if blank:
                break
            if goroutines and not (at + 1 < len(lines) and _PLACE.match(text_at(lines, at + 1))) and "." in call:
                frames.append(Frame(None, None, call, lines[at].number))
                end = at
        elif _MISC.match(text) and not blank:
            end = at
        else:
            break
        at += 1
    read = max(anchor, at - 1)
    if not frames and not (error and goroutines):
        return None, read
    if error is None and not goroutines and certain < 2:
        return None, read
    placed = next((frame for frame in frames if frame.line is not None), frames[0] if frames else None)
    if error:
        error = RaisedError(error.type, error.message, error.number, placed)
    end = max(end, start)
    cut = error is None and not goroutines
    return found("go", lines, start, end, frames=frames, innermost=placed, error=error, truncated=cut), end


def _opening(lines: Sequence[Line], anchor: int, floor: int) -> tuple[int, RaisedError | None, int]:
    """Where the trace starts, the panic it starts with, and the first line of its goroutines."""
    text = text_at(lines, anchor)
    if match := _PANIC.search(text):
        return _from_panic(lines, anchor, match)
    for index in range(anchor - 1, max(floor, anchor - 4) - 1, -1):
        above = text_at(lines, index)
        if match := _PANIC.search(above):
            start, error, _ = _from_panic(lines, index, match)
            return start, error, anchor
    start = anchor
    if _PLACE.match(text) and anchor > floor and _function(lines, anchor, floor):
        start = anchor - 1
    return start, None, start if not _PLACE.match(text) else anchor


def _from_panic(lines: Sequence[Line], anchor: int, match: re.Match[str]) -> tuple[int, RaisedError | None, int]:
    kind = match["type"] or "panic"
    parts = [(match["message"] or match["served"] or "").strip()]
    at = anchor + 1
    while at < len(lines) and at - anchor < 40:
        text = text_at(lines, at)
        if _GOROUTINE.match(text) or _PLACE.match(text) or _PANIC.match(text):
            break
        if _call(text) and at + 1 < len(lines) and _PLACE.match(text_at(lines, at + 1)):
            break
        if is_record(text) and not text.lstrip().startswith("[signal"):
            break
        if text.strip() and not text.startswith("[signal"):
            parts.append(text.strip())
        at += 1
    return anchor, RaisedError(kind, "\n".join(parts).strip(), lines[anchor].number), at


def _function(lines: Sequence[Line], place: int, floor: int) -> str | None:
    """The call on the line above a position."""
    if place <= floor and place == 0:
        return None
    text = text_at(lines, place - 1)
    name = None if _PLACE.match(text) or is_record(text) else _call(text)
    return name if name and ("." in name or name == "panic") else None


def _call(text: str) -> str | None:
    """The function of a line `package.(*Type).Method(args)` or `created by package.Function`."""
    if created := _CREATED.match(text):
        return created["function"]
    text = text.strip()
    if _BARE_NAME.match(text):
        # Structured loggers leave the arguments out.
        return text
    opening = text.rfind("(")
    if opening < 1 or not text.endswith((")", "(", "...")):
        return None
    name = text[:opening]
    return name if _NAME.match(name) else None


GO = GoGrammar()
