"""Dart and Flutter: `#0 function (uri:line:column)`, the stack_trace package's columns, Flutter's box, compiled traces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_URI = r"(?:package:|dart:|file:|https?:|org-dartlang|asset:)[^\s()]{1,500}?"
_FRAME = re.compile(
    rf"(?:\w{{1,20}}: |\s)*#(?P<index>\d{{1,5}}) {{1,8}}(?P<function>[^\n]{{1,300}}?) \((?P<file>{_URI}|"
    rf"[^\s():]{{1,300}}\.dart)(?::(?P<line>\d{{1,9}}))?(?::(?P<column>\d{{1,9}}))?\)"
)
_COLUMNS = re.compile(
    rf"(?:\w{{1,20}}: |\s)*(?P<file>{_URI}|[\w./-]{{1,200}}\.dart) (?P<line>\d{{1,9}}):(?P<column>\d{{1,9}})"
    rf" {{1,40}}(?P<function>\S[^\n]{{0,200}})$"
)
_WRAPPED = re.compile(r"\s*(?P<file>(?:package|dart|file):[^\s()]{1,300}\.dart):(?P<line>\d{1,9})(?::\d{1,9})?\s*$")
_COMPILED = re.compile(
    r"(?:\w{1,20}: |\s)*#(?P<index>\d{1,5}) {1,8}abs [0-9a-f]{6,16}(?: virt [0-9a-f]{6,16})? (?P<function>\S{1,300})"
)
_NUMBERED = re.compile(r"(?:\w{1,20}: |\s)*#\d{1,5} {2,8}(?P<function>[A-Za-z_<][\w.<>$ ]{1,200}?)\s*$")
_BETWEEN = re.compile(
    r"(?:\w{1,20}: |\s)*(?:<asynchronous suspension>|#\d{1,5} |\.{3}|={3,}|\(elided|package:\S+:\d+\s*$|dart:\S+  )"
)
_BOX = re.compile(r"EXCEPTION CAUGHT BY ")
_THROWN = re.compile(r"The following (?P<type>[\w.$<>]{1,100}) was thrown")
_NOT_TYPES = frozenset({"assertion", "message", "exception"})
_UNHANDLED = re.compile(r"Unhandled [Ee]xception:\s*(?P<rest>.*)$")
_TYPE = re.compile(
    r"(?:^|(?<=[\s:\]]))(?P<type>_?[A-Z][\w.$]{0,80}(?:Exception|Error|Failure))(?:: (?P<message>.*)|\s*$)|"
    r"(?P<bare>Exception|Error): (?P<said>.*)",
    re.DOTALL,
)
_REACH = 30


class DartGrammar:
    """Traces of the Dart VM, of the stack_trace package and of Flutter's error reports."""

    marks = (
        r"#\d+\s+.+\(((package|dart|file|https?|org-dartlang|asset):|\S+\.dart)",
        r"(package|dart|file):\S+ \d+:\d+ +\S|\.dart \d+:\d+ +\S",
        r"^\s*(package|dart|file):\S+\.dart:\d+(:\d+)?\s*$",
        r"#\d+ +abs [0-9a-f]{6,}",
        r"EXCEPTION CAUGHT BY ",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames; a Flutter report is one even when its frames are beyond reading."""
        floor = 0
        covered: set[int] = set()
        for block in blocks(lines, anchors, _frame, _bridge):
            above = _error_above(lines, block, floor)
            floor = block.end + 1
            start = above[0] if above else block.start
            _name_wrapped(lines, block)
            covered.update(range(start, block.end + 1))
            compiled = all(_COMPILED.match(text_at(lines, place)) for place in block.places)
            innermost = block.frames[0]
            error = above[1] if above else None
            if error:
                error = RaisedError(error.type, error.message, error.number, innermost)
            if error is None and not any(frame.function for frame in block.frames):
                continue
            if error is None and len(block.frames) < 2 and not (compiled or ".dart" in (innermost.file or "")):
                continue
            yield found(
                "dart", lines, start, block.end, frames=block.frames, innermost=innermost, error=error, truncated=above is None
            )
        for anchor in anchors:
            if anchor not in covered and _BOX.search(text_at(lines, anchor)) and (result := _box(lines, anchor)):
                covered.update(range(result.start, result.end + 1))
                yield result


def _frame(text: str, number: int) -> Frame | None:
    match = _FRAME.match(text) or _COLUMNS.match(text) or _WRAPPED.match(text)
    if match:
        function = match.groupdict().get("function")
        return Frame(match["file"], integer(match["line"]), function.strip() if function else None, number)
    match = _COMPILED.match(text)
    return Frame(None, None, match["function"], number) if match else None


def _name_wrapped(lines: Sequence[Line], block: Block) -> None:
    """Give a place on a line of its own the function on the line above: a narrow log wraps there."""
    for index, (frame, place) in enumerate(zip(block.frames, block.places, strict=True)):
        if frame.function is None and place and (match := _NUMBERED.match(text_at(lines, place - 1))):
            block.frames[index] = Frame(frame.file, frame.line, match["function"], frame.number)
            block.start = min(block.start, place - 1)


def _bridge(text: str) -> int | None:
    return 0 if _BETWEEN.match(text) else None


def _error_above(lines: Sequence[Line], block: Block, floor: int) -> tuple[int, RaisedError | None] | None:
    """The first line of the report above the frames, and the error it names if it names one by type."""
    nearest: tuple[int, RaisedError] | None = None
    for index in range(block.start - 1, max(floor, block.start - _REACH) - 1, -1):
        text = text_at(lines, index)
        number = lines[index].number
        if thrown := _THROWN.search(text):
            kind = thrown["type"]
            message = text_at(lines, index + 1).strip() if index + 1 < block.start else ""
            error = None if kind in _NOT_TYPES else RaisedError(kind, message, number)
            boxed = index > 0 and _BOX.search(text_at(lines, index - 1))
            return (index - 1 if boxed else index), error
        if _BOX.search(text):
            return index, nearest[1] if nearest else None
        if unhandled := _UNHANDLED.search(text):
            match = _TYPE.match(unhandled["rest"])
            return index, _typed(match, number) if match else (nearest[1] if nearest else None)
        if nearest is None and block.start - index <= 8 and (match := _TYPE.search(text)):
            nearest = (index, _typed(match, number))
        elif is_record(text) and block.start - index > 1:
            break
    return nearest


def _typed(match: re.Match[str], number: int) -> RaisedError:
    return RaisedError(match["type"] or match["bare"], (match["message"] or match["said"] or "").strip(), number)


def _box(lines: Sequence[Line], anchor: int) -> Found | None:
    """A Flutter report whose frames were wrapped or cut: the names of the functions are left."""
    frames = []
    end = anchor
    error = None
    for index in range(anchor + 1, min(anchor + 120, len(lines))):
        text = text_at(lines, index)
        if _BOX.search(text):
            break
        if thrown := _THROWN.search(text):
            end = index
            if thrown["type"] not in _NOT_TYPES:
                error = RaisedError(
                    thrown["type"], text_at(lines, index + 1).strip() if index + 1 < len(lines) else "", lines[index].number
                )
        if match := _NUMBERED.match(text):
            frames.append(Frame(None, None, match["function"], lines[index].number))
            end = index
        elif re.match(r"\s*(?:\w+: )?[═=]{20,}\s*$", text):
            break
    if end == anchor:
        return None
    return found(
        "dart", lines, anchor, end, frames=frames, innermost=frames[0] if frames else None, error=error, weight=len(frames) + 3
    )


DART = DartGrammar()
