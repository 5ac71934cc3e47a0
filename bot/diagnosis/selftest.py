"""The corpus tests itself: every cause and symptom on its own texts, and every rule on the quiet ones."""

from __future__ import annotations

from collections.abc import Iterator

from bot.diagnosis.conditions import ConditionIndex, Key
from bot.diagnosis.facts import Facts
from bot.diagnosis.ownership import Owner, owner
from bot.diagnosis.rules import LEVELS, Findings, apply_rules
from bot.errors import Problem
from bot.knowledge.types import Level, RuleTest, Snapshot
from bot.reading import Reader


def run_selftest(snapshot: Snapshot, reader: Reader, conditions: ConditionIndex) -> list[Problem]:
    """A problem for each test that fails: `test-no-match`, `test-match`, `test-level`, `quiet-match`."""
    return SelfTest(snapshot, reader, conditions).problems()


class SelfTest:
    """The rules of a snapshot on its own texts; every text is read once, for whoever asks."""

    def __init__(self, snapshot: Snapshot, reader: Reader, conditions: ConditionIndex) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._conditions = conditions
        self._hits: dict[str, frozenset[Key]] = {}
        self._seen: dict[str, Findings] = {}

    def problems(self) -> list[Problem]:
        """A problem for each test that fails (see run_selftest)."""
        problems = [problem for cause in self._snapshot.causes.values() for problem in self._cause(cause.id)]
        problems += [problem for symptom in self._snapshot.symptoms.values() for problem in self._symptom(symptom.id)]
        problems += [problem for example in self._snapshot.quiet for problem in self._quiet(example.path, example.text)]
        return problems

    def hits(self, text: str) -> frozenset[Key]:
        """The conditions that hold in a text, whoever's failure it is."""
        self._findings(text)
        return self._hits[text]

    def _cause(self, cause_id: str) -> Iterator[Problem]:
        cause = self._snapshot.causes[cause_id]
        for test in cause.tests:
            fired = self._findings(test.text).fired.get(cause_id)
            level = fired.level if fired and cause_id not in self._findings(test.text).suppressed else None
            yield from _judge(cause.path, test, level)

    def _symptom(self, symptom_id: str) -> Iterator[Problem]:
        symptom = self._snapshot.symptoms[symptom_id]
        for test in symptom.tests:
            found = any(s.symptom.id == symptom_id for s in self._findings(test.text).symptoms)
            yield from _judge(symptom.path, test, Level.CERTAIN if found else None)

    def _quiet(self, path: str, text: str) -> Iterator[Problem]:
        findings = self._findings(text)
        names = [
            *(f"{fired.cause.id} ({fired.level})" for fired in findings.fired.values()),
            *(s.symptom.id for s in findings.symptoms),
        ]
        if names:
            name, _, line = path.partition(":")
            yield Problem(
                name.partition("#")[0], int(line or 1), "quiet-match", f"fires on a quiet text: {', '.join(sorted(names))}"
            )

    def _findings(self, text: str) -> Findings:
        if text not in self._seen:
            reading = self._reader.read(text)
            hits = self._conditions.hits(Facts(reading, reading.events, self._snapshot.glossary))
            findings = apply_rules(self._conditions, hits)
            if owner(reading, findings, self._snapshot.profile) is Owner.ELSEWHERE:
                findings = Findings({}, {}, ())
            self._hits[text] = frozenset(hits)
            self._seen[text] = findings
        return self._seen[text]


def _judge(path: str, test: RuleTest, level: Level | None) -> Iterator[Problem]:
    first = next((line.strip() for line in test.text.splitlines() if line.strip()), "")[:60]
    if test.match and level is None:
        yield Problem(path, test.line, "test-no-match", f"must match and does not: {first!r}")
    elif not test.match and level is not None:
        yield Problem(path, test.line, "test-match", f"must not match and does ({level}): {first!r}")
    elif test.match and test.level and level and LEVELS.index(level) > LEVELS.index(test.level):
        yield Problem(path, test.line, "test-level", f"matches as {level}, not {test.level}: {first!r}")
