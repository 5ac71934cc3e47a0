"""PowerShell error records: `At file:N char:C`, the marked source, `CategoryInfo`; from version 7 on `file:N:C` and `Line |`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

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
_SOURCE = re.compile(r"\s*\+ {1,200}\S")
_LINE = re.compile(r"\s*Line \|\s*$")
_CONCISE = re.compile(r"\s*(?P<name>[A-Za-z][\w.-]{0,80}): (?P<file>[^\n]{1,400}):(?P<line>\d{1,9}):\d{1,9}\s*$")
_QUOTED = re.compile(r"\s*(?P<number>\d{1,9})? *\|(?P<said>.*)")
_UNDERLINE = re.compile(r"[\s~]*~[\s~]*$")
_ABOVE = 5
_BELOW = 12


class PowerShellGrammar:
    """Error records in the format of Windows PowerShell (NormalView) and of PowerShell 7 (ConciseView)."""

    marks = (
        r"^\s*\+ CategoryInfo\s*: ",
        r"^\s*\+ FullyQualifiedErrorId\s*: ",
        r":\d+ (char|Zeichen|[Cc]aractère|carácter): ?\d+\s*$",
        r"^\s*Line \|\s*$",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each record, known by its category, its identifier or its place with the source below."""
        done = -1
        for anchor in anchors:
            if anchor <= done:
                continue
            text = text_at(lines, anchor)
            if _LINE.match(text):
                result = _concise(lines, anchor)
            elif place := _AT.match(text):
                result = _cut(lines, anchor, place, done + 1)
            else:
                result = _record(lines, anchor, done + 1)
            if result is not None:
                done = result.end
                yield result


def _concise(lines: Sequence[Line], anchor: int) -> Found | None:
    """A record of PowerShell 7: the command and the place above, the source and the message behind rails below."""
    head = _CONCISE.match(text_at(lines, anchor - 1)) if anchor else None
    if head is None:
        return None
    frame = Frame(head["file"], integer(head["line"]), None, lines[anchor - 1].number)
    message, end = [], anchor
    for index in range(anchor + 1, min(anchor + _BELOW, len(lines))):
        quoted = _QUOTED.match(text_at(lines, index))
        if quoted is None:
            break
        end = index
        if not quoted["number"] and not _UNDERLINE.match(quoted["said"]):
            message.append(quoted["said"].strip())
    # The head names a category or the command; only the first is a type.
    named = head["name"].endswith(("Error", "Exception"))
    said = "\n".join(message)
    error = RaisedError(head["name"], said, lines[anchor - 1].number, frame) if named else None
    result = found("powershell", lines, anchor - 1, end, frames=[frame], innermost=frame, error=error, weight=4)
    return result if named else replace(result, trace=replace(result.trace, message=said))


def _cut(lines: Sequence[Line], anchor: int, place: re.Match[str], floor: int) -> Found | None:
    """A record that ends before its category: the place, the source below it, the message above."""
    following = [text_at(lines, index) for index in range(anchor + 1, min(anchor + 1 + _BELOW, len(lines)))]
    if not following or not _SOURCE.match(following[0]) or any(_CATEGORY.match(t) or _IDENTIFIER.match(t) for t in following):
        return None
    frame = Frame(place["file"], integer(place["line"]), None, lines[anchor].number)
    end = anchor + next((count for count, text in enumerate(following) if not _SOURCE.match(text)), len(following))
    start = _message_start(lines, anchor, floor)
    return found("powershell", lines, start, end, frames=[frame], innermost=frame, truncated=True, weight=3)


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
