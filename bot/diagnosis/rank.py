"""From votes to a probability for each cause, for "cannot be decided" and for "about something else".

Every vote adds log-odds to a cause; a softmax over the causes with votes and the two rest classes turns them into
probabilities that add up to one: a conditional logit (McFadden 1974), whose weights are fitted on labelled cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.rules import Findings, Fired
from bot.diagnosis.types import Evidence, Hypothesis, Rest, Vote
from bot.diagnosis.votes import Ballot, cast, cast_rest
from bot.diagnosis.weights import Weights
from bot.knowledge.types import Level

MAX_CANDIDATES = 12
CERTAIN_FROM = 0.97
LIKELY_FROM = 0.85
DIAGNOSIS_FROM = 0.60
"""Confidences from which a level is given: of answers that say so, at least this share is meant to be right."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hypotheses, most probable first, and the rest classes."""

    hypotheses: tuple[Hypothesis, ...]
    rest: tuple[Rest, ...]


def rank(index: ConditionIndex, ballot: Ballot, weights: Weights) -> Ranking:
    """Rank every cause that got a vote. Ties keep the order of ids."""
    votes = {cause_id: _weighed(given, weights) for cause_id, given in cast(index, ballot).items()}
    rest = {name: _weighed(given, weights) for name, given in cast_rest(ballot).items()}
    scores = {name: sum(vote.score for vote in given) for name, given in (*votes.items(), *rest.items())}
    shares = _softmax(scores)
    order = sorted(votes, key=lambda cause_id: (-scores[cause_id], cause_id))[:MAX_CANDIDATES]
    fired = ballot.findings.fired
    hypotheses = tuple(
        Hypothesis(
            index.snapshot.causes[i], shares[i], level_of(shares[i], fired.get(i)), _evidence(ballot.findings, i), votes[i]
        )
        for i in order
    )
    return Ranking(hypotheses, tuple(Rest(name, shares[name], given) for name, given in rest.items()))


def level_of(confidence: float, fired: Fired | None) -> Level:
    """The word for a confidence; "certain" is kept for what a certain rule proves."""
    if confidence >= CERTAIN_FROM and fired is not None and fired.level is Level.CERTAIN:
        return Level.CERTAIN
    return Level.LIKELY if confidence >= LIKELY_FROM else Level.POSSIBLE


def _weighed(given: Mapping[str, float], weights: Weights) -> tuple[Vote, ...]:
    return tuple(Vote(voter, value, weights.of(voter)) for voter, value in given.items())


def _evidence(findings: Findings, cause_id: str) -> tuple[Evidence, ...]:
    fired = findings.fired.get(cause_id)
    return fired.evidence if fired else ()


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    peak = max(scores.values())
    powers = {name: math.exp(score - peak) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}
