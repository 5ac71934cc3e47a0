from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bot.cogs.policy import Decision, Place, Situation, decide, may_administer
from bot.diagnosis.types import Verdict

IGNORE, READ, SPEAK = Decision.IGNORE, Decision.READ, Decision.SPEAK
FOLLOWED = (Place.CHANNEL, Place.POST, Place.THREAD)


@pytest.mark.parametrize(
    ("situation", "decision"),
    [
        (Situation(Place.CHANNEL), READ),
        (Situation(Place.POST), READ),
        (Situation(Place.THREAD), READ),
        (Situation(Place.ELSEWHERE), IGNORE),
        (Situation(Place.ELSEWHERE, mentioned=True), READ),
        (Situation(Place.CHANNEL, verdict=Verdict.DIAGNOSIS), SPEAK),
        (Situation(Place.CHANNEL, verdict=Verdict.OVERVIEW), SPEAK),
        (Situation(Place.CHANNEL, verdict=Verdict.ANSWER), SPEAK),
        (Situation(Place.CHANNEL, verdict=Verdict.ABSTAIN), IGNORE),
        (Situation(Place.CHANNEL, verdict=Verdict.ABSTAIN, mentioned=True), SPEAK),
        (Situation(Place.CHANNEL, verdict=Verdict.DIAGNOSIS, cooling=True), IGNORE),
        (Situation(Place.CHANNEL, verdict=Verdict.DIAGNOSIS, cooling=True, mentioned=True), SPEAK),
        (Situation(Place.CHANNEL, cooling=True), IGNORE),
        (Situation(Place.CHANNEL, by_helper=True), IGNORE),
        (Situation(Place.POST, by_helper=True), IGNORE),
        (Situation(Place.POST, by_helper=True, mentioned=True), READ),
        (Situation(Place.THREAD, by_asker=False), IGNORE),
        (Situation(Place.THREAD, by_asker=False, mentioned=True), READ),
        (Situation(Place.THREAD, helped=True), IGNORE),
        (Situation(Place.THREAD, helped=True, verdict=Verdict.DIAGNOSIS), IGNORE),
        (Situation(Place.THREAD, helped=True, mentioned=True), READ),
        (Situation(Place.THREAD, by_helper=True), READ),
        (Situation(Place.THREAD, verdict=Verdict.DIAGNOSIS), SPEAK),
        (Situation(Place.THREAD, verdict=Verdict.ABSTAIN), IGNORE),
    ],
)
def test_decides_by_place_and_author(situation: Situation, decision: Decision) -> None:
    assert decide(situation) is decision


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_never_answers_a_machine(place: Place, verdict: Verdict | None) -> None:
    assert decide(Situation(place, machine=True, mentioned=True, verdict=verdict)) is IGNORE


def situations(places: tuple[Place, ...]) -> list[Situation]:
    """Every situation of a person at the given places, not yet read."""
    flags = itertools.product(places, [True, False], [True, False], [True, False], [True, False])
    return [
        Situation(place, by_asker=asker, by_helper=helper, helped=helped, cooling=cooling)
        for place, asker, helper, helped, cooling in flags
    ]


def test_a_mention_by_a_person_is_always_answered() -> None:
    for situation, verdict in itertools.product(situations(tuple(Place)), Verdict):
        assert decide(replace(situation, mentioned=True, verdict=verdict)) is SPEAK


def test_what_is_not_worth_reading_is_not_spoken_about() -> None:
    for situation in situations(FOLLOWED):
        assert (decide(situation) is READ) == (decide(replace(situation, verdict=Verdict.DIAGNOSIS)) is SPEAK)


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
