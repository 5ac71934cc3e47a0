"""Whose failure a message shows, decided by marks and by the lines that failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.facts import Facts
from bot.diagnosis.ownership import Owner, owner
from bot.diagnosis.rules import apply_rules
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.reading.profile import NamedPattern

OURS = 'Traceback (most recent call last):\n  File "/srv/parcelo/client.py", line 8, in create\nparcelo.ApiError: refused'
THEIRS = 'Traceback (most recent call last):\n  File "/srv/app.py", line 8, in send\nshipfast.errors.RateError: too fast'
THEIRS_UNDER_OUR_FRAMES = (
    'Traceback (most recent call last):\n  File "/srv/parcelo/client.py", line 8, in create\nshipfast.errors.RateError: too fast'
)
CAUSED = "\n\nThe above exception was the direct cause of the following exception:\n\n"

MESSAGES = [
    ("the product is named", "hello from Parcelo", Owner.OURS),
    ("a model is named", "model=printer_z9", Owner.OURS),
    ("an endpoint is called", "POST /v2/labels", Owner.OURS),
    ("one of its own error codes", "fault: depot_closed", Owner.OURS),
    ("a certain rule fired", "closed 4001 no heartbeat for 60 s", Owner.OURS),
    ("nothing says", "my socket closed, why?", Owner.OPEN),
    ("another vendor alone", "shipfast.errors.RateError: x", Owner.ELSEWHERE),
    ("another vendor's trace", THEIRS, Owner.ELSEWHERE),
    ("another vendor's trace beside our name", f"I use Parcelo\n{THEIRS}", Owner.ELSEWHERE),
    ("another vendor's error under our frames", THEIRS_UNDER_OUR_FRAMES, Owner.ELSEWHERE),
    ("our trace", OURS, Owner.OURS),
    ("our trace beside another vendor's name", f"connected to api.shipfast.example\n{OURS}", Owner.OURS),
    ("both traces", f"{THEIRS}\n\n{OURS}", Owner.OURS),
    ("our error caused by theirs", f"{THEIRS}{CAUSED}{OURS}", Owner.OURS),
    ("their error caused by ours", f"{OURS}{CAUSED}{THEIRS}", Owner.ELSEWHERE),
    ("a certain rule beside another vendor", "shipfast.errors.RateError: x\nno heartbeat for 60 s", Owner.OURS),
]


def owner_of(snapshot: Snapshot, text: str) -> Owner:
    reading = Reader(snapshot.profile).read(text)
    conditions = ConditionIndex(snapshot)
    findings = apply_rules(conditions, conditions.hits(Facts(reading, reading.events)))
    return owner(reading, findings, snapshot.profile)


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in MESSAGES], ids=[row[0] for row in MESSAGES])
def test_the_owner_is_who_failed_not_who_is_named(snapshot: Snapshot, text: str, expected: Owner) -> None:
    assert owner_of(snapshot, text) is expected


def test_a_code_that_others_use_too_shows_no_owner(snapshot: Snapshot) -> None:
    shared = replace(snapshot, profile=replace(snapshot.profile, shared_codes=frozenset({"depot_closed"})))
    assert owner_of(shared, "fault: depot_closed") is Owner.OPEN
    assert owner_of(shared, "fault: stamp_expired") is Owner.OURS


def test_a_list_of_services_that_names_ours_is_not_our_failure(snapshot: Snapshot) -> None:
    other = NamedPattern("other", r"\botherpost_\w+")
    several = replace(snapshot, profile=replace(snapshot.profile, vendors=(*snapshot.profile.vendors, other)))
    config = "Config: {'carrier': 'otherpost_key', 'label': 'parcelo', 'fallback': 'api.shipfast.example'}"
    assert owner_of(several, f"Error: the label could not be made\n{config}") is Owner.ELSEWHERE
    assert owner_of(several, f"{config}\n{OURS}") is Owner.OURS
