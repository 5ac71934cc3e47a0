from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from bot.cogs.policy import Decision, Finding, Place, Situation, decide, finding_of, may_administer
from bot.diagnosis.types import Diagnosis, Evidence, Hypothesis, Verdict
from bot.knowledge.types import Advice, Cause, Level, Source
from bot.reply.types import Reply

IGNORE, READ, SPEAK = Decision.IGNORE, Decision.READ, Decision.SPEAK
FOUNDED, FACT, WEAK, THANKS, NOTHING = Finding.FOUNDED, Finding.FACT, Finding.WEAK, Finding.THANKS, Finding.NOTHING
CHANNEL, POST, THREAD, DIRECT, ELSEWHERE = Place.CHANNEL, Place.POST, Place.THREAD, Place.DIRECT, Place.ELSEWHERE


@pytest.mark.parametrize(
    ("situation", "decision"),
    [
        # Where it may read unasked.
        (Situation(CHANNEL), READ),
        (Situation(POST), READ),
        (Situation(THREAD), READ),
        (Situation(ELSEWHERE), IGNORE),
        (Situation(DIRECT), IGNORE),
        # What it may say unasked.
        (Situation(CHANNEL, finding=FOUNDED), SPEAK),
        (Situation(POST, finding=FOUNDED), SPEAK),
        (Situation(THREAD, finding=FOUNDED), SPEAK),
        (Situation(CHANNEL, finding=WEAK), IGNORE),
        (Situation(THREAD, spoken=True, finding=WEAK), IGNORE),
        (Situation(CHANNEL, finding=THANKS), IGNORE),
        (Situation(CHANNEL, finding=NOTHING), IGNORE),
        (Situation(CHANNEL, finding=FACT), IGNORE),
        (Situation(POST, finding=FACT), IGNORE),
        (Situation(THREAD, finding=FACT), IGNORE),
        (Situation(CHANNEL, finding=FACT, facts_unasked=True), SPEAK),
        (Situation(THREAD, spoken=True, finding=FACT), SPEAK),
        # Who and what keeps it silent unasked.
        (Situation(CHANNEL, cooling=True), IGNORE),
        (Situation(CHANNEL, cooling=True, finding=FOUNDED), IGNORE),
        (Situation(CHANNEL, quiet=True), IGNORE),
        (Situation(THREAD, spoken=True, quiet=True, finding=FOUNDED), IGNORE),
        (Situation(CHANNEL, quiet=True, mentioned=True, finding=NOTHING), SPEAK),
        (Situation(CHANNEL, by_helper=True), IGNORE),
        (Situation(POST, by_helper=True), IGNORE),
        (Situation(THREAD, by_helper=True), READ),
        (Situation(CHANNEL, opted_out=True), IGNORE),
        (Situation(THREAD, opted_out=True, finding=FOUNDED), IGNORE),
        (Situation(CHANNEL, unseen=True), IGNORE),
        (Situation(POST, unseen=True), IGNORE),
        (Situation(THREAD, by_asker=False), IGNORE),
        (Situation(THREAD, helped=True), IGNORE),
        (Situation(THREAD, helped=True, finding=FOUNDED), IGNORE),
        (Situation(THREAD, closed=True), IGNORE),
        (Situation(POST, closed=True), IGNORE),
        (Situation(THREAD, closed=True, finding=FOUNDED), IGNORE),
        # Asked.
        (Situation(ELSEWHERE, mentioned=True), READ),
        (Situation(ELSEWHERE, replied=True), READ),
        (Situation(DIRECT, mentioned=True), READ),
        (Situation(DIRECT, mentioned=True, finding=THANKS), SPEAK),
        (Situation(CHANNEL, mentioned=True, finding=NOTHING), SPEAK),
        (Situation(CHANNEL, replied=True, finding=NOTHING), SPEAK),
        (Situation(CHANNEL, replied=True, finding=THANKS), IGNORE),
        (Situation(CHANNEL, mentioned=True, replied=True, finding=THANKS), SPEAK),
        (Situation(CHANNEL, mentioned=True, cooling=True, finding=FOUNDED), SPEAK),
        (Situation(CHANNEL, mentioned=True, opted_out=True, finding=WEAK), SPEAK),
        (Situation(THREAD, mentioned=True, by_asker=False), READ),
        (Situation(THREAD, mentioned=True, helped=True, closed=True), READ),
        (Situation(POST, by_helper=True, mentioned=True), READ),
    ],
)
def test_decides_by_place_author_and_finding(situation: Situation, decision: Decision) -> None:
    assert decide(situation) is decision


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("finding", [None, *Finding])
def test_never_answers_a_machine(place: Place, finding: Finding | None) -> None:
    assert decide(Situation(place, machine=True, mentioned=True, replied=True, finding=finding)) is IGNORE


FLAGS = ("by_asker", "by_helper", "helped", "closed", "spoken", "cooling", "opted_out", "unseen", "facts_unasked")


def situations() -> list[Situation]:
    """Every situation of a person who does not ask, not yet read."""
    combinations = itertools.product((True, False), repeat=len(FLAGS))
    flags: list[dict[str, Any]] = [dict(zip(FLAGS, values, strict=True)) for values in combinations]
    return [Situation(place, **given) for place in Place for given in flags]


def test_a_mention_by_a_person_is_always_answered() -> None:
    for situation, finding in itertools.product(situations(), Finding):
        assert decide(replace(situation, mentioned=True, finding=finding)) is SPEAK


def test_a_reply_to_the_bot_is_answered_unless_it_is_thanks() -> None:
    for situation, finding in itertools.product(situations(), Finding):
        speaks = decide(replace(situation, replied=True, finding=finding)) is SPEAK
        assert speaks == (finding is not THANKS)


def test_what_is_not_worth_reading_is_not_spoken_about() -> None:
    for situation in situations():
        assert (decide(situation) is READ) == (decide(replace(situation, finding=FOUNDED)) is SPEAK)


def test_unasked_it_never_says_what_is_not_founded() -> None:
    for situation, finding in itertools.product(situations(), (WEAK, THANKS, NOTHING)):
        assert decide(replace(situation, finding=finding)) is IGNORE


SOURCE = Source("docs", "The handbook", "https://docs.example", "2026-01-01")
LINE = Evidence(3, "received 1008", "the close code")


def hypothesis(level: Level, *lines: Evidence) -> Hypothesis:
    cause = Cause("c", "C", "a", Advice("It is c.", ()), {}, {}, (), (), (), (), (), (), "causes/a/c.yaml")
    return Hypothesis(cause, 0.5, level, lines, ())


@pytest.mark.parametrize(
    ("diagnosis", "cited", "finding"),
    [
        (Diagnosis(Verdict.DIAGNOSIS), True, FOUNDED),
        (Diagnosis(Verdict.DIAGNOSIS), False, WEAK),
        (Diagnosis(Verdict.OVERVIEW, symptom_evidence=(LINE,)), True, FOUNDED),
        (Diagnosis(Verdict.OVERVIEW, symptom_evidence=(LINE,)), False, WEAK),
        (Diagnosis(Verdict.OVERVIEW, hypotheses=(hypothesis(Level.LIKELY, LINE),)), True, FOUNDED),
        (Diagnosis(Verdict.OVERVIEW, hypotheses=(hypothesis(Level.POSSIBLE, LINE),)), True, WEAK),
        (Diagnosis(Verdict.OVERVIEW, hypotheses=(hypothesis(Level.LIKELY),)), True, WEAK),
        (Diagnosis(Verdict.OVERVIEW), True, WEAK),
        (Diagnosis(Verdict.OVERVIEW, symptom_evidence=(LINE,), repeat=True), False, FOUNDED),
        (Diagnosis(Verdict.DIAGNOSIS, continues=True), False, FOUNDED),
        (Diagnosis(Verdict.ANSWER), True, FACT),
        (Diagnosis(Verdict.ANSWER), False, WEAK),
        (Diagnosis(Verdict.ABSTAIN), False, NOTHING),
    ],
)
def test_what_an_answer_is_worth(diagnosis: Diagnosis, cited: bool, finding: Finding) -> None:
    assert finding_of(diagnosis, Reply("", sources=(SOURCE,) if cited else ())) is finding


def test_small_talk_asks_for_nothing() -> None:
    assert finding_of(Diagnosis(Verdict.ABSTAIN), Reply(""), small_talk=True) is THANKS
    assert finding_of(Diagnosis(Verdict.DIAGNOSIS), Reply("", sources=(SOURCE,)), small_talk=True) is FOUNDED


@pytest.mark.parametrize(
    ("manages", "roles", "admin_roles", "allowed"),
    [
        (True, [], frozenset(), True),
        (False, [1, 2], frozenset({2}), True),
        (False, [1, 2], frozenset({3}), False),
        (False, [1], frozenset(), False),
        (False, [], frozenset({3}), False),
    ],
)
def test_who_may_administer(manages: bool, roles: list[int], admin_roles: frozenset[int], allowed: bool) -> None:
    assert may_administer(manages_guild=manages, roles=roles, admin_roles=admin_roles) is allowed
