"""Reading one chain of Python tracebacks, line by line: headers, frames, errors and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.reading.traces.grammar import MAX_TEXT, is_record
from bot.reading.traces.python_lines import (
    CONNECTOR,
    DECORATION,
    FRAME,
    HEADER,
    NUMBERED_RULE,
    RULE,
    error_on,
    frame_on,
    goes_on,
    indent_of,
    innermost_of,
    openings,
    railed,
    surely_error,
    unrail,
)
from bot.reading.types import Frame, Line, RaisedError

MAX_GAP = 40
"""Lines between two frames: source, carets, values of variables."""
MAX_MESSAGE_LINES = 60


@dataclass(slots=True)
class Section:
    """One traceback of a chain or group as it is read; `depth` is how deep in groups it stands."""

    start: int
    depth: int
    header: bool = False
    frames: list[Frame] = field(default_factory=list)
    error: RaisedError | None = None
    end: int = 0


class Reader:
    """Reads one chain of tracebacks from an anchor on; `at` is the first line not read."""

    def __init__(self, lines: Sequence[Line], start: int) -> None:
        self.lines = lines
        self.start = start
        self.at = start
        self.sections: list[Section] = []
        self.depth = 0
        """How deep in exception groups the reader is; counted from the rules, for indentation gets lost."""

    def text(self, index: int) -> str:
        return self.lines[index].text[:MAX_TEXT] if index < len(self.lines) else ""

    def blank(self, index: int) -> bool:
        return index < len(self.lines) and not unrail(self.text(index)).strip()

    def skip_blank(self) -> None:
        while self.blank(self.at):
            self.at += 1

    def read(self) -> None:
        """Read until the chain ends; `sections` then holds its tracebacks in the order printed."""
        while self.at < len(self.lines):
            section = self._section()
            if section is None:
                break
            self.sections.append(section)
            if not self._continues():
                break

    def _section(self) -> Section | None:
        """A header, frames and the error below them; None when the line opens none of these."""
        text = self.text(self.at)
        section = Section(self.at, self.depth, end=self.at)
        if HEADER.search(text) and not FRAME.search(text):
            section.header = True
            self.at += 1
            for _ in range(3):
                self.at += self.blank(self.at)
        elif not FRAME.search(text):
            # A member of a group may have no traceback of its own.
            error = self.error(self.at)
            if error is None:
                return None
            self._close(section, error)
            return section
        self._frames(section)
        return section

    def _frames(self, section: Section) -> None:
        since = 0
        while self.at < len(self.lines):
            text = self.text(self.at)
            if frame := frame_on(text, self.lines[self.at].number):
                section.frames.append(frame)
                section.end = self.at
                since = 0
            elif HEADER.search(text) or CONNECTOR.search(text) or RULE.match(text):
                return
            elif not section.frames:
                # A header promises frames at once; an error instead is a traceback without any.
                if (error := self.error(self.at)) and surely_error(error):
                    self._close(section, error)
                return
            elif error := self._ends(section, text, since):
                self._close(section, error)
                return
            elif is_record(text) and since > 0:
                return
            else:
                since += 1
                if since > MAX_GAP or (since > 12 and not self._frame_ahead()):
                    return
            self.at += 1

    def _frame_ahead(self) -> bool:
        return any(FRAME.search(self.text(index)) for index in range(self.at, min(self.at + MAX_GAP, len(self.lines))))

    def error(self, index: int) -> RaisedError | None:
        return error_on(self.lines[index].text, self.lines[index].number)

    def _ends(self, section: Section, text: str, since: int) -> RaisedError | None:
        """The error a line names, when it is not the source of the frame above it."""
        if not text.strip() or DECORATION.match(unrail(text)):
            return None
        error = self.error(self.at)
        if error is None or surely_error(error):
            return error
        own, frame = indent_of(text), indent_of(self.text(section.end))
        if own < frame:
            return error
        # Without indentation the line below a frame is its source; from the next on a name with a message is an error.
        named = ": " in text and ("." in error.type or error.type[:1].isupper())
        return error if since >= 1 and own <= frame and named else None

    def _close(self, section: Section, error: RaisedError) -> None:
        """Take the error with the lines its message goes on over."""
        behind_rail = railed(self.text(self.at))
        parts = [error.message]
        balance = openings(error.message)
        self.at += 1
        while self.at < len(self.lines) and len(parts) <= MAX_MESSAGE_LINES:
            text = self.text(self.at)
            if HEADER.search(text) or FRAME.search(text) or CONNECTOR.search(text) or RULE.match(text) or is_record(text):
                break
            if behind_rail and not railed(text):
                break
            bare = unrail(text) if behind_rail else text
            open_message = balance > 0 or (parts[-1].endswith(":") and bool(bare.strip()))
            following = unrail(self.text(self.at + 1)) if behind_rail else self.text(self.at + 1)
            if not open_message and (not bare.strip() or not goes_on(bare, following)):
                break
            parts.append(bare.rstrip())
            balance += openings(bare)
            self.at += 1
        section.end = self.at - 1
        section.error = RaisedError(error.type, "\n".join(parts).rstrip(), error.number, innermost_of(section.frames))

    def _continues(self) -> bool:
        """Move past what stands between two tracebacks of one chain or group; False when the next is another failure."""
        last = self.sections[-1]
        blanks = 0
        for here in range(self.at, min(self.at + 30, len(self.lines))):
            text = self.text(here)
            if CONNECTOR.search(text) or RULE.match(text):
                return self._past(here, last)
            if HEADER.search(text) or FRAME.search(text):
                return False
            blanks += self.blank(here)
            # Notes stand right below the error; what follows a blank line belongs to somebody else, unless a chain goes on.
            if not self.blank(here) and (last.error is None or blanks) and (here - self.at > 8 or (blanks and last.depth <= 0)):
                return False
        return False

    def _past(self, here: int, last: Section) -> bool:
        """Move past the rules and connectors at `here`; whether another traceback of the chain follows."""
        self.at = here
        ruled = connected = False
        while self.at < len(self.lines):
            text = self.text(self.at)
            if RULE.match(text):
                ruled, connected = True, False
                last.end = self.at
                if "+-+-" in text:
                    self.depth += 1
                elif not NUMBERED_RULE.search(text):
                    self.depth -= 1
            elif CONNECTOR.search(text):
                connected = True
            elif not self.blank(self.at):
                return connected or (ruled and railed(text))
            self.at += 1
        return False
