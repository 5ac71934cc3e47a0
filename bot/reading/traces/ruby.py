"""Ruby: `file.rb:line:in 'method': message (Type)` then `from …`; Rails' `Type (message):`; newest last; JRuby."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_FRAME = re.compile(
    r"(?P<lead>.{0,120}?)(?P<file>(?:[A-Za-z]:[/\\])?[^:\s'`\"][^:'`\"]{0,500}?):(?P<line>\d{1,9})"
    r":in [`'](?P<function>[^\n]{1,300}?)'(?P<rest>$|[^\w].*)",
    re.DOTALL,
)
_LEAD = re.compile(r"(?:^|.*\s)(?:from |\d{1,4}: from |[\w-]{1,60} \([\w.]{1,30}\) )?$")
_FROM = re.compile(
    r"\s*(?:\d{1,4}: )?from (?P<file>(?:[A-Za-z]:[/\\])?[^:\s'\"]{1,500}?):(?P<line>\d{1,9})(?::in (?P<function>\S{1,100}))?\s*$"
)
_JRUBY = re.compile(
    r"\s*(?P<function>[\w.$ +:!?=-]{1,400})\((?P<file>[^()\s:]{0,20}:?[^()\s:]{1,400}\.rb):(?P<line>\d{1,9})\)\s*$"
)
_RAISED = re.compile(r":? (?P<message>.*?) ?\((?P<type>[A-Z]\w*(?:::[A-Z]\w*)*)\)\s*$", re.DOTALL)
_RAILS = re.compile(r"(?:^|(?<=\s))(?P<type>[A-Z]\w{1,100}(?:::[A-Z]\w{1,100}){0,8}) \((?P<message>.*)\):?\s*$", re.DOTALL)
_PLAIN = re.compile(
    r"(?:^|(?<=[\s:]))(?P<type>(?:[A-Z]\w{1,80}::){0,8}[A-Z]\w{0,100}(?:Error|Exception|Invalid|NotFound|Timeout|"
    r"Interrupt|Failure|NotUnique|Deadlocked))(?:: (?P<message>.*)|\s*$)",
    re.DOTALL,
)
_BRIDGE = re.compile(r"\s*(?:\.{3} ?\d{1,6} levels?\.\.\.|from |\^|\.{3}$)")
_CAUSES = re.compile(r"\s*(?:Caused by|Causes):\s*$")


class RubyGrammar:
    """Backtraces of MRI, JRuby and Rails' logger."""

    marks = (
        r":\d+:in [`'][^\n]+'",
        r"^\s*(\d+: )?from \S+\.(rb|erb|rake|ru|gemspec):\d+",
        r"\(\S+\.rb:\d+\)\s*$",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames with the error on its first line, above or below it."""
        floor = 0
        for block in blocks(lines, anchors, _frame, _bridge):
            result = _trace(lines, block, floor)
            floor = block.end + 1
            if result:
                yield result


def _frame(text: str, number: int) -> Frame | None:
    match = _FRAME.match(text)
    if match and _LEAD.match(match["lead"]):
        return Frame(match["file"].strip(), integer(match["line"]), match["function"], number)
    match = _FROM.match(text) or _JRUBY.match(text)
    return Frame(match["file"], integer(match["line"]), match["function"], number) if match else None


def _bridge(text: str) -> int | None:
    # A message of several lines stands between the first frame and the `from` lines; a tool's own places have no `in`.
    if _BRIDGE.match(text) or re.match(r"\s*[\w/.-]{1,300}\.\w{1,5}:\d{1,9}\s*$", text):
        return 0
    return 0 if _RAISED.search(": " + text) and not is_record(text) else None


def _trace(lines: Sequence[Line], block: Block, floor: int) -> Found | None:
    raised: list[tuple[int, RaisedError]] = []
    start, end = block.start, block.end
    for frame, place in zip(block.frames, block.places, strict=True):
        error = _on_line(lines, place, frame)
        if error:
            raised.append((place, error))
    error = raised[0][1] if raised else None
    innermost = error.innermost if error and error.innermost else block.frames[0]
    if error is None:
        above = _above(lines, block.start, floor)
        if above:
            start, error = above
        elif end + 1 < len(lines) and (match := _PLAIN.search(text_at(lines, end + 1))):
            end += 1
            error = RaisedError(match["type"], (match["message"] or "").strip(), lines[end].number)
    if error is None and len(block.frames) < 2 and not re.match(r"\s*\S+\.(?:rb|erb|rake)\b", text_at(lines, block.start)):
        return None
    if error:
        error = RaisedError(error.type, error.message, error.number, innermost)
    chain = [item for _, item in reversed(raised[1:])] + ([error] if error else [])
    return found(
        "ruby", lines, start, end, frames=block.frames, innermost=innermost, error=error, chain=chain, truncated=error is None
    )


def _on_line(lines: Sequence[Line], place: int, frame: Frame) -> RaisedError | None:
    """The error in `…:in 'm': message (Type)`; the message may go on over the next lines."""
    match = _FRAME.match(text_at(lines, place))
    if match is None or not match["rest"].startswith(":"):
        return None
    rest = match["rest"]
    for index in range(place + 1, min(place + 8, len(lines))):
        if raised := _RAISED.match(rest):
            return RaisedError(raised["type"], raised["message"].strip(), lines[place].number, frame)
        text = text_at(lines, index)
        if _frame(text, 0):
            break
        rest += "\n" + text
    raised = _RAISED.match(rest)
    return RaisedError(raised["type"], raised["message"].strip(), lines[place].number, frame) if raised else None


def _above(lines: Sequence[Line], first: int, floor: int) -> tuple[int, RaisedError] | None:
    for index in range(first - 1, max(floor, first - 6) - 1, -1):
        text = text_at(lines, index)
        match = _RAILS.search(text) or _PLAIN.search(text)
        if match:
            return index, RaisedError(match["type"], (match["message"] or "").strip(), lines[index].number)
        if is_record(text):
            return None
    return None


RUBY = RubyGrammar()
