"""Levels, exclusions, suppression and symptoms, on the tiny corpus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.facts import Facts
from bot.diagnosis.rules import Findings, apply_rules
from bot.knowledge.types import Level, Snapshot
from bot.reading import Reader

QUICK = "2026-01-01 10:00:00,000 x WARNING failed, retrying in 2.0s\n2026-01-01 10:00:03,000 x WARNING connection closed"


def findings_of(snapshot: Snapshot, text: str) -> Findings:
    reading = Reader(snapshot.profile).read(text)
    conditions = ConditionIndex(snapshot)
    return apply_rules(conditions, conditions.hits(Facts(reading, reading.events)))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("closed 4001 no heartbeat for 60 s", Level.CERTAIN),
        ("it closes after one minute", Level.LIKELY),
        ("connection closed: code 4001", Level.POSSIBLE),
    ],
)
def test_the_best_level_of_a_cause_counts(snapshot: Snapshot, text: str, level: Level) -> None:
    assert findings_of(snapshot, text).fired["live-idle-close"].level is level


def test_times_rule_a_cause_out_and_say_on_which_line(snapshot: Snapshot) -> None:
    out = findings_of(snapshot, QUICK).ruled_out["live-idle-close"]
    assert out.because.text == "the new connection closed sooner than 60 s"
    assert [(e.number, e.why) for e in out.evidence] == [(2, "from the announced retry to the next close: 1.00 s")]


def test_a_certain_rule_is_stronger_than_its_exclusion(snapshot: Snapshot) -> None:
    findings = findings_of(snapshot, QUICK + " no heartbeat for 60 s")
    assert findings.fired["live-idle-close"].level is Level.CERTAIN
    assert not findings.ruled_out


def test_a_deeper_cause_hides_its_symptom(snapshot: Snapshot) -> None:
    weight = replace(snapshot.causes["weight-exceeded"], suppresses=("live-idle-close",))
    changed = replace(snapshot, causes={**snapshot.causes, "weight-exceeded": weight})
    text = "it closes after one minute\nbody: {'fault': 'weight_exceeded'}"
    assert findings_of(changed, text).suppressed == {"live-idle-close"}
    assert findings_of(snapshot, text).suppressed == frozenset()


def test_a_certain_cause_is_not_hidden_by_a_likely_one(snapshot: Snapshot) -> None:
    weight = replace(snapshot.causes["weight-exceeded"], suppresses=("live-idle-close",))
    changed = replace(snapshot, causes={**snapshot.causes, "weight-exceeded": weight})
    assert findings_of(changed, "the box is overweight\nclosed 4001 no heartbeat for 60 s").suppressed == frozenset()


def test_a_symptom_shows_with_the_line_that_shows_it(snapshot: Snapshot) -> None:
    (shown,) = findings_of(snapshot, "hello\nparcelo.SocketClosed: closed (code hidden)").symptoms
    assert shown.symptom.id == "socket-closed"
    assert [(e.number, e.why) for e in shown.evidence] == [(2, "this client hides the reason")]


def test_an_absent_signal_keeps_a_clause_from_holding(snapshot: Snapshot) -> None:
    assert not findings_of(snapshot, "the connection is closed: no heartbeat for 60 s").symptoms
