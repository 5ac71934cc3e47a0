"""Which texts of a corpus need not be tested again after a change: those on which nothing that changed can say anything.

Of every text that was tested it is remembered what conditions are looked for in, which of them held, and what the rules made of
that. A text is tested again when a condition that is new holds in it, when the conditions that hold in it meet a clause of a
rule that changed, as it was or as it is, or when a word in it became English to the glossary, or ceased to be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.diagnosis.conditions import SCOPES, TYPED, Key
from bot.diagnosis.facts import Facts
from bot.diagnosis.pattern_search import PatternSearch
from bot.diagnosis.selftest import Outcome
from bot.knowledge.glossary import words_of
from bot.knowledge.types import Cause, Clause, Condition, Level, Snapshot, Symptom


@dataclass(frozen=True, slots=True)
class Record:
    """One tested text: what patterns are searched in, by scope; its typed signals, as (kind, value); which conditions held."""

    items: Mapping[str, tuple[str, ...]]
    signals: frozenset[tuple[str, str]]
    held: frozenset[str]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a corpus decides its tests beside their texts.

    clauses: every clause of every rule as text, and the conditions it needs. conditions: every one by its name. english: the
    words that the glossary takes for English.
    """

    clauses: Mapping[str, frozenset[str]]
    conditions: frozenset[str]
    english: frozenset[str]


@dataclass(frozen=True, slots=True)
class Past:
    """The last test: the rules at that time, and a record of each text."""

    rules: Rules
    records: Mapping[str, Record]


def name_of(key: Key) -> str:
    """A condition as text."""
    return f"{key[0]} {key[1]!r}"


def rules_of(snapshot: Snapshot) -> Rules:
    """What of a corpus decides its tests."""
    clauses: dict[str, frozenset[str]] = {}
    for cause in snapshot.causes.values():
        kinds = [(level.value, clause) for level in Level for clause in cause.rules[level]]
        kinds += [("out", exclusion.clause) for exclusion in cause.exclusions]
        clauses |= dict(_described(["cause", cause.id, *cause.suppresses], kinds, cause.conditions))
    for symptom in snapshot.symptoms.values():
        clauses |= dict(_described(["symptom", symptom.id], [("when", clause) for clause in symptom.when], symptom.conditions))
    return Rules(clauses, frozenset(map(name_of, _conditions(snapshot))), snapshot.glossary.english)


def record_of(facts: Facts, held: Iterable[Key], outcome: Outcome) -> Record:
    """What is to be remembered of a text."""
    items = {scope: tuple(item.text for item in facts.items(scope)) for scope in SCOPES}
    signals = frozenset((signal.kind.value, signal.value.lower()) for signal in facts.reading.signals)
    return Record(items, signals, frozenset(map(name_of, held)), outcome)


def unaffected(past: Past, snapshot: Snapshot, texts: Iterable[str]) -> Iterator[str]:
    """The texts of which the records hold for the snapshot, too."""
    now = rules_of(snapshot)
    new = [key for key in _conditions(snapshot) if name_of(key) not in past.rules.conditions]
    if any(key[0] not in SCOPES and key[0] not in TYPED for key in new):
        return  # such a condition looks at more than is remembered
    changed = {present for _, present in past.rules.clauses.items() ^ now.clauses.items()}
    words = past.rules.english ^ now.english
    met = _meeting(new, past.records)
    for text in texts:
        record = past.records.get(text)
        if record is None or text in met or any(present <= record.held for present in changed) or _says(text, words):
            continue
        yield text


def _described(
    rule: list[str], clauses: Iterable[tuple[str, Clause]], conditions: Mapping[str, Condition]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Each clause of a rule, as text, with what it needs."""
    for kind, clause in clauses:
        present, absent = ([name_of(conditions[signal].key) for signal in side] for side in (clause.present, clause.absent))
        yield json.dumps([rule, kind, present, absent]), frozenset(present)


def _conditions(snapshot: Snapshot) -> dict[Key, None]:
    rules: tuple[Cause | Symptom, ...] = (*snapshot.causes.values(), *snapshot.symptoms.values())
    return {condition.key: None for rule in rules for condition in rule.conditions.values()}


def _meeting(new: Iterable[Key], records: Mapping[str, Record]) -> set[str]:
    """The texts in which one of the conditions holds."""
    patterns: dict[str, list[str]] = {}
    wanted: set[tuple[str, str]] = set()
    for kind, value in new:
        if kind in SCOPES:
            patterns.setdefault(kind, []).append(str(value))
        elif isinstance(value, tuple):
            wanted |= {(TYPED[kind].value, str(one).lower()) for one in value}
    met = {text for text, record in records.items() if not wanted.isdisjoint(record.signals)}
    for scope, found in patterns.items():
        items = [(text, item) for text, record in records.items() for item in record.items.get(scope, ())]
        places = {place for place, _ in PatternSearch(found).find([item for _, item in items], range(len(items)), len(items))}
        met |= {items[place][0] for place in places}
    return met


def _says(text: str, words: frozenset[str]) -> bool:
    """Whether one of the words stands in a text."""
    if not words:
        return False
    lower = text.lower()
    # The words of an ASCII text stand in it as they are: few texts need to be taken apart.
    if text.isascii() and not any(word in lower for word in words):
        return False
    return not words.isdisjoint(words_of(text))
