"""From votes to a probability for each cause, for "cannot be decided" and for "about something else".

Every vote adds log-odds to a cause; a softmax over the causes with votes and the two rest classes turns them into
probabilities that add up to one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.ownership import Owner
from bot.diagnosis.rules import Findings, Fired
from bot.diagnosis.types import Evidence, Hypothesis, Vote
from bot.knowledge.types import Level, Snapshot, Symptom
from bot.retrieval.index import Hit

MAX_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the voters, in log-odds for each unit of their value."""

    certain: float = 9.0
    likely: float = 5.5
    possible: float = 2.6
    more_clauses: float = 0.6
    symptom: float = 3.0
    symptom_step: float = 0.35
    dense: float = 7.0
    lexical: float = 1.5
    example: float = 4.0
    undecided: float = 3.2
    undecided_symptom: float = 4.0
    elsewhere_open: float = 2.0
    elsewhere_ours: float = -1.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hypotheses, most probable first, and the probabilities of the two rest classes."""

    hypotheses: tuple[Hypothesis, ...]
    undecided: float
    elsewhere: float


def rank(
    snapshot: Snapshot, findings: Findings, symptom: Symptom | None, hits: Sequence[Hit], owner: Owner, weights: Weights
) -> Ranking:
    """Rank every cause that got a vote; ruled-out causes get none. Ties keep the order of ids."""
    votes: dict[str, list[Vote]] = {}
    for cause_id, vote in _votes(findings, symptom, hits, weights, {e.id: e.cause for e in snapshot.examples}):
        if cause_id not in findings.ruled_out and cause_id in snapshot.causes:
            votes.setdefault(cause_id, []).append(vote)
    scores = {cause_id: sum(vote.score for vote in given) for cause_id, given in votes.items()}
    rest = {
        "undecided": weights.undecided + (weights.undecided_symptom if symptom else 0.0),
        "elsewhere": weights.elsewhere_ours if owner is Owner.OURS else weights.elsewhere_open,
    }
    shares = _softmax({**scores, **rest})
    order = sorted(scores, key=lambda cause_id: (-scores[cause_id], cause_id))[:MAX_CANDIDATES]
    hypotheses = tuple(
        Hypothesis(
            snapshot.causes[i], shares[i], level_of(shares[i], findings.fired.get(i)), _evidence(findings, i), tuple(votes[i])
        )
        for i in order
    )
    return Ranking(hypotheses, shares["undecided"], shares["elsewhere"])


def level_of(confidence: float, fired: Fired | None) -> Level:
    """The word for a confidence; "certain" is kept for what a certain rule proves."""
    if confidence >= 0.95 and fired is not None and fired.level is Level.CERTAIN:
        return Level.CERTAIN
    return Level.LIKELY if confidence >= 0.6 else Level.POSSIBLE


def _votes(
    findings: Findings, symptom: Symptom | None, hits: Iterable[Hit], weights: Weights, examples: Mapping[str, str]
) -> Iterable[tuple[str, Vote]]:
    for cause_id, fired in findings.fired.items():
        if cause_id not in findings.suppressed:
            yield cause_id, Vote(f"rule, {fired.level}", 1.0, getattr(weights, fired.level.value))
            if fired.clauses > 1:
                yield cause_id, Vote("further clauses", min(fired.clauses - 1, 2), weights.more_clauses)
    if symptom is not None:
        for position, cause_id in enumerate(candidate_ids(symptom)):
            yield cause_id, Vote(f"symptom {symptom.id}", 1.0, max(weights.symptom - weights.symptom_step * position, 0.5))
    best: dict[tuple[str, str], float] = {}
    for hit in hits:
        cause_id = examples.get(hit.document.id, "") if hit.document.kind == "example" else hit.document.id
        voter = "similar failure" if hit.document.kind == "example" else "meaning"
        best[cause_id, voter] = max(best.get((cause_id, voter), 0.0), hit.dense)
        if hit.document.kind == "cause" and hit.lexical_rank is not None:
            best[cause_id, "words"] = max(best.get((cause_id, "words"), 0.0), 1.0 / hit.lexical_rank)
    weight = {"similar failure": weights.example, "meaning": weights.dense, "words": weights.lexical}
    floor = {"similar failure": 0.6, "meaning": 0.3, "words": 0.0}
    for (cause_id, voter), value in best.items():
        if value > floor[voter]:
            yield cause_id, Vote(voter, value - floor[voter], weight[voter])


def candidate_ids(symptom: Symptom) -> list[str]:
    """The causes a symptom names, in its order, each once: first the first of every candidate, then the rest."""
    first = [candidate.causes[0] for candidate in symptom.candidates]
    rest = [cause for candidate in symptom.candidates for cause in candidate.causes[1:]]
    return list(dict.fromkeys([*first, *rest]))


def _evidence(findings: Findings, cause_id: str) -> tuple[Evidence, ...]:
    fired = findings.fired.get(cause_id)
    return fired.evidence if fired else ()


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    peak = max(scores.values())
    powers = {name: math.exp(score - peak) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}
