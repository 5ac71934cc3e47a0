"""What speaks for each cause, and what speaks for the two rest classes: the inputs of the ranking, each a small number.

Rules, exact keys, likeness of meaning and of words, and failures like this one all vote; what earlier messages of the
conversation showed votes through the conditions that still hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.conditions import ConditionIndex, Hits
from bot.diagnosis.ownership import Owner
from bot.diagnosis.rules import Findings
from bot.knowledge.types import Symptom
from bot.retrieval.index import Hit

UNDECIDED, ELSEWHERE = "cannot be decided", "about something else"
REST = (UNDECIDED, ELSEWHERE)
"""The classes beside the causes."""

RULE = {level: f"rule, {level}" for level in ("possible", "likely", "certain")}
CLAUSES, KEY = "further clauses", "exact key"
SYMPTOM, ORDER = "symptom", "place in the symptom"
MEANING, WORDS, SIMILAR = "meaning", "words", "similar failure"
CAUSE_VOTERS = (*RULE.values(), CLAUSES, KEY, SYMPTOM, ORDER, MEANING, WORDS, SIMILAR)
OPEN, OPEN_SYMPTOM = "always open", "a symptom is open"
UNNAMED, NAMED = "product not named", "product named"
VOTERS = (*CAUSE_VOTERS, OPEN, OPEN_SYMPTOM, UNNAMED, NAMED)

CODE = "api_error"
"""The kind of conditions that is a key: the vendor's own code for what went wrong."""
MEANING_FROM, SIMILAR_FROM = 0.3, 0.6
"""Cosines that any two texts of this field reach: below them likeness says nothing."""
MAX_CLAUSES = 2


@dataclass(frozen=True, slots=True)
class Ballot:
    """Everything that may vote about one message. `conditions` are those that hold in the conversation so far."""

    findings: Findings
    symptom: Symptom | None
    conditions: Hits
    similar: Sequence[Hit]
    owner: Owner


def cast(index: ConditionIndex, ballot: Ballot) -> dict[str, dict[str, float]]:
    """The value of each voter for each cause that has one; causes that are ruled out get none."""
    cast_votes: dict[str, dict[str, float]] = {}
    for cause_id, voter, value in _votes(index, ballot):
        if cause_id in index.snapshot.causes and cause_id not in ballot.findings.ruled_out:
            given = cast_votes.setdefault(cause_id, {})
            given[voter] = max(given.get(voter, 0.0), value)
    return cast_votes


def cast_rest(ballot: Ballot) -> Mapping[str, Mapping[str, float]]:
    """The value of each voter for the rest classes."""
    undecided = {OPEN: 1.0} | ({OPEN_SYMPTOM: 1.0} if ballot.symptom else {})
    return {UNDECIDED: undecided, ELSEWHERE: {NAMED if ballot.owner is Owner.OURS else UNNAMED: 1.0}}


def candidate_ids(symptom: Symptom) -> list[str]:
    """The causes a symptom names, in its order, each once: first the first of every candidate, then the rest."""
    first = [candidate.causes[0] for candidate in symptom.candidates]
    rest = [cause for candidate in symptom.candidates for cause in candidate.causes[1:]]
    return list(dict.fromkeys([*first, *rest]))


def _votes(index: ConditionIndex, ballot: Ballot) -> Iterator[tuple[str, str, float]]:
    findings = ballot.findings
    for cause_id, fired in findings.fired.items():
        if cause_id not in findings.suppressed:
            yield cause_id, RULE[fired.level], 1.0
            if fired.clauses > 1:
                yield cause_id, CLAUSES, float(min(fired.clauses - 1, MAX_CLAUSES))
    for k in ballot.conditions:
        if k[0] == CODE:
            named = index.proving(k)
            yield from ((cause_id, KEY, 1.0 / len(named)) for cause_id in named if cause_id not in findings.suppressed)
    if ballot.symptom is not None:
        for place, cause_id in enumerate(candidate_ids(ballot.symptom)):
            yield cause_id, SYMPTOM, 1.0
            yield cause_id, ORDER, 1.0 / (1 + place)
    examples = index.causes_of_examples
    for hit in ballot.similar:
        if hit.document.kind == "example":
            if hit.dense > SIMILAR_FROM:
                yield examples.get(hit.document.id, ""), SIMILAR, hit.dense - SIMILAR_FROM
        else:
            if hit.dense > MEANING_FROM:
                yield hit.document.id, MEANING, hit.dense - MEANING_FROM
            if hit.lexical_rank is not None:
                yield hit.document.id, WORDS, 1.0 / hit.lexical_rank
