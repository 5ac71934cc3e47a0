"""The result of an evaluation, and how it is printed as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.diagnosis.types import Verdict
from bot.evaluation.breakdown import CauseScore, Confusion, Latency
from bot.evaluation.calibration import Bin
from bot.evaluation.metrics import Row
from bot.evaluation.questions import QuestionRow, QuestionSummary
from bot.evaluation.shares import Interval
from bot.evaluation.summary import Summary

SHOWN_IDS = 6
"""Case ids printed for one confusion."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured; a part without cases is None."""

    failures: Summary | None
    questions: QuestionSummary | None
    causes: tuple[CauseScore, ...]
    confusions: tuple[Confusion, ...]
    calibration: tuple[Bin, ...]
    latency: Latency | None
    rows: tuple[Row, ...]
    question_rows: tuple[QuestionRow, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


def render(report: Report) -> str:
    """The report as plain text."""
    blocks = [_metrics(report)]
    if report.causes:
        header = ("cause", "n", "top1", "top3", "answered", "false")
        blocks.append(_table(header, [(c.id, c.n, c.top1, c.top3, c.answered, c.false) for c in report.causes]))
    if report.calibration:
        bins = [(f"{b.low:.1f}-{b.high:.1f}", b.n, number(b.confidence), number(b.right)) for b in report.calibration]
        blocks.append(_table(("confidence", "n", "mean", "right"), bins))
    if report.confusions:
        lines = [f"  {len(c.ids):3d}  {c.gold} → {c.answered}: {_some(c.ids)}" for c in report.confusions]
        blocks.append("\n".join(["confusions (label → answered first)", *lines]))
    wrong = [row for row in report.question_rows if not (row.right3 if row.answerable else row.silent)]
    if wrong:
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for row in wrong:
            missed = "answered, but not with what is asked" if row.verdict == Verdict.ANSWER else f"({row.verdict})"
            groups[missed if row.answerable else f"unanswerable, yet ({row.verdict})"].append(row.id)
        lines = [f"  {len(ids):3d}  {what}: {' '.join(ids)}" for what, ids in sorted(groups.items())]
        blocks.append("\n".join(["questions missed", *lines]))
    return "\n\n".join(blocks) + "\n"


def render_comparison(reports: Mapping[str, Report], title: str = "variant") -> str:
    """One line for each named report, for instance the variants of an ablation; `title` stands above the names."""
    lines = [(name, *(number(value) for value, _ in headlines(report).values())) for name, report in reports.items()]
    header = (title, *headlines(next(iter(reports.values())))) if reports else (title,)
    return _table(header, lines) + "\n"


def headlines(report: Report) -> dict[str, tuple[float | None, Interval]]:
    """The numbers that decide between variants, by name, with their intervals; None for what was not measured."""
    failures, questions, none = report.failures, report.questions, (None, None)
    decidable, undecided = (failures.decidable, failures.undecided) if failures else (None, None)
    return {
        "top1": (decidable.top1, decidable.top1_ci) if decidable else none,
        "top3": (decidable.top3, decidable.top3_ci) if decidable else none,
        "selective": (decidable.selective, decidable.selective_ci) if decidable else none,
        "undecided ok": (undecided.ok, undecided.ok_ci) if undecided else none,
        "overclaim": (undecided.overclaim, undecided.overclaim_ci) if undecided else none,
        "false answers": (failures.none.false_answers, failures.none.false_answers_ci) if failures else none,
        "ece": (failures.ece if failures else None, None),
        "right1": (questions.right1, questions.right1_ci) if questions else none,
        "right3": (questions.right3, questions.right3_ci) if questions else none,
        "silent": (questions.silent, questions.silent_ci) if questions else none,
        "p50 ms": (report.latency.p50 if report.latency else None, None),
    }


def number(value: object) -> str:
    """A number or an interval as it is printed, shares with three decimals and times with one; a dash for None."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(number, value)) + "]"
    if isinstance(value, float):
        return f"{value:.3f}" if value <= 1 else f"{value:.1f}"
    return "-" if value is None else str(value)


def _metrics(report: Report) -> str:
    """One line for each part that has cases."""
    lines = []
    if report.failures:
        lines.append("decidable".ljust(12) + _pairs(asdict(report.failures.decidable)))
        lines.append("undecided".ljust(12) + _pairs(asdict(report.failures.undecided)))
        lines.append("none".ljust(12) + _pairs(asdict(report.failures.none)))
        lines.append("ece".ljust(12) + number(report.failures.ece))
    if report.questions:
        lines.append("questions".ljust(12) + _pairs(asdict(report.questions)))
    if report.latency:
        lines.append("latency ms".ljust(12) + f"p50={report.latency.p50:.1f} p95={report.latency.p95:.1f}")
    return "\n".join(lines)


def _pairs(values: Mapping[str, object]) -> str:
    """Each number by name, with its interval after it."""
    parts = []
    for key, value in values.items():
        if not key.endswith("_ci"):
            between = values.get(f"{key}_ci")
            parts.append(f"{key}={number(value)}" + (f" {number(between)}" if between is not None else ""))
    return " ".join(parts)


def _some(ids: Sequence[str]) -> str:
    rest = len(ids) - SHOWN_IDS
    return " ".join(ids[:SHOWN_IDS]) + (f" and {rest} more" if rest > 0 else "")


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, the first one left, the others right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for first, *others in cells:
        aligned = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *aligned]))
    return "\n".join(lines)
