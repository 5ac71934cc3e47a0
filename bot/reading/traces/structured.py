"""Frames that a structured logger writes as JSON objects: `"file"`, `"line"` and `"function"` beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_FILE = re.compile(r"[^\n]{0,400}?\"(?:file|filename|fileName|abs_path)\": ?\"(?P<file>[^\"\n]{1,600})\"")
_LINE = re.compile(r"[^\n]{0,1000}?\"(?:line|lineno|lineNumber|line_number)\": ?\"?(?P<line>\d{1,9})\b")
_FUNCTION = re.compile(r"[^\n]{0,1000}?\"(?:function|name|method|methodName)\": ?\"(?P<function>[^\"\n]{1,300})\"")
_TYPE = re.compile(
    r"[^\n]{0,400}?\"(?:exc_type|exception|exception_class|errorType|type|"
    r"class)\": ?\"(?P<type>[A-Za-z_][\w.\\:$]{1,200}(?:Exception|Error|Failure|Exit|Interrupt|Timeout|Closed\w*))\""
)
_MESSAGE = re.compile(r"[^\n]{0,400}?\"(?:exc_value|message|errorMessage|value)\": ?\"(?P<message>(?:[^\"\\\n]|\\.){0,2000})")
_NEAR = 4
_REACH = 12


class StructuredGrammar:
    """Traces of structlog, Monolog, Laravel, Lambda and the like, where a frame is an object."""

    marks = (r"\"(file|filename|fileName|abs_path)\": ?\"[^\"]+\"",)

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of at least two frame objects."""
        run: list[tuple[int, int, Frame]] = []
        floor = 0
        for anchor in anchors:
            item = _object(lines, anchor)
            if item is None:
                continue
            if run and item[0] - run[-1][1] > 2 * _NEAR:
                yield from _trace(lines, run, floor)
                floor, run = run[-1][1] + 1, []
            run.append(item)
        if run:
            yield from _trace(lines, run, floor)


def _object(lines: Sequence[Line], anchor: int) -> tuple[int, int, Frame] | None:
    """The first and last line of a frame object and the frame; a file without a line is none."""
    file = _FILE.match(text_at(lines, anchor))
    if file is None:
        return None
    line = function = None
    end = anchor
    for index in range(anchor, min(anchor + _NEAR, len(lines))):
        text = text_at(lines, index)
        if index > anchor and ("}" in text or _FILE.match(text)):
            break
        if line is None and (match := _LINE.match(text)):
            line, end = integer(match["line"]), index
        if function is None and (match := _FUNCTION.match(text)):
            function, end = match["function"], index
    return (anchor, end, Frame(file["file"], line, function, lines[anchor].number)) if line is not None else None


def _trace(lines: Sequence[Line], run: list[tuple[int, int, Frame]], floor: int) -> Iterator[Found]:
    frames = [frame for _, _, frame in run]
    if len(frames) < 2:
        return
    start = run[0][0]
    error = None
    for index in range(start, max(floor, start - _REACH) - 1, -1):
        text = text_at(lines, index)
        if match := _TYPE.match(text):
            said = next(
                (
                    _MESSAGE.match(text_at(lines, near))
                    for near in (index, index + 1, index - 1)
                    if 0 <= near < len(lines) and _MESSAGE.match(text_at(lines, near))
                ),
                None,
            )
            error = RaisedError(match["type"].replace("\\\\", "\\"), said["message"] if said else "", lines[index].number, None)
            start = index
            break
    # Python's loggers list the innermost frame last, the others first.
    innermost = frames[-1] if frames[0].file and frames[0].file.endswith(".py") else frames[0]
    if error:
        error = RaisedError(error.type, error.message, error.number, innermost)
    yield found("json", lines, start, run[-1][1], frames=frames, innermost=innermost, error=error, weight=len(frames))


STRUCTURED = StructuredGrammar()
