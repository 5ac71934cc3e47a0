"""Rules over the conditions that hold: which causes and symptoms fire, at which level, on which lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.diagnosis.conditions import ConditionIndex, Hits
from bot.diagnosis.types import Evidence, RuledOut
from bot.knowledge.types import Advice, Cause, Clause, Condition, Level, Snapshot, Symptom

LEVELS = (Level.CERTAIN, Level.LIKELY, Level.POSSIBLE)
MAX_EVIDENCE = 4
CONTEXT = frozenset({"product", "topic", "endpoint", "vendor"})
"""Kinds that say what a paste is about: they are no evidence where something else is."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A cause whose rule fired: its best level, the lines that show it, and how many clauses of that level held."""

    cause: Cause
    level: Level
    evidence: tuple[Evidence, ...]
    clauses: int


@dataclass(frozen=True, slots=True)
class FiredSymptom:
    """A symptom that shows, and the lines that show it."""

    symptom: Symptom
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that rules say about a paste: causes by id, causes ruled out, symptoms with the best first."""

    fired: Mapping[str, Fired]
    ruled_out: Mapping[str, RuledOut]
    symptoms: tuple[FiredSymptom, ...]
    suppressed: frozenset[str] = frozenset()


def apply_rules(conditions: ConditionIndex, hits: Hits) -> Findings:
    """The findings for the conditions that hold.

    A certain rule overrides its own exclusion. A cause that fired at least as likely hides the causes it suppresses,
    unless those are certain.
    """
    fired: dict[str, Fired] = {}
    out: dict[str, RuledOut] = {}
    for cause in conditions.causes(hits):
        match = _best(cause, hits)
        if match is None or match.level is not Level.CERTAIN:
            excluded = _excluded(cause, hits)
            if excluded is not None:
                out[cause.id] = excluded
                continue
        if match is not None:
            fired[cause.id] = match
    hidden = frozenset(
        other
        for match in fired.values()
        if match.level is not Level.POSSIBLE
        for other in match.cause.suppresses
        if other in fired and not (fired[other].level is Level.CERTAIN and match.level is not Level.CERTAIN)
    )
    return Findings(fired, out, _symptoms(conditions.snapshot, hits), hidden)


def holds(clause: Clause, conditions: Mapping[str, Condition], hits: Hits) -> bool:
    """Whether every signal of the clause that must be present is, and none that must be absent is."""
    return all(conditions[name].key in hits for name in clause.present) and not any(
        conditions[name].key in hits for name in clause.absent
    )


def _symptoms(snapshot: Snapshot, hits: Hits) -> tuple[FiredSymptom, ...]:
    shown = []
    for symptom in snapshot.symptoms.values():
        matched = [clause for clause in symptom.when if holds(clause, symptom.conditions, hits)]
        if matched:
            shown.append(FiredSymptom(symptom, _evidence(matched[:1], symptom.conditions, hits)))
    return tuple(sorted(shown, key=lambda s: (-s.symptom.rank, s.symptom.id)))


def _best(cause: Cause, hits: Hits) -> Fired | None:
    for level in LEVELS:
        matched = [clause for clause in cause.rules[level] if holds(clause, cause.conditions, hits)]
        if matched:
            return Fired(cause, level, _evidence(matched, cause.conditions, hits), len(matched))
    return None


def _excluded(cause: Cause, hits: Hits) -> RuledOut | None:
    for exclusion in cause.exclusions:
        if holds(exclusion.clause, cause.conditions, hits):
            return RuledOut(cause, Advice(exclusion.says, exclusion.cite), _evidence([exclusion.clause], cause.conditions, hits))
    return None


def _evidence(clauses: Iterable[Clause], conditions: Mapping[str, Condition], hits: Hits) -> tuple[Evidence, ...]:
    """The lines behind the clauses, one entry a line; what the corpus's author named first comes first."""
    lines: dict[tuple[bool, int], Evidence] = {}
    for clause in clauses:
        telling = [name for name in clause.present if conditions[name].kind not in CONTEXT]
        for name in telling or clause.present:
            condition = conditions[name]
            for evidence in hits[condition.key][:2]:
                why = ": ".join(part for part in (condition.why, evidence.why) if part)
                place = (not evidence.earlier, evidence.number)
                if place not in lines or (why and not lines[place].why):
                    lines[place] = Evidence(evidence.number, evidence.quote, why, evidence.earlier)
    return tuple(lines.values())[:MAX_EVIDENCE]
