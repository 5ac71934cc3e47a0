"""Traces of which every line was logged as a record of its own: the record's head is taken off for the grammars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.reading.traces.grammar import is_record
from bot.reading.types import Line

_MARK = re.compile(r"Traceback \(most recent|File \"|at [\w.$<@/(]|Caused by: |from \S{1,200}:\d{1,9}:in |#\d{1,5} ")
HEADED = r"\S\s+(at [\w.$<@/(]\S*[ (:]|Caused by: |from \S+:\d+:in )"
"""The mark (RE2 syntax) of lines that could be a frame behind the head of a record."""
_MAX_HEAD = 200
_MAX_INDENT = 10


def without_heads(lines: Sequence[Line], anchors: Sequence[int]) -> tuple[Sequence[Line], list[int]]:
    """The lines with record heads taken off runs of records that hold a trace, and the indices that changed."""
    changed: dict[int, Line] = {}
    previous: tuple[int, int] | None = None
    for index in anchors:
        text = lines[index].text
        mark = _MARK.search(text, 0, _MAX_HEAD) if is_record(text) else None
        if mark is None:
            previous = None
            continue
        column = mark.start()
        if previous and index - previous[0] <= 3 and abs(column - previous[1]) <= _MAX_INDENT and index not in changed:
            _cut(lines, previous[0], min(column, previous[1]), changed)
        previous = (index, column)
    if not changed:
        return lines, []
    return [changed.get(index, line) for index, line in enumerate(lines)], sorted(changed)


def _cut(lines: Sequence[Line], start: int, column: int, changed: dict[int, Line]) -> None:
    """Cut the head of a given width off every record from `start` on, as long as the records go on."""
    for index in range(start, len(lines)):
        text = lines[index].text
        if not is_record(text) or (len(text) > column and not _boundary(text, column)):
            return
        changed[index] = replace(lines[index], text=text[column:])


def _boundary(text: str, column: int) -> bool:
    return column == 0 or not text[column - 1].isalnum()
