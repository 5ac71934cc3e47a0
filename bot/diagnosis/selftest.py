"""The corpus tests itself: every cause and symptom on its own texts, and every rule on the quiet ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.diagnosis.conditions import ConditionIndex, Hits, Key
from bot.diagnosis.facts import Facts
from bot.diagnosis.ownership import Owner, owner
from bot.diagnosis.rules import LEVELS, apply_rules
from bot.errors import Problem
from bot.knowledge.types import Cause, Level, RuleTest, Snapshot, Symptom
from bot.reading import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules make of a text: the level of each cause that fired, those hidden by another, the symptoms that show."""

    fired: Mapping[str, Level]
    suppressed: frozenset[str] = frozenset()
    symptoms: frozenset[str] = frozenset()


def run_selftest(snapshot: Snapshot, reader: Reader, conditions: ConditionIndex) -> list[Problem]:
    """A problem for each test that fails: `test-no-match`, `test-match`, `test-level`, `quiet-match`."""
    return SelfTest(snapshot, reader, conditions).problems()


def tested_texts(snapshot: Snapshot) -> list[str]:
    """Every text that the corpus tests itself with, each once."""
    rules: tuple[Cause | Symptom, ...] = (*snapshot.causes.values(), *snapshot.symptoms.values())
    texts = [test.text for rule in rules for test in rule.tests] + [example.text for example in snapshot.quiet]
    return list(dict.fromkeys(texts))


class SelfTest:
    """The rules of a snapshot on its own texts; every text is read once, for whoever asks, and not at all if it is `known`.

    `seen` is told of each text that was read: what it shows, the conditions that hold, and the outcome.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        reader: Reader,
        conditions: ConditionIndex,
        known: Mapping[str, Outcome] | None = None,
        seen: Callable[[str, Facts, Hits, Outcome], None] | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._conditions = conditions
        self._hits: dict[str, frozenset[Key]] = {}
        self._outcomes: dict[str, Outcome] = dict(known or {})
        self._seen = seen

    def problems(self) -> list[Problem]:
        """A problem for each test that fails (see run_selftest)."""
        problems = [problem for cause in self._snapshot.causes.values() for problem in self._cause(cause.id)]
        problems += [problem for symptom in self._snapshot.symptoms.values() for problem in self._symptom(symptom.id)]
        problems += [problem for example in self._snapshot.quiet for problem in self._quiet(example.path, example.text)]
        return problems

    def hits(self, text: str) -> frozenset[Key]:
        """The conditions that hold in a text, whoever's failure it is."""
        if text not in self._hits:
            self._read(text)
        return self._hits[text]

    def _cause(self, cause_id: str) -> Iterator[Problem]:
        cause = self._snapshot.causes[cause_id]
        for test in cause.tests:
            outcome = self._outcome(test.text)
            level = None if cause_id in outcome.suppressed else outcome.fired.get(cause_id)
            yield from _judge(cause.path, test, level)

    def _symptom(self, symptom_id: str) -> Iterator[Problem]:
        symptom = self._snapshot.symptoms[symptom_id]
        for test in symptom.tests:
            found = symptom_id in self._outcome(test.text).symptoms
            yield from _judge(symptom.path, test, Level.CERTAIN if found else None)

    def _quiet(self, path: str, text: str) -> Iterator[Problem]:
        outcome = self._outcome(text)
        names = [*(f"{cause_id} ({level})" for cause_id, level in outcome.fired.items()), *outcome.symptoms]
        if names:
            name, _, line = path.partition(":")
            yield Problem(
                name.partition("#")[0], int(line or 1), "quiet-match", f"fires on a quiet text: {', '.join(sorted(names))}"
            )

    def _outcome(self, text: str) -> Outcome:
        if text not in self._outcomes:
            self._read(text)
        return self._outcomes[text]

    def _read(self, text: str) -> None:
        reading = self._reader.read(text)
        facts = Facts(reading, reading.events, self._snapshot.glossary)
        hits = self._conditions.hits(facts)
        findings = apply_rules(self._conditions, hits)
        outcome = Outcome({})
        if owner(reading, findings, self._snapshot.profile) is not Owner.ELSEWHERE:
            levels = {cause_id: fired.level for cause_id, fired in findings.fired.items()}
            outcome = Outcome(levels, findings.suppressed, frozenset(shown.symptom.id for shown in findings.symptoms))
        self._hits[text] = frozenset(hits)
        self._outcomes[text] = outcome
        if self._seen is not None:
            self._seen(text, facts, hits, outcome)


def _judge(path: str, test: RuleTest, level: Level | None) -> Iterator[Problem]:
    first = next((line.strip() for line in test.text.splitlines() if line.strip()), "")[:60]
    if test.match and level is None:
        yield Problem(path, test.line, "test-no-match", f"must match and does not: {first!r}")
    elif not test.match and level is not None:
        yield Problem(path, test.line, "test-match", f"must not match and does ({level}): {first!r}")
    elif test.match and test.level and level and LEVELS.index(level) > LEVELS.index(test.level):
        yield Problem(path, test.line, "test-level", f"matches as {level}, not {test.level}: {first!r}")
