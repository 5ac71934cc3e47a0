"""Python's other faces: pytest's `E` lines and `path.py:N: Type`, IPython's cells with arrows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_E_LINE = re.compile(r"\s*E(?:\s{3,}(?P<text>.*)|\s*$)")
_PLACE = re.compile(
    r"\s*(?P<file>(?:[A-Za-z]:)?[^\s:]{1,400}\.py):(?P<line>\d{1,9}): ?(?:in (?P<function>\S{1,200})|"
    r"(?P<type>[A-Z]\w*(?:\.\w+)*))?\s*$"
)
_RULE = re.compile(r"_{4,} .{1,200} _{4,}\s*$|={4,} .{1,200} ={4,}\s*$")
_MARKED = re.compile(r">\s{3,}\S")
_STEP = re.compile(r"\s*_ _ _ _")
_NAMED = re.compile(
    r"(?P<type>(?:\w{1,80}\.){0,10}\w{0,80}(?:Error|Exception|Warning|Exit|Interrupt|Failed|"
    r"Timeout)\w{0,20})(?:: (?P<message>.*)|\s*$)",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*[\"'`]?(?P<type>[A-Za-z_][\w.]{1,120}) {2,}Traceback \(most recent call last\)")
_CELL = re.compile(
    r"\s*(?:(?:Cell|Input) In ?\[ ?(?P<cell>\d{0,6}) ?\], (?:line (?P<at>\d{1,9})(?:, in (?P<called>[^\n]{1,200}))?|"
    r"in (?P<inside>[^\n]{1,200}))"
    r"|File (?P<path>[^\n\"]{1,400}?):(?P<line>\d{1,9}),? in (?P<function>[^\n]{1,300})"
    r"|\[?(?P<old><ipython-input-[\w-]{1,40}>|[~/\w.\\:-]{1,300}\.py[cx]?|"
    r"[\w/]{1,80}\.pyx)\]?(?:\(https?://[^)\s]{1,200}\))? in (?P<old_function>[\w.<>]{1,100}\([^\n]{0,300}|"
    r"<module>[^\n]{0,20}|<cell line[^\n]{0,20}))"
)
_ARROW = re.compile(r"\s*-{2,}> ?(?P<line>\d{1,9})(?:\s|$)")
_MAX = 120


class IPythonPytestGrammar:
    """Failures as pytest and IPython lay them out."""

    marks = (
        r"^\s*E\s{3,}\S",
        r"^\s*\S+\.py:\d+: (in \S+|[A-Z]\w*(\.\w+)*)\s*$",
        r"^\s*[\"'`]?[A-Za-z_][\w.]+ {2,}Traceback \(most recent call last\)",
        r"^\s*((Cell|Input) In ?\[|File .+:\d+,? in .+\(|\[?<ipython-input-|\[?\S+\.py\]?(\(https?://\S+\))? in )",
        r"^\s*-{2,}> ?\d+ ",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each failed test and for each notebook traceback."""
        yield from _pytest(lines, anchors)
        yield from _ipython(lines, anchors)


def _pytest(lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
    frames: list[Frame] = []
    errors: list[tuple[int, str]] = []
    start = -1
    last = -1
    for anchor in anchors:
        text = text_at(lines, anchor)
        place, e_line = _PLACE.match(text), _E_LINE.match(text)
        if not place and not (e_line and e_line["text"]):
            continue
        if start >= 0 and _separated(lines, last, anchor):
            if result := _failure(lines, start, last, frames, errors):
                yield result
            frames, errors, start = [], [], -1
        if start < 0:
            start = anchor
        last = anchor
        if place:
            frames.append(Frame(place["file"], integer(place["line"]), place["function"], lines[anchor].number))
            if place["type"] and errors:
                # The place with a type closes a failure.
                if result := _failure(lines, start, anchor, frames, errors, place["type"]):
                    yield result
                frames, errors, start = [], [], -1
        elif e_line and e_line["text"]:
            errors.append((anchor, e_line["text"]))
    if start >= 0 and (result := _failure(lines, start, last, frames, errors)):
        yield result


def _separated(lines: Sequence[Line], last: int, anchor: int) -> bool:
    return anchor - last > 120 or any(_RULE.match(text_at(lines, index)) for index in range(last + 1, anchor))


def _failure(
    lines: Sequence[Line], start: int, end: int, frames: list[Frame], errors: list[tuple[int, str]], closing: str | None = None
) -> Found | None:
    if not errors:
        return None
    where, text = errors[0]
    marked = any(_MARKED.match(text_at(lines, index)) for index in range(max(0, where - 4), where))
    if not frames and not marked and len(errors) < 2 and not _NAMED.match(text):
        return None
    named = _NAMED.match(text)
    kind = named["type"] if named else (closing or ("AssertionError" if text.startswith("assert ") else None))
    if closing and (named is None or not named["type"].endswith(closing)):
        kind = closing
    message = (named["message"] or "") if named and named["type"] == kind else text
    rest = [part for index, part in errors[1:] if index - where < 40]
    innermost = frames[-1] if frames else None
    error = RaisedError(kind, "\n".join([message.strip(), *rest]).strip(), lines[where].number, innermost) if kind else None
    while (
        start > 0
        and not _RULE.match(text_at(lines, start - 1))
        and where - start < 60
        and not is_record(text_at(lines, start - 1))
    ):
        if not text_at(lines, start - 1).strip() and not text_at(lines, max(0, start - 2)).strip():
            break
        start -= 1
    return found(
        "python_pytest",
        lines,
        start,
        end,
        frames=frames,
        innermost=innermost,
        error=error,
        truncated=closing is None,
        weight=2 * len(frames) + 3,
    )


def _ipython(lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
    done = -1
    for anchor in anchors:
        if anchor <= done:
            continue
        text = text_at(lines, anchor)
        if _HEADER.match(text) or _CELL.match(text):
            result = _notebook(lines, anchor)
            # What was read in vain is not read again from the next cell on: the search stays linear.
            done = result.end if result else anchor + _MAX // 2
            if result:
                yield result


def _notebook(lines: Sequence[Line], anchor: int) -> Found | None:
    header = _HEADER.match(text_at(lines, anchor))
    frames: list[Frame] = []
    arrows = 0
    end = anchor
    error = None
    for index in range(anchor + (1 if header else 0), min(anchor + _MAX, len(lines))):
        text = text_at(lines, index)
        if _HEADER.match(text):
            break
        if cell := _CELL.match(text):
            file = cell["path"] or cell["old"] or (f"Cell In[{cell['cell']}]")
            function = cell["called"] or cell["inside"] or cell["function"] or cell["old_function"]
            frames.append(
                Frame(file, integer(cell["line"] or cell["at"]), function.strip() if function else None, lines[index].number)
            )
            end = index
        elif (arrow := _ARROW.match(text)) and frames:
            arrows += 1
            end = index
            if frames[-1].line is None:
                frames[-1] = Frame(frames[-1].file, integer(arrow["line"]), frames[-1].function, frames[-1].number)
        elif arrows and (named := _NAMED.match(text)) and (not header or named["type"].endswith(header["type"].split(".")[-1])):
            error = RaisedError(named["type"], (named["message"] or "").strip(), lines[index].number, frames[-1])
            end = index
            break
    if not frames or not (arrows or header):
        return None
    if error is None and header:
        error = RaisedError(header["type"], "", lines[anchor].number, frames[-1])
    return found(
        "python", lines, anchor, end, frames=frames, innermost=frames[-1], error=error, truncated=error is None or not header
    )


IPYTHON_PYTEST = IPythonPytestGrammar()
