"""What may vote: rules, codes that prove, symptoms, likeness; nothing for what is ruled out."""

from __future__ import annotations

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.facts import Facts
from bot.diagnosis.ownership import Owner
from bot.diagnosis.rules import apply_rules
from bot.diagnosis.votes import (
    CAUSE_VOTERS,
    ELSEWHERE,
    KEY,
    NAMED,
    OPEN_SYMPTOM,
    UNDECIDED,
    UNNAMED,
    VOTERS,
    Ballot,
    cast,
    cast_rest,
)
from bot.knowledge.types import Snapshot
from bot.reading import Reader


def ballot(snapshot: Snapshot, text: str, owner: Owner = Owner.OPEN) -> Ballot:
    index = ConditionIndex(snapshot)
    reading = Reader(snapshot.profile).read(text)
    held = index.hits(Facts(reading, reading.events))
    findings = apply_rules(index, held)
    symptom = findings.symptoms[0].symptom if findings.symptoms else None
    return Ballot(findings, symptom, held, (), owner)


def test_the_code_that_a_certain_rule_asks_for_is_a_key_of_its_cause(snapshot: Snapshot) -> None:
    given = cast(ConditionIndex(snapshot), ballot(snapshot, 'parcelo.ApiError: 422 {"fault": "weight_exceeded"}'))
    assert given["weight-exceeded"][KEY] == 1.0
    assert KEY not in given.get("live-idle-close", {})


def test_no_vote_has_a_name_that_is_not_weighed(snapshot: Snapshot) -> None:
    for text in ("closed 4001 no heartbeat for 60 s", "our tracking socket closed, what is the reason?"):
        given = ballot(snapshot, text)
        names = {voter for votes in cast(ConditionIndex(snapshot), given).values() for voter in votes}
        assert names
        assert names <= set(CAUSE_VOTERS)
        assert {voter for votes in cast_rest(given).values() for voter in votes} <= set(VOTERS) - set(CAUSE_VOTERS)


@pytest.mark.parametrize(("owner", "voter"), [(Owner.OURS, NAMED), (Owner.OPEN, UNNAMED), (Owner.ELSEWHERE, UNNAMED)])
def test_whether_the_product_is_named_speaks_for_something_else_or_not(snapshot: Snapshot, owner: Owner, voter: str) -> None:
    assert list(cast_rest(ballot(snapshot, "it is broken", owner))[ELSEWHERE]) == [voter]


def test_an_open_symptom_speaks_for_leaving_it_open(snapshot: Snapshot) -> None:
    assert OPEN_SYMPTOM in cast_rest(ballot(snapshot, "our tracking socket closed, what is the reason?"))[UNDECIDED]
    assert OPEN_SYMPTOM not in cast_rest(ballot(snapshot, "it is broken"))[UNDECIDED]
