"""Python tracebacks: complete, chained, grouped, with notes, without a head or a tail, loguru's form, and upside down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.reading.traces.grammar import Found, found
from bot.reading.traces.python_lines import (
    ERROR_RECORD,
    FATAL,
    FRAME,
    HEADER,
    INNERMOST_FIRST,
    LEVEL,
    error_on,
    innermost_of,
    surely_error,
)
from bot.reading.traces.python_reader import Reader, Section
from bot.reading.types import Frame, Line, RaisedError


class PythonGrammar:
    """Tracebacks as `traceback` and loguru print them."""

    marks = (
        r"Traceback \((?:most recent call|innermost) last\)",
        r'File \\*"[^"]+", line \w+',
        r'File \\+"[^"\\]+\\+", line \w+',
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """Tracebacks around the anchors, each chain as one."""
        done = -1
        for anchor in anchors:
            if anchor <= done:
                continue
            result, read = _read(lines, anchor)
            done = max(done, read)
            if result:
                yield result


def _read(lines: Sequence[Line], start: int) -> tuple[Found | None, int]:
    """The trace that starts at an anchor, and the last line that was read for it."""
    reader = Reader(lines, start)
    reader.read()
    return _result(reader), reader.at - 1


def _result(reader: Reader) -> Found | None:
    sections = [section for section in reader.sections if section.frames or section.error]
    frames = [frame for section in sections for frame in section.frames]
    if not frames:
        return None
    if _upside_down(reader):
        return _reversed(reader)
    if reader.start and INNERMOST_FIRST.search(reader.text(reader.start - 1)):
        return _fatal(reader, frames, max(section.end for section in sections))
    top = min(section.depth for section in sections)
    reported = [section for section in sections if section.depth == top][-1]
    start = reader.start
    if announced := _announced(reader, reported):
        reported.error = announced
        start = min(start, reported.start - 1)
    with_frames = [section for section in sections if section.frames]
    chain = [section.error for section in sections if section is not reported and section.error]
    if reported.error:
        chain.append(reported.error)
    return found(
        "python",
        reader.lines,
        start,
        max(section.end for section in sections),
        frames=frames,
        innermost=innermost_of(reported.frames) or innermost_of(with_frames[-1].frames),
        error=reported.error,
        chain=chain,
        truncated=reported.error is None or not all(section.header for section in with_frames),
    )


def _fatal(reader: Reader, frames: list[Frame], end: int) -> Found:
    """The dump of a crashed interpreter: the innermost frame first, the reason a few lines above."""
    error = None
    start = reader.start - 1
    for index in range(start, max(-1, start - 5), -1):
        if match := FATAL.search(reader.text(index)):
            start = index
            error = RaisedError("Fatal Python error", match["message"].strip(), reader.lines[index].number, frames[0])
            break
    return found("python", reader.lines, start, end, frames=frames, innermost=frames[0], error=error)


def _announced(reader: Reader, section: Section) -> RaisedError | None:
    """The error of a traceback without a last line, where a platform names it right above the header."""
    above = section.start - 1
    if not section.frames or above < 0 or section.error:
        return None
    if (record := ERROR_RECORD.search(reader.text(above))) and reader.lines[above].number == reader.lines[section.start].number:
        kind, message = record["type"], record["message"] or ""
        return RaisedError(kind, message, reader.lines[above].number, innermost_of(section.frames))
    match = LEVEL.match(reader.text(above)) if section.header else None
    error = error_on(reader.text(above)[match.end() :], reader.lines[above].number) if match else None
    if error is None or not surely_error(error):
        return None
    return RaisedError(error.type, error.message, error.number, innermost_of(section.frames))


def _upside_down(reader: Reader) -> bool:
    """Frames directly above a header that has none below: a viewer that shows the newest line first."""
    return (
        reader.sections[-1].error is None
        and not reader.sections[0].header
        and reader.at < len(reader.lines)
        and HEADER.search(reader.text(reader.at)) is not None
        and not any(FRAME.search(reader.text(near)) for near in (reader.at + 1, reader.at + 2))
    )


def _reversed(reader: Reader) -> Found | None:
    first = reader.start
    while first > 0 and reader.start - first < 4 and reader.text(first - 1).strip():
        first -= 1
        if (error := reader.error(first)) and surely_error(error):
            break
    last = reader.at
    reader.at += 1
    result = _read(reader.lines[first : last + 1][::-1], 0)[0]
    if result is None:
        return None
    trace = result.trace
    return found(
        "python",
        reader.lines,
        first,
        last,
        frames=trace.frames,
        innermost=trace.innermost,
        error=trace.chain[-1] if trace.exception_type else None,
        chain=trace.chain,
        truncated=trace.truncated,
    )


PYTHON = PythonGrammar()
