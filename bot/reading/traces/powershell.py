"""PowerShell error records: `At file:N char:C`, the marked source, `CategoryInfo` and `FullyQualifiedErrorId`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_AT = re.compile(
    r"\s*(?:At|In|Au caractère|En) (?P<file>[^\n]{1,400}?):(?P<line>\d{1,9}) (?:char|Zeichen|Caractère|carácter):\s?\d{1,9}",
    re.IGNORECASE,
)
_CATEGORY = re.compile(r"\s*\+ CategoryInfo\s*: (?P<category>\w{1,60}):? ?(?P<rest>.*)")
_IDENTIFIER = re.compile(r"\s*\+ FullyQualifiedErrorId\s*: (?P<id>[^\s,]{1,300})")
_TYPE = re.compile(r", (?P<type>[\w.]{1,120})\s*$")
_ABOVE = 5
_BELOW = 12


class PowerShellGrammar:
    """Error records in the format of Windows PowerShell and of PowerShell's NormalView."""

    marks = (r"^\s*\+ CategoryInfo\s*: ", r"^\s*\+ FullyQualifiedErrorId\s*: ")

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each record, known by its category or its identifier."""
        done = -1
        for anchor in anchors:
            if anchor <= done:
                continue
            result = _record(lines, anchor, done + 1)
            done = result.end
            yield result


def _record(lines: Sequence[Line], anchor: int, floor: int) -> Found:
    frame = None
    start = anchor
    for index in range(anchor - 1, max(floor, anchor - _BELOW) - 1, -1):
        if match := _AT.match(text_at(lines, index)):
            frame = Frame(match["file"], integer(match["line"]), None, lines[index].number)
            start = _message_start(lines, index, floor)
            break
    kind = None
    end = anchor
    for index in range(anchor, min(anchor + 4, len(lines))):
        text = text_at(lines, index)
        if category := _CATEGORY.match(text):
            named = _TYPE.search(category["rest"])
            kind, end = (named["type"] if named else kind), index
        elif identifier := _IDENTIFIER.match(text):
            kind, end = kind or identifier["id"].rsplit(".", 1)[-1], index
            break
    message = "\n".join(text_at(lines, index).strip() for index in range(start, anchor) if not _AT.match(text_at(lines, index)))
    message = message.split("\n+")[0].partition(" : ")[2] or message.split("\n+")[0]
    error = RaisedError(kind, message.strip(), lines[start].number, frame) if kind else None
    return found("powershell", lines, start, end, frames=[frame] if frame else [], innermost=frame, error=error, weight=4)


def _message_start(lines: Sequence[Line], place: int, floor: int) -> int:
    start = place
    while start > floor and place - start < _ABOVE and text_at(lines, start - 1).strip():
        start -= 1
        if " : " in text_at(lines, start):
            break
    return start


POWERSHELL = PowerShellGrammar()
