"""Rust: both forms of `thread 'x' panicked at`, numbered frames with `at path:line:column`, and color-eyre's reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_PANIC = re.compile(r"thread '(?P<thread>[^'\n]{0,200})'(?: \(\d{1,12}\))? panicked at (?P<rest>.*)", re.DOTALL)
_APPLICATION = re.compile(r"\s*The application panicked \(crashed\)")
_PLACE = r"(?P<file>[^'\"\n]{1,500}?\.?[\w>]):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?"
_NEW = re.compile(rf"{_PLACE}:?\s*$")
_OLD_END = re.compile(rf"[',\"] ?,? ?{_PLACE}\s*$")
_AT = re.compile(r"\s*(?:\d{1,9}: .{1,300}? )?at (?P<file>[^\n]{1,500}?\.rs):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?\s*$")
_SYMBOL = re.compile(
    r"\s*(?P<index>\d{1,6}): +(?:0x[0-9a-f]{1,16} - )?(?P<symbol>[\w<>:&*{}\[\] ,#.$()'!=-]{1,500}?)"
    r"(?:::h[0-9a-f]{16})?(?: with .{0,300})?\s*$"
)
_LOCATION = re.compile(rf"\s*Location: {{0,8}}{_PLACE}?\s*$")
_BANNER = re.compile(r"[━─═ ]{3,}(?:SPANTRACE|BACKTRACE)|\s*(?:stack|Stack) backtrace:\s*$")
_STOP = re.compile(r"\s*(?:note: |stack backtrace:|Stack backtrace:|thread '|failures:|test result:|error: test failed)")
_BETWEEN = re.compile(r"\s*(?:\d{1,6}: |⋮|\[?\.\.\. omitted|note: |stack backtrace:|\d{1,6} [│>|]|[━─═ ]{3,})")


class RustGrammar:
    """Panics and backtraces of std, anyhow and color-eyre."""

    marks = (
        r"panicked at |The application panicked",
        r"\bat .*\.rs:\d+(:\d+)?\s*$",
        r"━+ (SPANTRACE|BACKTRACE)|^\s*[sS]tack backtrace:",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """A trace for every panic, with the backtrace below it; a backtrace without one is a trace as well."""
        done = -1
        backtraces = {block.start: block for block in blocks(lines, anchors, _frame, _bridge)}
        starts = sorted(backtraces)
        for anchor in anchors:
            if anchor <= done:
                continue
            text = text_at(lines, anchor)
            result = None
            if (match := _PANIC.search(text)) or _APPLICATION.match(text):
                result = _panic(lines, anchor, match, [backtraces[start] for start in starts if anchor < start <= anchor + 60])
            elif anchor in backtraces:
                result = _backtrace(lines, backtraces[anchor])
            elif _BANNER.match(text):
                result = _banner(lines, anchor)
            if result:
                yield result
                done = result.end


def _frame(text: str, number: int) -> Frame | None:
    match = _AT.match(text)
    return Frame(match["file"], integer(match["line"]), None, number) if match else None


def _bridge(text: str) -> int | None:
    if _PANIC.search(text) or _APPLICATION.match(text):
        return None
    return 14 if _BETWEEN.match(text) else None


def _named(lines: Sequence[Line], block: Block) -> list[Frame]:
    """The frames with the symbol that stands above each place."""
    frames = []
    for frame, place in zip(block.frames, block.places, strict=True):
        above = _SYMBOL.match(text_at(lines, place - 1)) if place else None
        frames.append(Frame(frame.file, frame.line, above["symbol"].strip() if above else None, frame.number))
    return frames


def _panic(lines: Sequence[Line], anchor: int, match: re.Match[str] | None, below: Sequence[Block]) -> Found:
    number = lines[anchor].number
    message, place, at = _head(lines, anchor, match)
    frames: list[Frame] = []
    end = at
    for block in below:
        between = range(at + 1, block.start)
        if len(between) > 30 or any(_PANIC.search(text_at(lines, index)) for index in between):
            break
        if not any(_BANNER.match(text_at(lines, index)) or _SYMBOL.match(text_at(lines, index)) for index in between):
            break
        frames.extend(_named(lines, block))
        end = at = block.end
    innermost = place or (frames[0] if frames else None)
    error = RaisedError("panic", message, number, innermost)
    return found("rust", lines, anchor, end, frames=frames or ([place] if place else []), innermost=innermost, error=error)


def _head(lines: Sequence[Line], anchor: int, match: re.Match[str] | None) -> tuple[str, Frame | None, int]:
    """The message and the place of a panic, and the last line they stand on."""
    number = lines[anchor].number
    rest = match["rest"].strip() if match else ""
    if match and (new := _NEW.match(rest)) and not rest.startswith("'"):
        parts, at = _message(lines, anchor + 1)
        return "\n".join(parts), Frame(new["file"], integer(new["line"]), None, number), at
    parts = [rest] if rest else []
    for index in range(anchor, min(anchor + 30, len(lines))):
        text = text_at(lines, index)
        if index > anchor and _STOP.match(text):
            break
        found_place = _LOCATION.match(text) if match is None else _OLD_END.search(text)
        if index > anchor and not (match is None and found_place):
            parts.append(text.strip())
        if found_place and found_place["file"]:
            message = "\n".join(parts)
            if match is not None:
                message = message[: message.rfind(found_place["file"])].rstrip(" ,").strip("'")
            else:
                message = message.partition("Message:")[2].strip() or message
            return message, Frame(found_place["file"].strip(), integer(found_place["line"]), None, lines[index].number), index
    return rest.strip("'"), None, anchor


def _message(lines: Sequence[Line], start: int) -> tuple[list[str], int]:
    parts: list[str] = []
    at = start
    while at < len(lines) and at - start < 30:
        text = text_at(lines, at)
        if not text.strip() or _STOP.match(text) or _SYMBOL.match(text):
            break
        parts.append(text.strip())
        at += 1
    return parts, at - 1


def _backtrace(lines: Sequence[Line], block: Block) -> Found | None:
    frames = _named(lines, block)
    named = [frame for frame in frames if frame.function]
    if not named and len(frames) < 2:
        return None
    start = block.start
    while (
        start > 0
        and (block.start - start) < 12
        and (_SYMBOL.match(text_at(lines, start - 1)) or _BANNER.match(text_at(lines, start - 1)))
    ):
        start -= 1
    return found("rust", lines, start, block.end, frames=frames, innermost=frames[0], truncated=True)


def _banner(lines: Sequence[Line], anchor: int) -> Found | None:
    """A report of which only symbols, no places, are left."""
    symbols = []
    end = anchor
    for index in range(anchor + 1, min(anchor + 40, len(lines))):
        text = text_at(lines, index)
        if _AT.match(text):
            return None
        if match := _SYMBOL.match(text):
            symbols.append(Frame(None, None, match["symbol"].strip(), lines[index].number))
            end = index
    if not symbols:
        return None
    return found("rust", lines, anchor, end, frames=symbols, innermost=symbols[0], truncated=True)


RUST = RustGrammar()
