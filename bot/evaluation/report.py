"""The result of an evaluation, and how it is printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.diagnosis.types import Verdict
from bot.evaluation.breakdown import CauseScore, Confusion, Latency
from bot.evaluation.metrics import Row, Summary
from bot.evaluation.questions import QuestionRow, QuestionSummary

SHOWN_IDS = 6
"""Case ids printed for one confusion."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured; a part without cases is None."""

    failures: Summary | None
    questions: QuestionSummary | None
    causes: tuple[CauseScore, ...]
    confusions: tuple[Confusion, ...]
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


def render_comparison(reports: Mapping[str, Report]) -> str:
    """One line for each named report, for instance the variants of an ablation."""
    lines = [(name, *map(_number, _headline_numbers(report).values())) for name, report in reports.items()]
    header = ("variant", *_headline_numbers(next(iter(reports.values())))) if reports else ("variant",)
    return _table(header, lines) + "\n"


def _headline_numbers(report: Report) -> dict[str, float | None]:
    """The numbers that decide between variants, by name; None for a part that was not measured."""
    failures, questions = report.failures, report.questions
    return {
        "top1": failures.decidable.top1 if failures else None,
        "top3": failures.decidable.top3 if failures else None,
        "selective": failures.decidable.selective if failures else None,
        "undecided ok": failures.undecided.ok if failures else None,
        "overclaim": failures.undecided.overclaim if failures else None,
        "false answers": failures.none.false_answers if failures else None,
        "ece": failures.ece if failures else None,
        "right1": questions.right1 if questions else None,
        "right3": questions.right3 if questions else None,
        "silent": questions.silent if questions else None,
    }


def _metrics(report: Report) -> str:
    """One line for each part that has cases."""
    lines = []
    if report.failures:
        lines.append("decidable".ljust(12) + _pairs(asdict(report.failures.decidable)))
        lines.append("undecided".ljust(12) + _pairs(asdict(report.failures.undecided)))
        lines.append("none".ljust(12) + _pairs(asdict(report.failures.none)))
        lines.append("ece".ljust(12) + _number(report.failures.ece))
    if report.questions:
        lines.append("questions".ljust(12) + _pairs(asdict(report.questions)))
    if report.latency:
        lines.append("latency ms".ljust(12) + f"p50={report.latency.p50:.1f} p95={report.latency.p95:.1f}")
    return "\n".join(lines)


def _pairs(values: Mapping[str, object]) -> str:
    return " ".join(f"{key}={_number(value)}" for key, value in values.items())


def _number(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_number, value)) + "]"
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


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
