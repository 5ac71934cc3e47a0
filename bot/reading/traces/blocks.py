"""What most grammars share: runs of frame lines with the lines that may stand between, and the error named above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.reading.traces.grammar import MAX_TEXT, is_record
from bot.reading.types import Frame, Line, RaisedError

MAX_BLANK = 2
HEADER_REACH = 10
"""Lines above the first frame in which its error is sought: messages have many lines."""

FrameParser = Callable[[str, int], Frame | None]
"""The frame on a line (its text, the number of the pasted line), or None."""

Bridge = Callable[[str], int | None]
"""For a line between two frames: None ends the run, n lets it and up to n lines of any kind after it pass."""

HeaderParser = Callable[[str, int, bool], RaisedError | None]
"""The error a line names (its text, its number, whether it stands directly above the first frame), or None."""


@dataclass(slots=True)
class Block:
    """Frames that follow each other; `places` are the indices of their lines, `start` and `end` of the whole run."""

    start: int
    end: int
    frames: list[Frame] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def text_at(lines: Sequence[Line], index: int) -> str:
    """The part of a line that grammars look at."""
    return lines[index].text[:MAX_TEXT]


def no_bridge(_text: str) -> int | None:
    """Nothing but frames and a blank line or two stand in the run."""
    return None


def blocks(
    lines: Sequence[Line], anchors: Sequence[int], parse: FrameParser, bridge: Bridge = no_bridge, source: int = 0
) -> Iterator[Block]:
    """Runs of frames among the anchors, in order; up to `source` lines of any kind may follow a frame."""
    block: Block | None = None
    for anchor in anchors:
        frame = parse(text_at(lines, anchor), lines[anchor].number)
        if frame is None:
            continue
        if block is not None and not _reaches(lines, block.places[-1] + 1, anchor, bridge, source):
            yield _with_tail(lines, block, bridge)
            block = None
        if block is None:
            block = Block(anchor, anchor)
        block.frames.append(frame)
        block.places.append(anchor)
        block.end = anchor
    if block is not None:
        yield _with_tail(lines, block, bridge)


def _reaches(lines: Sequence[Line], start: int, stop: int, bridge: Bridge, source: int) -> bool:
    """Whether every line between two frames may stand there."""
    if stop - start > 400:
        return False
    budget, blank = source, 0
    for index in range(start, stop):
        text = text_at(lines, index)
        if not text.strip():
            blank += 1
            if blank > MAX_BLANK and not budget:
                return False
            continue
        blank = 0
        allowed = bridge(text)
        if allowed is not None:
            budget = max(budget - 1, allowed)
        elif budget > 0 and not is_record(text):
            budget -= 1
        else:
            return False
    return True


def _with_tail(lines: Sequence[Line], block: Block, bridge: Bridge) -> Block:
    """The block with the lines right below its last frame that belong to it (`... 12 more`)."""
    index = block.end + 1
    while index < len(lines) and index - block.end <= 60:
        text = text_at(lines, index)
        if not text.strip() or bridge(text) is None:
            break
        index += 1
    block.end = index - 1
    return block


def error_above(
    lines: Sequence[Line], first: int, floor: int, parse: HeaderParser, reach: int = HEADER_REACH
) -> tuple[int, RaisedError] | None:
    """The line above the first frame that names its error, not above `floor`; what stands between is its message."""
    for index in range(first - 1, max(floor, first - 1 - reach) - 1, -1):
        text = text_at(lines, index)
        error = parse(text, lines[index].number, index == first - 1)
        if error:
            rest = _without_source([lines[place].text.strip() for place in range(index + 1, first)])
            message = "\n".join([full_message(lines[index].text, error.message), *rest]).strip()
            return index, RaisedError(error.type, message, error.number, error.innermost)
        if is_record(text) and text.strip():
            return None
    return None


def _without_source(between: list[str]) -> list[str]:
    """What stands between an error and its frames, without the source line a runtime shows there over a caret."""
    if between and between[-1] and not between[-1].strip("~^ "):
        return between[:-2]
    return between


def full_message(text: str, message: str) -> str:
    """The message with what the cap on line length cut off."""
    if len(text) > MAX_TEXT and message and text[:MAX_TEXT].endswith(message[-40:]):
        return message + text[MAX_TEXT:].rstrip()
    return message
