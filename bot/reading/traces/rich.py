"""Python tracebacks in rich's boxes: `│ path:line in function │`, the error below the box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.traces.python_lines import error_on
from bot.reading.types import Frame, Line, RaisedError

_FRAME = re.compile(
    r"\s*[│|] (?P<file>(?:[A-Za-z]:)?[^\n:│]{1,400}):(?P<line>\d{1,9}) in (?P<function>[^\n│|]{1,200}?)\s*[│|]?\s*$"
)
_TOP = re.compile(r"\s*[╭┌+][─-]+ .*Traceback \(most recent call last\)")
_BOTTOM = re.compile(r"\s*[╰└+][─-]{3,}")
_BOX = re.compile(r"\s*[│|╭╰┌└+]")


class RichGrammar:
    """Tracebacks as rich, typer and textual draw them."""

    marks = (r"^\s*[│|] .+:\d+ in \S",)

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each box; a chain's boxes are traces of their own."""
        run: list[tuple[int, Frame]] = []
        for anchor in anchors:
            match = _FRAME.match(text_at(lines, anchor))
            if match is None:
                continue
            if run and not all(_inside(text_at(lines, index)) for index in range(run[-1][0] + 1, anchor)):
                yield _trace(lines, run)
                run = []
            run.append((anchor, Frame(match["file"].strip(), integer(match["line"]), match["function"], lines[anchor].number)))
        if run:
            yield _trace(lines, run)


def _inside(text: str) -> bool:
    return not text.strip() or (_BOX.match(text) is not None and not _BOTTOM.match(text) and not _TOP.match(text))


def _trace(lines: Sequence[Line], run: Sequence[tuple[int, Frame]]) -> Found:
    frames = [frame for _, frame in run]
    start, end = run[0][0], run[-1][0]
    topped = start > 0 and _TOP.match(text_at(lines, start - 1)) is not None
    error: RaisedError | None = None
    for index in range(end + 1, min(end + 60, len(lines))):
        text = text_at(lines, index)
        if _BOTTOM.match(text):
            named = error_on(lines[index + 1].text, lines[index + 1].number) if index + 1 < len(lines) else None
            end = index + 1 if named else index
            error = RaisedError(named.type, named.message, named.number, frames[-1]) if named else None
            break
        if not _inside(text):
            break
    return found(
        "python",
        lines,
        start - topped,
        end,
        frames=frames,
        innermost=frames[-1],
        error=error,
        truncated=error is None or not topped,
    )


RICH = RichGrammar()
