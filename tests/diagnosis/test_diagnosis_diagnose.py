"""From a message and the conversation so far to a verdict, on the tiny corpus with the real model."""

from __future__ import annotations

from typing import NoReturn, cast

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.diagnose import MAX_CAUSES, Diagnostician
from bot.diagnosis.questions import MAX_QUESTIONS
from bot.diagnosis.types import Diagnosis, Verdict
from bot.diagnosis.weights import load_weights
from bot.engine import Engine
from bot.errors import ModelError
from bot.knowledge.types import Level, Snapshot
from bot.reading import Reader
from bot.retrieval.index import Index

TRACE = (
    'Traceback (most recent call last):\n  File "/srv/app/labels.py", line 12, in print_label\n'
    '    client.labels.create(weight=40)\nparcelo.ApiError: 422 {"fault": "weight_exceeded"}'
)
HIDDEN = "2026-01-01 10:00:{:02},000 - parcelo - WARNING - connection closed: parcelo.SocketClosed: closed (code hidden)"
RETRY = "2026-01-01 10:00:05,000 - parcelo - WARNING - tracking failed, retrying in 2.0s"

MESSAGES = [
    ("an error code of the API", TRACE, Verdict.DIAGNOSIS, "weight-exceeded"),
    ("a close reason", "closed 4001 no heartbeat for 60 s", Verdict.DIAGNOSIS, "live-idle-close"),
    ("told in words", "Parcelo refuses it, the parcel is too heavy", Verdict.DIAGNOSIS, "weight-exceeded"),
    ("a symptom without its reason", "our tracking socket closed, what is the reason?", Verdict.OVERVIEW, "socket-closed"),
    ("a client that hides the reason", HIDDEN.format(0), Verdict.OVERVIEW, "socket-closed"),
    ("a failure of ours without a rule", "parcelo.ApiError: 500 internal", Verdict.OVERVIEW, "unclear"),
    ("a question of fact", "how heavy can one parcel be?", Verdict.ANSWER, "weight-limit"),
    ("another vendor's failure", "shipfast.errors.RateError: 429 too many labels", Verdict.ABSTAIN, ""),
    ("a failure of nobody known", "KeyError: 'weight'", Verdict.ABSTAIN, ""),
    ("a question about something else", "what is the capital of France?", Verdict.ABSTAIN, ""),
    ("thanks", "thanks, that fixed it!", Verdict.ABSTAIN, ""),
    ("nothing", "", Verdict.ABSTAIN, ""),
]


def first_of(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict is Verdict.DIAGNOSIS:
        return diagnosis.hypotheses[0].cause.id
    if diagnosis.verdict is Verdict.OVERVIEW and diagnosis.symptom is not None:
        return diagnosis.symptom.id
    return diagnosis.points[0].id if diagnosis.points else ""


@pytest.mark.parametrize(("text", "verdict", "first"), [row[1:] for row in MESSAGES], ids=[row[0] for row in MESSAGES])
def test_the_verdict_fits_what_the_message_shows(parcel_engine: Engine, text: str, verdict: Verdict, first: str) -> None:
    diagnosis = parcel_engine.answer(text).diagnosis
    assert (diagnosis.verdict, first_of(diagnosis)) == (verdict, first)


def test_an_abstention_names_nothing(parcel_engine: Engine) -> None:
    diagnosis = parcel_engine.answer("KeyError: 'weight'").diagnosis
    assert (diagnosis.hypotheses, diagnosis.points, diagnosis.questions, diagnosis.symptom) == ((), (), (), None)


def conversation(engine: Engine, *messages: str) -> list[Diagnosis]:
    state, found = Conversation(), []
    for message in messages:
        answer = engine.answer(message, state)
        state = answer.conversation
        found.append(answer.diagnosis)
    return found


def test_the_same_failure_again_is_a_repeat(parcel_engine: Engine) -> None:
    first, second = conversation(parcel_engine, HIDDEN.format(0), HIDDEN.format(9))
    assert (first.repeat, second.repeat) == (False, True)
    assert second.verdict is Verdict.OVERVIEW


def test_a_failure_with_something_new_is_no_repeat(parcel_engine: Engine) -> None:
    _, second = conversation(parcel_engine, HIDDEN.format(0), HIDDEN.format(9) + "\nclosed: 4001")
    assert not second.repeat


def test_times_over_two_messages_rule_a_cause_out(parcel_engine: Engine) -> None:
    first, second = conversation(parcel_engine, HIDDEN.format(4) + "\n" + RETRY, HIDDEN.format(8))
    assert first.ruled_out == ()
    assert [out.cause.id for out in second.ruled_out] == ["live-idle-close"]
    assert second.changes
    assert not second.repeat


def test_a_later_message_decides_what_an_earlier_one_left_open(parcel_engine: Engine) -> None:
    first, second = conversation(parcel_engine, HIDDEN.format(0), "the last frame says: no heartbeat for 60 s")
    assert (first.verdict, second.verdict) == (Verdict.OVERVIEW, Verdict.DIAGNOSIS)
    assert first_of(second) == "live-idle-close"
    assert len(second.changes) == 1


def test_in_a_conversation_about_the_product_it_need_not_be_named_again(parcel_engine: Engine) -> None:
    message = "KeyError: 'weight'"
    alone, _, after = *conversation(parcel_engine, message), *conversation(parcel_engine, TRACE, message)
    assert alone.verdict is Verdict.ABSTAIN
    assert after.verdict is not Verdict.ABSTAIN


def test_another_vendor_s_failure_stays_another_s_in_a_conversation(parcel_engine: Engine) -> None:
    _, after = conversation(parcel_engine, TRACE, "shipfast.errors.RateError: too fast")
    assert after.verdict is Verdict.ABSTAIN


def test_thanks_change_nothing_of_what_is_known(parcel_engine: Engine) -> None:
    _, thanks, again = conversation(parcel_engine, HIDDEN.format(0), "thanks, I will look", HIDDEN.format(9))
    assert thanks.verdict is Verdict.ABSTAIN
    assert again.repeat


def test_conversations_do_not_know_of_each_other(parcel_engine: Engine) -> None:
    (first,), (second,) = conversation(parcel_engine, HIDDEN.format(0)), conversation(parcel_engine, HIDDEN.format(0))
    assert first == second
    assert not second.repeat


def test_what_the_message_tells_is_not_asked(parcel_engine: Engine) -> None:
    open_message = "our tracking socket closed, what is the reason?"
    told = open_message + " I use wss://api.parcelo.example/v2/track/live"
    asked, known = (parcel_engine.answer(text).diagnosis.questions for text in (open_message, told))
    assert "which endpoint" in asked
    assert "which endpoint" not in known
    assert "the last frame before the close" in known


def test_lists_are_short(parcel_engine: Engine) -> None:
    for _, text, _, _ in MESSAGES:
        diagnosis = parcel_engine.answer(text).diagnosis
        assert len(diagnosis.hypotheses) <= MAX_CAUSES
        assert len(diagnosis.questions) <= MAX_QUESTIONS


class NoIndex:
    """An index whose model cannot be loaded."""

    def search(self, *_: object) -> NoReturn:
        raise ModelError("no model")


def test_a_certain_rule_answers_without_the_model(snapshot: Snapshot) -> None:
    diagnostician = Diagnostician(snapshot, ConditionIndex(snapshot), cast("Index", NoIndex()), load_weights())
    diagnosis, _ = diagnostician.diagnose(Reader(snapshot.profile).read(TRACE), Conversation())
    assert diagnosis.verdict is Verdict.DIAGNOSIS
    assert diagnosis.hypotheses[0].level is Level.CERTAIN
    with pytest.raises(ModelError):
        diagnostician.diagnose(Reader(snapshot.profile).read("parcelo.ApiError: 500 internal"), Conversation())
