"""A grammar as a table: for runtimes whose traces are a run of frame lines with an error above or below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError


@dataclass(frozen=True, slots=True)
class TableGrammar:
    """One runtime's grammar.

    `frames` are tried in order at the line's beginning and may name the groups file, line, function. `bridge` are lines
    that may stand between frames, `free` the lines of any kind that may follow each of them, `source` those
    that may follow a frame. `error` names
    the groups type and message and is sought in the `reach` lines above the first frame and, with `below`, in the three
    lines under the last. `opening` marks the first line of a trace without naming an error. A run shorter than
    `at_least` counts only with an error or an opening above. `last` says that the innermost frame is printed last.
    """

    language: str
    marks: tuple[str, ...]
    frames: tuple[re.Pattern[str], ...]
    error: re.Pattern[str] | None = None
    opening: re.Pattern[str] | None = None
    bridge: re.Pattern[str] | None = None
    free: int = 0
    source: int = 0
    reach: int = 8
    below: bool = False
    at_least: int = 2
    last: bool = False
    name_above: re.Pattern[str] | None = None
    """Where a frame's function stands on the line above its place."""
    fixed_type: str | None = None
    """The type when the runtime names none but the error line has a message."""

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames."""
        floor = 0
        for block in blocks(lines, anchors, self._frame, self._bridge, self.source):
            result = self._trace(lines, block, floor)
            floor = block.end + 1
            if result:
                yield result

    def _frame(self, text: str, number: int) -> Frame | None:
        for pattern in self.frames:
            if match := pattern.match(text):
                groups = match.groupdict()
                function = groups.get("function")
                return Frame(groups.get("file"), integer(groups.get("line")), function.strip() if function else None, number)
        return None

    def _bridge(self, text: str) -> int | None:
        return self.free if self.bridge and self.bridge.match(text) else None

    def _trace(self, lines: Sequence[Line], block: Block, floor: int) -> Found | None:
        start, error, opened = self._above(lines, block, floor)
        end = block.end
        if error is None and self.below and self.error:
            for index in range(end + 1, min(end + 4, len(lines))):
                if match := self.error.search(text_at(lines, index)):
                    error, end = self._raised(match, lines[index].number), index
                    break
        if error is None and not opened and len(block.frames) < self.at_least:
            return None
        frames = [self._with_name(lines, frame, place) for frame, place in zip(block.frames, block.places, strict=True)]
        ordered = list(reversed(frames)) if self.last else frames
        innermost = next((frame for frame in ordered if frame.line is not None), ordered[0])
        if error:
            error = RaisedError(error.type, error.message, error.number, innermost)
        named = error if error and error.type else None
        return found(
            self.language,
            lines,
            start,
            end,
            frames=frames,
            innermost=innermost,
            error=named,
            truncated=error is None and not opened,
        )

    def _above(self, lines: Sequence[Line], block: Block, floor: int) -> tuple[int, RaisedError | None, bool]:
        start, error, opened = block.start, None, False
        for index in range(block.start - 1, max(floor, block.start - self.reach) - 1, -1):
            text = text_at(lines, index)
            if self.opening and self.opening.search(text):
                start, opened = index, True
            if self.error and (match := self.error.search(text)):
                return index, self._raised(match, lines[index].number), True
            if is_record(text) and not opened:
                break
        return start, error, opened

    def _raised(self, match: re.Match[str], number: int) -> RaisedError:
        # Alternatives name their groups type, type2, … for a pattern may name a group only once.
        groups = [(name, value) for name, value in match.groupdict().items() if value]
        kind = next((value for name, value in groups if name.startswith("type")), self.fixed_type or "")
        message = next((value for name, value in groups if name.startswith("message")), "")
        return RaisedError(kind, message.strip(), number)

    def _with_name(self, lines: Sequence[Line], frame: Frame, place: int) -> Frame:
        if self.name_above is None or frame.function or not place:
            return frame
        match = self.name_above.match(text_at(lines, place - 1))
        return Frame(frame.file, frame.line, match["function"].strip() if match else None, frame.number)
