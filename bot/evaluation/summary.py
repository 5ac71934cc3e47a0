"""The metrics over judged failures; each share has its interval beside it, named `…_ci`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.diagnosis.types import Verdict
from bot.evaluation.calibration import calibration_bins, calibration_error
from bot.evaluation.metrics import Kind, Row
from bot.evaluation.shares import Interval, interval, share


@dataclass(frozen=True, slots=True)
class Decidable:
    """Cases with a known cause: shares with the right cause first / in the first three / five, the share answered with a
    diagnosis, and `selective`: top1 among those."""

    n: int
    top1: float | None
    top1_ci: Interval
    top3: float | None
    top3_ci: Interval
    top5: float | None
    top5_ci: Interval
    answered: float | None
    answered_ci: Interval
    selective: float | None
    selective_ci: Interval


@dataclass(frozen=True, slots=True)
class Undecided:
    """Cases that nobody can decide: `ok` is an overview or an acceptable diagnosis, `overclaim` an unacceptable diagnosis,
    `candidates` the share with an acceptable cause among the first five, where the labels name any."""

    n: int
    ok: float | None
    ok_ci: Interval
    overclaim: float | None
    overclaim_ci: Interval
    abstained: float | None
    abstained_ci: Interval
    candidates: float | None
    candidates_ci: Interval


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Cases that are not ours: everything but silence is a false answer."""

    n: int
    ok: float | None
    ok_ci: Interval
    false_answers: float | None
    false_answers_ci: Interval


@dataclass(frozen=True, slots=True)
class Summary:
    """The metrics of a set of failures; a share over no case is None."""

    cases: int
    decidable: Decidable
    undecided: Undecided
    none: Elsewhere
    ece: float | None


def summarise(rows: Sequence[Row]) -> Summary:
    """The metrics over judged cases."""
    return Summary(
        cases=len(rows),
        decidable=_decidable([row for row in rows if row.kind is Kind.DECIDABLE]),
        undecided=_undecided([row for row in rows if row.kind is Kind.UNDECIDED]),
        none=_elsewhere([row for row in rows if row.kind is Kind.NONE]),
        ece=calibration_error(calibration_bins(rows)),
    )


def _decidable(rows: Sequence[Row]) -> Decidable:
    top1, top3, top5 = [row.top1 for row in rows], [row.top3 for row in rows], [row.top5 for row in rows]
    answered, selective = [row.answered for row in rows], [row.top1 for row in rows if row.answered]
    return Decidable(
        n=len(rows),
        top1=share(top1),
        top1_ci=interval(top1),
        top3=share(top3),
        top3_ci=interval(top3),
        top5=share(top5),
        top5_ci=interval(top5),
        answered=share(answered),
        answered_ci=interval(answered),
        selective=share(selective),
        selective_ci=interval(selective),
    )


def _undecided(rows: Sequence[Row]) -> Undecided:
    ok, overclaim = [row.ok for row in rows], [row.answered and not row.top1 for row in rows]
    abstained, candidates = [row.verdict == Verdict.ABSTAIN for row in rows], [row.top5 for row in rows if len(row.gold) > 1]
    return Undecided(
        n=len(rows),
        ok=share(ok),
        ok_ci=interval(ok),
        overclaim=share(overclaim),
        overclaim_ci=interval(overclaim),
        abstained=share(abstained),
        abstained_ci=interval(abstained),
        candidates=share(candidates),
        candidates_ci=interval(candidates),
    )


def _elsewhere(rows: Sequence[Row]) -> Elsewhere:
    ok, false = [row.ok for row in rows], [not row.ok for row in rows]
    return Elsewhere(n=len(rows), ok=share(ok), ok_ci=interval(ok), false_answers=share(false), false_answers_ci=interval(false))
