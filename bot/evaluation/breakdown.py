"""Where the metrics come from: by cause, by kind of mistake, by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.evaluation.metrics import Kind, Row


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that half, and nineteen of twenty, of the answers took at most."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class CauseScore:
    """One cause: of its `n` cases, how many had it first, in the first three, and were answered with a diagnosis.

    `false` counts the diagnoses of this cause on cases that do not accept it.
    """

    id: str
    n: int
    top1: int
    top3: int
    answered: int
    false: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Cases with the same label that went wrong in the same way: `answered` is the first cause given, or the verdict."""

    gold: str
    answered: str
    ids: tuple[str, ...]


def cause_scores(rows: Iterable[Row]) -> tuple[CauseScore, ...]:
    """One line for every cause that is the first label of a case or was diagnosed falsely, in order of id."""
    cases: defaultdict[str, list[Row]] = defaultdict(list)
    false: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row.kind is Kind.DECIDABLE:
            cases[row.gold[0]].append(row)
        if row.answered and row.ids and not row.top1:
            false[row.ids[0]] += 1
    return tuple(
        CauseScore(
            id=cause,
            n=len(cases[cause]),
            top1=sum(row.top1 for row in cases[cause]),
            top3=sum(row.top3 for row in cases[cause]),
            answered=sum(row.answered for row in cases[cause]),
            false=false[cause],
        )
        for cause in sorted(cases.keys() | false.keys())
    )


def confusions(rows: Iterable[Row]) -> tuple[Confusion, ...]:
    """What went wrong, the most frequent first, then by label."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if not row.ok:
            says_cause = row.ids and (row.answered or row.kind is Kind.DECIDABLE)
            groups[row.gold[0], row.ids[0] if says_cause else f"({row.verdict})"].append(row.id)
    found = [Confusion(gold, answered, tuple(ids)) for (gold, answered), ids in groups.items()]
    return tuple(sorted(found, key=lambda confusion: (-len(confusion.ids), confusion.gold, confusion.answered)))


def latency(milliseconds: Iterable[float]) -> Latency | None:
    """Percentiles by nearest rank; None without a time."""
    times = sorted(milliseconds)
    if not times:
        return None
    p50, p95 = (times[-(-len(times) * percent // 100) - 1] for percent in (50, 95))
    return Latency(p50, p95)
