"""PHP: `Uncaught Type: message in file:line`, `Stack trace:`, `#0 file(line): call`; the place of the throw is in the header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_FRAME = re.compile(
    r".{0,60}?#(?P<index>\d{1,6}) (?:(?P<file>[^\n]{1,600}?)\((?P<line>\d{1,9})\): (?P<function>[^\n]{0,2000})|"
    r"(?P<internal>\[internal function\]): (?P<called>[^\n]{0,2000})|(?P<main>\{main\}))\s*"
)
_PLACE = r" (?:in|at) (?P<file>[^\n]{1,600}?)(?::(?P<line>\d{1,9})| on line (?P<on>\d{1,9}))"
_UNCAUGHT = re.compile(
    r"Uncaught (?:exception '(?P<old>[\w\\]{1,300})'(?: with message '(?P<said>.*))?|"
    r"(?P<type>[A-Za-z_\\][\w\\@.$:/-]{0,300}?)(?=:| in |\s*$)(?:: (?P<message>.*))?)",
    re.DOTALL,
)
_OLD = re.compile(r"[Ee]xception '(?P<old>[\w\\]{1,300})'(?: with message '(?P<said>.*))?", re.DOTALL)
_NEXT = re.compile(
    r"\s*Next (?:exception '(?P<old>[\w\\]{1,300})'(?: with message '(?P<said>.*))?|"
    r"(?P<type>[A-Za-z_\\][\w\\]{0,300})(?:: (?P<message>.*)| in .*|\s*$))",
    re.DOTALL,
)
_PLAIN = re.compile(
    r"(?:^|(?<=[\s(\"]))(?P<type>[A-Za-z_\\][\w\\]{0,200}(?:Exception|Error|"
    r"Throwable))(?:\(code: [^)]{0,20}\))?(?:: (?P<message>.*)|(?= in \S)|\s*$)",
    re.DOTALL,
)
_LAST_PLACE = re.compile(r"^(?P<before>.*)" + _PLACE + r"[')\s]*$", re.DOTALL)
_THROWN = re.compile(r"\s*thrown in (?P<file>[^\n]{1,600}?) on line (?P<line>\d{1,9})")
_CODE = re.compile(r"^\(code: [^)\n]{0,20}\): ?")
_STACK = re.compile(r"\s*(?:Stack trace:|\[stacktrace\]|\[previous exception\])")
_BRIDGE = re.compile(r"\s*(?:thrown in |Stack trace:|\[stacktrace\]|\[previous exception\]|\"\}|Next )")
_REACH = 12


class PhpGrammar:
    """Uncaught exceptions of PHP and traces as loggers write them."""

    marks = (
        r"#\d+ (.+\(\d+\): |\[internal function\]|\{main\})",
        r"Uncaught (exception '|[A-Za-z_\\])",
        r"thrown in .+ on line \d+",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of numbered frames, with the headers above, within and below it."""
        floor = 0
        framed: list[range] = []
        for block in blocks(lines, anchors, _frame, _bridge):
            result = _trace(lines, block, floor)
            floor = block.end + 1
            if result:
                framed.append(range(result.start, result.end + 1))
                yield result
        taken = {index for span in framed for index in span}
        for anchor in anchors:
            if anchor not in taken and (cut := _without_frames(lines, anchor)):
                yield cut


def _without_frames(lines: Sequence[Line], anchor: int) -> Found | None:
    """An uncaught error whose trace is announced and then cut off; its place is in the header."""
    match = _UNCAUGHT.search(text_at(lines, anchor))
    if match is None:
        return None
    for index in range(anchor + 1, min(anchor + _REACH, len(lines))):
        text = text_at(lines, index)
        if _STACK.match(text):
            error = _error(lines, anchor, match, index)
            if error is None or error.innermost is None:
                return None
            return found("php", lines, anchor, index, frames=[], innermost=error.innermost, error=error, truncated=True, weight=3)
        if is_record(text):
            return None
    return None


def _frame(text: str, number: int) -> Frame | None:
    match = _FRAME.match(text)
    if match is None:
        return None
    if match["main"]:
        return Frame(None, None, "{main}", number)
    if match["internal"]:
        return Frame(None, None, match["called"].strip(), number)
    return Frame(match["file"].strip(), integer(match["line"]), match["function"].strip() or None, number)


def _bridge(text: str) -> int | None:
    return 6 if _BRIDGE.match(text) else None


def _trace(lines: Sequence[Line], block: Block, floor: int) -> Found | None:
    start, first = _header_above(lines, block, floor)
    end = block.end
    raised = [first] if first else []
    within = ((index, _NEXT.match(text_at(lines, index))) for index in range(block.start, block.end + 1))
    raised += [error for index, match in within if match and (error := _error(lines, index, match))]
    if not raised and end + 1 < len(lines) and (match := _UNCAUGHT.search(text_at(lines, end + 1))):
        error = _error(lines, end + 1, match)
        if error:
            raised, end = [error], end + 1
    frames = [frame for frame in block.frames if frame.function != "{main}"]
    if not raised and not _enough(block, frames):
        return None
    error = raised[-1] if raised else None
    innermost = error.innermost if error else None
    if innermost is None:
        innermost = _thrown(lines, block) if raised else None
    if innermost is None and frames:
        innermost = frames[0]
    chain = [RaisedError(item.type, item.message, item.number, item.innermost) for item in raised[:-1]]
    if error:
        error = RaisedError(error.type, error.message, error.number, innermost)
        chain.append(error)
    return found(
        "php",
        lines,
        start,
        end,
        frames=frames,
        innermost=innermost,
        error=error,
        chain=chain,
        truncated=error is None,
        weight=2 * len(block.frames) + 3 * len(raised),
    )


def _enough(block: Block, frames: Sequence[Frame]) -> bool:
    return len(block.frames) >= 2 or any(frame.line is not None and ".php" in (frame.file or "") for frame in frames)


def _header_above(lines: Sequence[Line], block: Block, floor: int) -> tuple[int, RaisedError | None]:
    for index in range(block.start - 1, max(floor, block.start - _REACH) - 1, -1):
        text = text_at(lines, index)
        match = _UNCAUGHT.search(text) or _NEXT.match(text) or _OLD.search(text) or _PLAIN.search(text)
        if match and (error := _error(lines, index, match, block.start)):
            return index, error
        if is_record(text):
            break
    start = block.start
    if start > floor and _STACK.match(text_at(lines, start - 1)):
        start -= 1
    return start, None


def _error(lines: Sequence[Line], index: int, match: re.Match[str], stop: int | None = None) -> RaisedError | None:
    """The error a header names, its message up to the last ` in file:line`, on as many lines as it takes."""
    groups = match.groupdict()
    kind = groups.get("old") or groups.get("type")
    if not kind:
        return None
    body = text_at(lines, index)[match.end(0) - len(match[0]) :]
    parts = [body]
    last = min(stop if stop is not None else index + 6, len(lines))
    for near in range(index + 1, last):
        text = text_at(lines, near)
        if _STACK.match(text) or _frame(text, 0):
            break
        parts.append(text)
    whole = "\n".join(parts)
    place = _LAST_PLACE.match(whole)
    message = groups.get("said") or groups.get("message") or ""
    innermost = None
    if place:
        innermost = Frame(place["file"].strip(), integer(place["line"] or place["on"]), None, lines[index].number)
        cut = place["before"]
        head = cut.find(kind) + len(kind)
        message = cut[head:].lstrip("':").removeprefix(" with message '").strip().rstrip("'")
        message = _CODE.sub("", message)
    return RaisedError(kind.lstrip("\\"), message.strip(), lines[index].number, innermost)


def _thrown(lines: Sequence[Line], block: Block) -> Frame | None:
    for index in range(block.places[-1], block.end + 1):
        if match := _THROWN.match(text_at(lines, index)):
            return Frame(match["file"], integer(match["line"]), None, lines[index].number)
    return None


PHP = PhpGrammar()
