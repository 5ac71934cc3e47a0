"""One pass for the marks of all languages, then each grammar where its marks stand, then a choice where two overlap."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.reading.line_search import LineSearch
from bot.reading.traces.grammar import MAX_TEXT, Found, Grammar
from bot.reading.traces.prefixed import HEADED, without_heads
from bot.reading.traces.registry import GRAMMARS
from bot.reading.types import Line, Trace

_VARYING = re.compile(r"\d\d:\d\d:\d\d|\b\d{1,12}\.\d{1,12}\b|\b(?=[A-Za-z_-]{0,40}\d)[\w-]{6,80}\b")


@functools.cache
def _marks() -> tuple[LineSearch, tuple[Grammar | None, ...]]:
    """The marks of all grammars as one set, and for each the grammar it belongs to (none: a frame behind a record's head)."""
    pairs: list[tuple[str, Grammar | None]] = [(mark, grammar) for grammar in GRAMMARS for mark in grammar.marks]
    pairs.append((HEADED, None))
    return LineSearch([mark for mark, _ in pairs], ignore_case=False), tuple(grammar for _, grammar in pairs)


def find_traces(lines: Sequence[Line]) -> tuple[Trace, ...]:
    """Every stack trace in the lines, in the order of the paste; a trace that retries repeat is one with its attempts counted."""
    anchors: dict[int, set[int]] = {}
    _mark(lines, range(len(lines)), anchors)
    lines, changed = without_heads(lines, sorted(set().union(*anchors.values())))
    _mark(lines, changed, anchors)
    found: list[Found] = []
    for grammar in GRAMMARS:
        if bearing := anchors.get(id(grammar)):
            found.extend(grammar.find(lines, sorted(bearing)))
    return _merge_attempts(_without_overlaps(found))


def _mark(lines: Sequence[Line], indices: Sequence[int], anchors: dict[int, set[int]]) -> None:
    """Note for each grammar (by identity) the lines that bear one of its marks."""
    marks, owners = _marks()
    for place, patterns in marks.find([lines[index].text[:MAX_TEXT] for index in indices]):
        for pattern in patterns:
            anchors.setdefault(id(owners[pattern]), set()).add(indices[place])


def _without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Of traces that share lines the heaviest; in the order of the paste."""
    chosen: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(found, key=lambda item: (-item.weight, item.start)):
        span = range(candidate.start, candidate.end + 1)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(candidate)
    return sorted(chosen, key=lambda item: item.start)


def _merge_attempts(found: Sequence[Found]) -> tuple[Trace, ...]:
    """The same failure printed again (same error, message and frames) counts as another attempt of the first."""
    merged: dict[object, Trace] = {}
    for item in found:
        trace = item.trace
        frames = tuple((frame.file, frame.line, frame.function) for frame in trace.frames)
        # Request ids and times differ from attempt to attempt; a status or a reason that differs is another failure.
        key = (trace.language, trace.exception_type, _VARYING.sub("#", trace.message[:1000]), frames)
        if key in merged:
            merged[key] = replace(merged[key], attempts=merged[key].attempts + 1)
        else:
            merged[key] = trace
    return tuple(merged.values())
