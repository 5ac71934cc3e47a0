"""A conversation remembers what was shown, in bounded space, and recognises a failure it has seen."""

from __future__ import annotations

import pytest

from bot.diagnosis.conditions import Hits
from bot.diagnosis.conversation import MAX_CONDITIONS, MAX_EVENTS, Conversation, fingerprints
from bot.diagnosis.types import Diagnosis, Evidence, Verdict
from bot.engine import Engine
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.reading.types import Event, EventKind, Reading

TRACE = 'Traceback (most recent call last):\n  File "{file}", line {line}, in {function}\n    x()\nparcelo.ApiError: {message}'
FIRST = {"file": "/srv/app/labels.py", "line": "12", "function": "f", "message": "request 1f3a9c2277de4b01 failed after 0.4 s"}
NOTHING = Diagnosis(Verdict.ABSTAIN)


def prints(snapshot: Snapshot, text: str) -> frozenset[str]:
    return fingerprints(Reader(snapshot.profile).read(text))


SAME = [
    ("another line", {"line": "99"}),
    ("another folder", {"file": "/home/app/src/labels.py"}),
    ("Windows", {"file": r"C:\src\labels.py"}),
    ("another id and time", {"message": "request 99aa00bb11cc22dd failed after 7.25 s"}),
]
OTHER = [
    ("another message", {"message": "the depot is closed"}),
    ("another function", {"function": "g"}),
    ("another file", {"file": "/srv/app/boxes.py"}),
]


@pytest.mark.parametrize("change", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_numbers_ids_times_and_folders_do_not_make_another_failure(snapshot: Snapshot, change: dict[str, str]) -> None:
    assert prints(snapshot, TRACE.format(**FIRST)) == prints(snapshot, TRACE.format(**FIRST | change)) != frozenset()


@pytest.mark.parametrize("change", [row[1] for row in OTHER], ids=[row[0] for row in OTHER])
def test_another_place_or_message_is_another_failure(snapshot: Snapshot, change: dict[str, str]) -> None:
    assert not prints(snapshot, TRACE.format(**FIRST)) & prints(snapshot, TRACE.format(**FIRST | change))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2026-01-01 10:00:00,000 - app - WARNING - closed\n2026-01-01 10:00:09,000 - app - WARNING - closed", 1),
        ("2026-01-01 10:00:00,000 - app - ERROR - closed\n2026-01-01 10:00:09,000 - app - ERROR - refused", 2),
        ("2026-01-01 10:00:00,000 - app - INFO - closed", 0),
        ("my socket closes, why?", 0),
        ("", 0),
    ],
)
def test_each_loud_record_is_one_failure_whatever_its_time(snapshot: Snapshot, text: str, count: int) -> None:
    assert len(prints(snapshot, text)) == count


def reading_of(snapshot: Snapshot, text: str = "x") -> Reading:
    return Reader(snapshot.profile).read(text)


def test_evidence_of_a_message_is_earlier_in_the_next(snapshot: Snapshot) -> None:
    hits: Hits = {("text", "x"): (Evidence(3, "quoted", "why"),)}
    after = Conversation().after(reading_of(snapshot), hits, NOTHING, ours=False)
    assert after.hits == {("text", "x"): (Evidence(3, "quoted", "why", earlier=True),)}


def test_ours_stays_ours_and_turns_are_counted(snapshot: Snapshot) -> None:
    conversation = Conversation()
    for ours in (False, True, False):
        conversation = conversation.after(reading_of(snapshot), {}, NOTHING, ours=ours)
    assert (conversation.ours, conversation.turns, conversation.last) == (True, 3, NOTHING)


def test_failures_of_all_messages_are_remembered(snapshot: Snapshot) -> None:
    conversation = Conversation()
    for message in ("no paper", "no ink"):
        conversation = conversation.after(reading_of(snapshot, TRACE.format(**FIRST | {"message": message})), {}, NOTHING, True)
    assert prints(snapshot, TRACE.format(**FIRST | {"message": "no paper"})) < conversation.fingerprints


def test_what_is_remembered_is_bounded(snapshot: Snapshot) -> None:
    line = "2026-01-01 10:{:02}:{:02},000 - app - WARNING - connection closed\n"
    reading = reading_of(snapshot, "".join(line.format(n // 60, n % 60) for n in range(MAX_EVENTS + 50)))
    hits: Hits = {("text", n): (Evidence(1, "q", ""),) for n in range(MAX_CONDITIONS + 50)}
    after = Conversation().after(reading, hits, NOTHING, True)
    assert (len(after.events), len(after.hits)) == (MAX_EVENTS, MAX_CONDITIONS)
    assert after.events[-1] == reading.events[-1]


def test_a_new_conversation_knows_nothing() -> None:
    new = Conversation()
    assert (new.hits, new.events, new.fingerprints, new.ours, new.last, new.turns) == ({}, (), frozenset(), False, None, 0)


def test_events_of_messages_follow_each_other(snapshot: Snapshot) -> None:
    one = Event(EventKind.RETRY, 1.0, 1, "retrying", 2.0)
    reading = reading_of(snapshot, "2026-01-01 10:00:00,000 - app - WARNING - connection closed")
    after = Conversation(events=(one,)).after(reading, {}, NOTHING, True)
    assert [event.kind for event in after.events] == [EventKind.RETRY, EventKind.CLOSE]


def test_a_bare_answer_to_the_bot_s_question_continues_the_conversation(parcel_engine: Engine) -> None:
    first = parcel_engine.answer("our tracking socket closed, what is the reason?")
    assert "which endpoint" in first.diagnosis.questions
    second = parcel_engine.answer("/v2/track/live, code 4001", first.conversation)
    assert second.diagnosis.verdict is Verdict.OVERVIEW
    assert "which endpoint" not in second.diagnosis.questions
    third = parcel_engine.answer("it is parcelo 2.1", second.conversation)
    assert "which endpoint" not in third.diagnosis.questions, "what an earlier message said is not asked again"


def test_small_talk_in_an_open_conversation_stays_unanswered(parcel_engine: Engine) -> None:
    first = parcel_engine.answer("our tracking socket closed, what is the reason?")
    assert parcel_engine.answer("good morning everyone", first.conversation).diagnosis.verdict is Verdict.ABSTAIN


def test_another_failure_in_the_same_thread_gets_its_own_cause(parcel_engine: Engine) -> None:
    first = parcel_engine.answer("closed 4001 no heartbeat for 60 s")
    second = parcel_engine.answer('parcelo.ApiError: 422 {"fault": "weight_exceeded"}', first.conversation)
    assert [h.cause.id for h in second.diagnosis.hypotheses] == ["weight-exceeded"]
    assert second.diagnosis.hypotheses[0].confidence > 0.95
    assert not second.diagnosis.continues
    back = parcel_engine.answer("closed 4001 no heartbeat for 60 s", second.conversation)
    assert [h.cause.id for h in back.diagnosis.hypotheses] == ["live-idle-close"]


@pytest.mark.parametrize(
    "thanks", ["thanks, the parcel label was it!", "thx, api.parcelo.example works now", "ok cool, v2/labels it is"]
)
def test_thanks_in_an_open_conversation_stay_unanswered(parcel_engine: Engine, thanks: str) -> None:
    first = parcel_engine.answer("our tracking socket closed, what is the reason?")
    assert parcel_engine.answer(thanks, first.conversation).diagnosis.verdict is Verdict.ABSTAIN


def test_a_question_of_fact_in_between_does_not_end_an_open_conversation(parcel_engine: Engine) -> None:
    first = parcel_engine.answer("our tracking socket closed, what is the reason?")
    asked = parcel_engine.answer("how heavy can one parcel be?", first.conversation)
    assert asked.diagnosis.verdict is Verdict.ANSWER
    assert parcel_engine.answer("/v2/track/live, code 4001", asked.conversation).diagnosis.verdict is Verdict.OVERVIEW
