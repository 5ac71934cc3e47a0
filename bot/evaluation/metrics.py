"""One answer to a failure against its labels.

A case's `gold` lists the acceptable causes, best first. Two labels are behaviours: "none" (not ours: abstain) and
"insufficient" (ours, but the text does not decide: give an overview; ids after it may be named as candidates).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.diagnosis.types import Verdict
from bot.evaluation.cases import Case


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
