"""What a further message of a conversation changed is said in words, and only what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.diagnosis.changes import with_changes
from bot.diagnosis.types import Diagnosis, Hypothesis, RuledOut, Verdict
from bot.knowledge.types import Advice, Level, Snapshot

IDLE, WEIGHT = "live-idle-close", "weight-exceeded"


def diagnosis(snapshot: Snapshot, verdict: Verdict, *causes: str, out: tuple[str, ...] = ()) -> Diagnosis:
    return Diagnosis(
        verdict,
        tuple(Hypothesis(snapshot.causes[cause], 0.9, Level.LIKELY, (), ()) for cause in causes),
        tuple(RuledOut(snapshot.causes[cause], Advice("it was too quick", ()), ()) for cause in out),
    )


OVER, DONE = Verdict.OVERVIEW, Verdict.DIAGNOSIS
ROWS = [
    ("still open", (OVER, IDLE), (OVER, IDLE), None),
    ("still open, other order", (OVER, IDLE, WEIGHT), (OVER, WEIGHT, IDLE), None),
    ("decided as before", (DONE, IDLE), (DONE, IDLE), None),
    ("now decided", (OVER, IDLE, WEIGHT), (DONE, IDLE), "decided"),
    ("open again", (DONE, IDLE), (OVER, IDLE, WEIGHT), "open again"),
    ("another cause", (DONE, IDLE), (DONE, WEIGHT), "most likely"),
    ("decided for another cause than came first", (OVER, IDLE), (DONE, WEIGHT), "now decided"),
]


@pytest.mark.parametrize(("before", "after", "says"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_change_of_the_conclusion_is_said_once(
    snapshot: Snapshot, before: tuple[Verdict, str], after: tuple[Verdict, str], says: str | None
) -> None:
    changes = with_changes(diagnosis(snapshot, *after), diagnosis(snapshot, *before)).changes
    assert len(changes) == (0 if says is None else 1)
    assert says is None or says in changes[0]
    assert not changes or snapshot.causes[(before if after[0] is OVER else after)[1]].title in changes[0]


def test_a_newly_excluded_cause_is_named_with_the_reason_and_only_when_new(snapshot: Snapshot) -> None:
    before = diagnosis(snapshot, OVER, WEIGHT)
    after = diagnosis(snapshot, OVER, WEIGHT, out=(IDLE,))
    (change,) = with_changes(after, before).changes
    assert snapshot.causes[IDLE].title in change
    assert "it was too quick" in change
    assert with_changes(after, after).changes == ()


def test_the_first_message_changes_nothing(snapshot: Snapshot) -> None:
    first = diagnosis(snapshot, DONE, IDLE)
    assert with_changes(first, None) == first
    assert with_changes(first, Diagnosis(Verdict.ABSTAIN)) == first


def test_only_the_changes_are_added(snapshot: Snapshot) -> None:
    before, after = diagnosis(snapshot, DONE, IDLE), diagnosis(snapshot, DONE, WEIGHT)
    assert replace(with_changes(after, before), changes=()) == after
