"""Answers to failures against their labels.

A case's `gold` lists the acceptable causes, best first. Two labels are behaviours: "none" (not ours: abstain) and
"insufficient" (ours, but the text does not decide: give an overview; ids after it may be named as candidates).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.diagnosis.types import Verdict
from bot.evaluation.cases import Case

BOOTSTRAP_ROUNDS = 1000
BOOTSTRAP_SEED = 7
CALIBRATION_BINS = 10


class Kind(StrEnum):
    """What a good answer to the case does."""

    DECIDABLE = "decidable"
    UNDECIDED = "undecided"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """What happened to one case. `ids` are the first five causes answered; `top1`…`top5` hold whatever the verdict is."""

    id: str
    kind: Kind
    gold: tuple[str, ...]
    verdict: str
    ids: tuple[str, ...]
    top1: bool
    top3: bool
    top5: bool
    answered: bool
    confidence: float | None
    ok: bool


@dataclass(frozen=True, slots=True)
class Decidable:
    """Cases with a known cause: shares with the right cause first / in the first three / five, `top1` with its interval,
    the share answered with a diagnosis, and `selective`: top1 among those."""

    n: int
    top1: float | None
    top1_ci: tuple[float, float] | None
    top3: float | None
    top5: float | None
    answered: float | None
    selective: float | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Cases that nobody can decide: `ok` is an overview or an acceptable diagnosis, `overclaim` an unacceptable diagnosis,
    `candidates` the share with an acceptable cause among the first five, where the labels name any."""

    n: int
    ok: float | None
    overclaim: float | None
    abstained: float | None
    candidates: float | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Cases that are not ours: everything but silence is a false answer."""

    n: int
    ok: float | None
    false_answers: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The metrics of a set of failures; a share over no case is None."""

    cases: int
    decidable: Decidable
    undecided: Undecided
    none: Elsewhere
    ece: float | None


def judge(case: Case, answer: Case) -> Row:
    """Compare the answer to a failure (the JSON of one diagnosis) with its labels."""
    gold = tuple(case["gold"])
    kind = {"none": Kind.NONE, "insufficient": Kind.UNDECIDED}.get(gold[0], Kind.DECIDABLE)
    accepted = set(gold) - {"none", "insufficient"}
    causes, verdict = answer.get("causes", []), answer["verdict"]
    ids = tuple(cause["id"] for cause in causes[:5])
    top1 = bool(ids) and ids[0] in accepted
    answered = verdict == Verdict.DIAGNOSIS
    ok = {
        Kind.NONE: verdict == Verdict.ABSTAIN,
        Kind.UNDECIDED: verdict == Verdict.OVERVIEW or (answered and top1),
        Kind.DECIDABLE: top1,
    }[kind]
    return Row(
        id=case["id"],
        kind=kind,
        gold=gold,
        verdict=verdict,
        ids=ids,
        top1=top1,
        top3=not accepted.isdisjoint(ids[:3]),
        top5=not accepted.isdisjoint(ids),
        answered=answered,
        confidence=causes[0].get("confidence") if causes else None,
        ok=ok,
    )


def summarise(rows: Sequence[Row]) -> Summary:
    """The metrics over judged cases."""
    decidable = [row for row in rows if row.kind is Kind.DECIDABLE]
    undecided = [row for row in rows if row.kind is Kind.UNDECIDED]
    none = [row for row in rows if row.kind is Kind.NONE]
    return Summary(
        cases=len(rows),
        decidable=Decidable(
            n=len(decidable),
            top1=share([row.top1 for row in decidable]),
            top1_ci=interval([row.top1 for row in decidable]),
            top3=share([row.top3 for row in decidable]),
            top5=share([row.top5 for row in decidable]),
            answered=share([row.answered for row in decidable]),
            selective=share([row.top1 for row in decidable if row.answered]),
        ),
        undecided=Undecided(
            n=len(undecided),
            ok=share([row.ok for row in undecided]),
            overclaim=share([row.answered and not row.top1 for row in undecided]),
            abstained=share([row.verdict == Verdict.ABSTAIN for row in undecided]),
            candidates=share([row.top5 for row in undecided if len(row.gold) > 1]),
        ),
        none=Elsewhere(n=len(none), ok=share([row.ok for row in none]), false_answers=share([not row.ok for row in none])),
        ece=calibration_error(rows),
    )


def share(values: Sequence[bool]) -> float | None:
    """Part of the values that are true; None of none."""
    return sum(values) / len(values) if values else None


def interval(values: Sequence[bool]) -> tuple[float, float] | None:
    """95 % bootstrap interval of a share (percentile method, fixed seed), rounded to thousandths."""
    if not values:
        return None
    generator, n = random.Random(BOOTSTRAP_SEED), len(values)  # noqa: S311 - resampling, nothing secret
    means = sorted(sum(generator.choices(values, k=n)) / n for _ in range(BOOTSTRAP_ROUNDS))
    low, high = means[int(BOOTSTRAP_ROUNDS * 0.025)], means[int(BOOTSTRAP_ROUNDS * 0.975)]
    return round(low, 3), round(high, 3)


def calibration_error(rows: Sequence[Row]) -> float | None:
    """Expected calibration error of the first cause's confidence against top1, ten equal bins, over diagnoses of our cases.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 5.
    """
    diagnosed = [row for row in rows if row.answered and row.kind is not Kind.NONE]
    seen = [(row.confidence, row.top1) for row in diagnosed if row.confidence is not None]
    if not seen:
        return None
    error = 0.0
    for number in range(CALIBRATION_BINS):
        low, high = number / CALIBRATION_BINS, (number + 1) / CALIBRATION_BINS
        last = number == CALIBRATION_BINS - 1
        inside = [(confidence, right) for confidence, right in seen if low <= confidence < high or (last and confidence >= 1)]
        if inside:
            confidence, accuracy = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            error += len(inside) / len(seen) * abs(confidence - accuracy)
    return round(error, 3)
