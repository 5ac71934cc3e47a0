"""Which of the corpus's conditions hold in a paste, each with the lines that show it.

All patterns of a scope are searched at once; conditions that several causes share are evaluated once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from packaging.version import InvalidVersion, Version

from bot.diagnosis.facts import MAX_QUOTE, Facts, Item, quote
from bot.diagnosis.pattern_search import PatternSearch, pattern_search
from bot.diagnosis.types import Evidence
from bot.knowledge.signal_schema import GapSpec, PackageSpec
from bot.knowledge.types import Cause, Condition, Level, Snapshot
from bot.reading.timeline import gap
from bot.reading.told_times import ToldTime, told_times
from bot.reading.types import EventKind, SignalKind

SCOPES = ("text", "prose", "error", "exception", "frame", "model", "output_format")
TYPED = {
    "api_error": SignalKind.API_ERROR,
    "http_status": SignalKind.HTTP_STATUS,
    "ws_close": SignalKind.WS_CLOSE,
    "endpoint": SignalKind.ENDPOINT,
    "vendor": SignalKind.VENDOR,
    "plan": SignalKind.PLAN,
}
MAX_EVIDENCE = 3
"""Lines kept for one condition: the first ones."""

Key = tuple[str, object]
Hits = Mapping[Key, tuple[Evidence, ...]]


class ConditionIndex:
    """The conditions of a snapshot, compiled."""

    def __init__(self, snapshot: Snapshot) -> None:
        conditions: dict[Key, Condition] = {}
        named = [cause.conditions for cause in snapshot.causes.values()] + [
            symptom.conditions for symptom in snapshot.symptoms.values()
        ]
        for condition in (condition for group in named for condition in group.values()):
            conditions.setdefault(condition.key, condition)
        self.snapshot = snapshot
        self._proving: dict[Key, list[str]] = {}
        for cause in snapshot.causes.values():
            for k in {cause.conditions[name].key for clause in cause.rules[Level.CERTAIN] for name in clause.present}:
                self._proving.setdefault(k, []).append(cause.id)
        self.causes_of_examples = {example.id: example.cause for example in snapshot.examples}
        self._watched = _watched(snapshot)
        self._place = {cause_id: number for number, cause_id in enumerate(snapshot.causes)}
        self._scopes: dict[str, tuple[PatternSearch, list[Key]]] = {}
        for scope in SCOPES:
            keys = [k for k in conditions if k[0] == scope]
            self._scopes[scope] = pattern_search(tuple(str(k[1]) for k in keys)), keys
        self._typed: dict[tuple[SignalKind, str], list[Key]] = {}
        for k in conditions:
            if k[0] in TYPED and isinstance(k[1], tuple):
                for value in k[1]:
                    self._typed.setdefault((TYPED[k[0]], str(value).lower()), []).append(k)
        self._packages = [(k, k[1]) for k in conditions if isinstance(k[1], PackageSpec)]
        self._gaps = [(k, k[1]) for k in conditions if isinstance(k[1], GapSpec)]
        self._marks = {
            SignalKind.PRODUCT: [k for k in conditions if k[0] in ("product", "topic")],
            SignalKind.TOPIC: [k for k in conditions if k[0] == "topic"],
        }

    def hits(self, facts: Facts) -> Hits:
        """Every condition that holds, with at most MAX_EVIDENCE lines each, in the order of the paste."""
        found: dict[Key, list[Evidence]] = {}
        for k, evidence in self._all(facts):
            lines = found.setdefault(k, [])
            if len(lines) < MAX_EVIDENCE and all(e.number != evidence.number for e in lines):
                lines.append(evidence)
        return {k: tuple(lines) for k, lines in found.items()}

    def causes(self, hits: Hits) -> list[Cause]:
        """The causes of which a clause has all that must be present, in the order of the corpus; no other's rule can hold."""
        held = hits.keys()
        named = {cause_id for k in hits for cause_id, present in self._watched.get(k, ()) if present <= held}
        return [self.snapshot.causes[cause_id] for cause_id in sorted(named, key=self._place.__getitem__)]

    def proving(self, k: Key) -> Sequence[str]:
        """Ids of the causes whose certain rules ask for a condition."""
        return self._proving.get(k, ())

    def _all(self, facts: Facts) -> Iterator[tuple[Key, Evidence]]:
        for scope, (search, keys) in self._scopes.items():
            if keys:
                items = list(facts.items(scope))
                for place, index in search.find([i.text for i in items], [i.number for i in items], MAX_EVIDENCE):
                    yield keys[index], _evidence(items[place], search.patterns[index])
        for signal in facts.reading.signals:
            for k in self._typed.get((signal.kind, signal.value.lower()), ()):
                at = signal.text.lower().find(signal.value.lower())
                yield k, Evidence(signal.number, quote(signal.text, max(at, 0), max(at, 0) + len(signal.value)), "")
            yield from ((k, Evidence(signal.number, quote(signal.text), "")) for k in self._marks.get(signal.kind, ()))
            if signal.kind is SignalKind.PACKAGE:
                yield from (
                    (k, Evidence(signal.number, quote(signal.text), ""))
                    for k, spec in self._packages
                    if _in_bounds(signal.value, signal.detail, spec)
                )
        yield from self._gap_hits(facts)

    def _gap_hits(self, facts: Facts) -> Iterator[tuple[Key, Evidence]]:
        current = {id(event) for event in facts.reading.events}
        for k, spec in self._gaps:
            for found in gap(facts.events, spec.start, EventKind(spec.end)):
                if id(found.end) not in current or not _within(found.seconds, spec):
                    continue
                yield k, Evidence(found.end.number, quote(found.end.text), f"{found.seconds:.2f} s")
        if self._gaps:
            for item in facts.items("prose"):
                for told in told_times(item.text):
                    evidence = Evidence(item.number, quote(item.pasted or item.text), "as you say")
                    yield from ((k, evidence) for k, spec in self._gaps if _tells(told, spec))


def _evidence(item: Item, pattern: Any) -> Evidence:
    """The line of a text that a pattern was found in."""
    if item.pasted or len(item.text) <= MAX_QUOTE:  # is quoted whole, wherever the match stands
        return Evidence(item.number, quote(item.pasted or item.text), "")
    match = pattern.search(item.text)
    start, end = match.span() if match else (0, 0)
    return Evidence(item.number, quote(item.text, start, end), "")


def _watched(snapshot: Snapshot) -> Mapping[Key, Sequence[tuple[str, frozenset[Key]]]]:
    """Every clause (its cause and what must be present) under one of its conditions: the one that the fewest clauses have.

    Conditions that hold in most pastes, like the product's name, then lead to no clause that asks for anything rarer, however
    many causes there are.
    """
    clauses: list[tuple[str, frozenset[Key]]] = []
    for cause in snapshot.causes.values():
        asked = [clause for level in cause.rules.values() for clause in level] + [e.clause for e in cause.exclusions]
        clauses += [(cause.id, frozenset(cause.conditions[name].key for name in clause.present)) for clause in asked]
    common = Counter(k for _, present in clauses for k in present)
    watched: dict[Key, list[tuple[str, frozenset[Key]]]] = {}
    for cause_id, present in clauses:
        rarest = min(present, key=lambda k: (common[k], repr(k)))
        watched.setdefault(rarest, []).append((cause_id, present))
    return watched


def _within(seconds: float, spec: GapSpec) -> bool:
    return (spec.at_least_s is None or seconds >= spec.at_least_s) and (spec.at_most_s is None or seconds <= spec.at_most_s)


def _tells(told: ToldTime, spec: GapSpec) -> bool:
    """Whether a told time is one that a rule asks for; "less than" proves no minimum."""
    if EventKind(spec.end) is not EventKind.CLOSE or told.start != spec.start or (told.at_most and spec.at_least_s is not None):
        return False
    return _within(told.seconds, spec)


def _in_bounds(name: str, version: str, spec: PackageSpec) -> bool:
    if name != spec.name:
        return False
    try:
        given = Version(version)
        return (spec.below is None or given < Version(spec.below)) and (spec.at_least is None or given >= Version(spec.at_least))
    except InvalidVersion:
        return False


def merge(earlier: Hits, now: Hits) -> Hits:
    """The hits of a conversation: what earlier messages showed still holds."""
    return {k: (*now.get(k, ()), *earlier.get(k, ()))[:MAX_EVIDENCE] for k in dict.fromkeys([*now, *earlier])}
