"""Scores of a model on failures that it was not fitted on, and of parts of its votes alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.rank import CERTAIN_FROM, DIAGNOSIS_FROM, LIKELY_FROM
from bot.diagnosis.votes import CAUSE_VOTERS, CLAUSES, ELSEWHERE, KEY, MEANING, REST, RULE, SIMILAR, UNDECIDED, WORDS
from bot.diagnosis.weights import Weights
from bot.engine import Engine
from bot.evaluation.cases import Case
from bot.evaluation.examples import FOLDS, Example, as_served, fold_of, held_examples, without
from bot.evaluation.fit import fit_weights, folds, probabilities
from bot.evaluation.metrics import Kind, Row
from bot.evaluation.run import Pair, answer_cases
from bot.evaluation.shares import Interval, interval, share

RULES = (*RULE.values(), CLAUSES)
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "rules only": RULES,
    "keys only": (KEY,),
    "lexical only": (WORDS,),
    "dense only": (MEANING,),
    "fused": (MEANING, WORDS),
    "fused + examples": (MEANING, WORDS, SIMILAR),
    "all": CAUSE_VOTERS,
}
LEVELS = {"certain": (CERTAIN_FROM, 2.0), "likely": (LIKELY_FROM, CERTAIN_FROM), "possible": (DIAGNOSIS_FROM, LIKELY_FROM)}


@dataclass(frozen=True, slots=True)
class Ablation:
    """What the ranking alone achieves with some of its voters: shares with their intervals.

    top1, top3: of the decidable cases. selective: of those with a cause at DIAGNOSIS_FROM or more. overclaim: of the undecided
    and foreign cases, how many got a cause with so much.
    """

    top1: tuple[float | None, Interval]
    top3: tuple[float | None, Interval]
    selective: tuple[float | None, Interval]
    overclaim: tuple[float | None, Interval]


def answer_held_out(
    engine: Engine,
    cases: Sequence[Case],
    examples: Sequence[Example],
    strength: float,
    answer: Callable[[Engine, list[Case]], list[Case]],
) -> list[Pair]:
    """Every case, answered as served by a bot whose weights and example failures do not know its fold."""
    served, pairs = as_served(examples), []
    for fold in range(FOLDS):
        held = [case for case in cases if fold_of(case) == fold]
        if held:
            weights = fit_weights([example for example in served if example.fold != fold], strength)
            blind = engine.with_weights(Weights(weights)).with_index(
                engine.index.without("example", held_examples(engine.snapshot, held))
            )
            pairs += answer_cases(held, lambda messages, blind=blind: answer(blind, messages))  # type: ignore[misc]
    order = {case["id"]: place for place, case in enumerate(cases)}
    return sorted(pairs, key=lambda pair: order[pair[0]["id"]])


def ablations(examples: Sequence[Example], strength: float) -> dict[str, Ablation]:
    """The ranking with each variant's voters alone, fitted and scored by cross-validation."""
    found = {}
    for name, voters in VARIANTS.items():
        left_out = [voter for voter in CAUSE_VOTERS if voter not in voters]
        masked = [without(example, left_out) for example in examples]
        judged = []
        for kept, held in folds(masked):
            weights = fit_weights(kept, strength)
            judged += [_judge(example, weights) for example in held]
        found[name] = _summary(judged)
    return found


def by_level(rows: Sequence[Row]) -> dict[str, tuple[int, float | None]]:
    """Diagnoses of our cases by the band of their confidence: how many, and the share that is right."""
    found = {}
    for name, (low, high) in LEVELS.items():
        inside = [r.top1 for r in rows if r.answered and r.kind is not Kind.NONE and low <= (r.confidence or 0) < high]
        found[name] = (len(inside), share(inside))
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    kind: Kind
    top1: bool
    top3: bool
    sure: bool


def _judge(example: Example, weights: dict[str, float]) -> _Judged:
    shares = dict(zip(example.options, probabilities(example, weights), strict=True))
    ranked = sorted((option for option in shares if option not in REST), key=lambda option: (-shares[option], option))
    kind = Kind.NONE if ELSEWHERE in example.wanted else Kind.UNDECIDED if UNDECIDED in example.wanted else Kind.DECIDABLE
    top1, top3 = (not example.wanted.isdisjoint(ranked[:count]) for count in (1, 3))
    return _Judged(kind, top1, top3, bool(ranked) and shares[ranked[0]] >= DIAGNOSIS_FROM)


def _summary(judged: Sequence[_Judged]) -> Ablation:
    decidable = [one for one in judged if one.kind is Kind.DECIDABLE]
    columns = (
        [one.top1 for one in decidable],
        [one.top3 for one in decidable],
        [one.top1 for one in decidable if one.sure],
        [one.sure for one in judged if one.kind is not Kind.DECIDABLE],
    )
    return Ablation(*((share(column), interval(column)) for column in columns))
