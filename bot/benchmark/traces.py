"""Scores the reading of stack traces against labelled texts, language by language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reading.types import Trace

Find = Callable[[str], Sequence[Trace]]
"""The traces of a text."""
MEASURES = ("found", "type", "innermost")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one language: how many texts, and per measure how many are right of how many are labelled."""

    language: str
    texts: int
    right: Mapping[str, int]
    labelled: Mapping[str, int]

    def share(self, measure: str) -> float | None:
        """The share that is right, 0 to 1; None when nothing is labelled."""
        return self.right[measure] / self.labelled[measure] if self.labelled[measure] else None


def score(cases: Iterable[Mapping[str, Any]], find: Find) -> list[Score]:
    """Scores by language, and of all texts together as the last one, named `all`.

    A case has `text`, `language`, and where they are known `exception_type` and `innermost` (file, line). found: at least one
    trace; type: one of them has the expected type, whole or its last part; innermost: one has the expected line and file name.
    """
    rows: dict[str, list[dict[str, bool]]] = {}
    for case in cases:
        rows.setdefault(str(case.get("language", "?")), []).append(judge(case, find(case["text"])))
    scores = [_sum(language, judged) for language, judged in sorted(rows.items())]
    return [*scores, _sum("all", [row for judged in rows.values() for row in judged])]


def judge(case: Mapping[str, Any], traces: Sequence[Trace]) -> dict[str, bool]:
    """Which of the measures that a case is labelled for are right."""
    row = {"found": bool(traces)}
    if expected := case.get("exception_type"):
        row["type"] = any(t.exception_type and _last(t.exception_type) == _last(expected) for t in traces)
    inner = case.get("innermost")
    if inner and inner.get("line"):
        frames = [trace.innermost for trace in traces if trace.innermost is not None]
        row["innermost"] = any(f.line == inner["line"] and _name(f.file) == _name(inner["file"]) for f in frames)
    return row


def false_positives(cases: Iterable[Mapping[str, Any]], find: Find) -> list[str]:
    """The ids of the texts without a trace in which one is found all the same."""
    return [str(case["id"]) for case in cases if find(case["text"])]


def table(scores: Sequence[Score]) -> str:
    """The scores as a Markdown table, in percent."""
    lines = ["| Language | Texts | Found % | Type % | Innermost % |", "|---|---:|---:|---:|---:|"]
    for one in scores:
        shares = (one.share(measure) for measure in MEASURES)
        cells = ("-" if share is None else f"{100 * share:.1f}" for share in shares)
        lines.append(f"| {one.language} | {one.texts} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _sum(language: str, rows: Sequence[Mapping[str, bool]]) -> Score:
    right = {measure: sum(row.get(measure, False) for row in rows) for measure in MEASURES}
    labelled = {measure: sum(measure in row for row in rows) for measure in MEASURES}
    return Score(language, len(rows), right, labelled)


def _last(name: str) -> str:
    return re.split(r"[.:]+|\\", name)[-1]


def _name(path: str | None) -> str:
    return re.split(r"[\\/]", path or "")[-1]
