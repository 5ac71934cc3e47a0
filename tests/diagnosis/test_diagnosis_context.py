"""What earlier messages of a conversation still say: facts outlive their failure, corrections replace, denials exclude."""

from __future__ import annotations

from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Diagnosis, Verdict
from bot.engine import Engine
from bot.knowledge.types import Level

SOCKET = "our tracking socket closed, what is the reason?"
TOLD = "Parcelo refuses it, the parcel is too heavy"
PROVEN = 'parcelo.ApiError: 422 {"fault": "weight_exceeded"}'


def talk(engine: Engine, *messages: str) -> tuple[list[Diagnosis], Conversation]:
    conversation, found = Conversation(), []
    for message in messages:
        answer = engine.answer(message, conversation)
        conversation = answer.conversation
        found.append(answer.diagnosis)
    return found, conversation


def first(diagnosis: Diagnosis) -> str:
    return diagnosis.hypotheses[0].cause.id if diagnosis.hypotheses else ""


def test_a_denied_cause_is_excluded_and_said_to_be(parcel_engine: Engine) -> None:
    (told, denied), _ = talk(parcel_engine, TOLD, "no, that's not it")
    assert (told.verdict, first(told)) == (Verdict.DIAGNOSIS, "weight-exceeded")
    assert told.hypotheses[0].level is not Level.CERTAIN
    assert denied.verdict is Verdict.OVERVIEW
    assert "weight-exceeded" not in {hypothesis.cause.id for hypothesis in denied.hypotheses}
    assert any(told.hypotheses[0].cause.title in change for change in denied.changes)


def test_a_proven_cause_stands_against_a_denial(parcel_engine: Engine) -> None:
    (proven, denied), _ = talk(parcel_engine, PROVEN, "no, that's not it")
    assert proven.hypotheses[0].level is Level.CERTAIN
    assert (denied.verdict, first(denied)) == (Verdict.DIAGNOSIS, "weight-exceeded")


def test_a_denied_cause_comes_back_when_a_paste_proves_it(parcel_engine: Engine) -> None:
    (*_, again), _ = talk(parcel_engine, TOLD, "no, that's not it", PROVEN)
    assert (again.verdict, first(again)) == (Verdict.DIAGNOSIS, "weight-exceeded")


def test_a_denial_of_nothing_is_small_talk(parcel_engine: Engine) -> None:
    (only,), _ = talk(parcel_engine, "no, that's not it")
    assert only.verdict is Verdict.ABSTAIN


def test_what_was_decided_does_not_speak_for_small_talk(parcel_engine: Engine) -> None:
    found, _ = talk(parcel_engine, PROVEN, "ok let me try", "works now, thank you!", "seems to be back")
    assert [diagnosis.verdict for diagnosis in found[1:]] == [Verdict.ABSTAIN] * 3


def test_a_solved_failure_is_past(parcel_engine: Engine) -> None:
    _, conversation = talk(parcel_engine, TOLD, "works now, thanks")
    assert conversation.last is None
    assert not any(kind in ("prose", "api_error", "text") for kind, _ in conversation.hits)


def test_a_failure_told_by_its_code_alone_is_recognised_again(parcel_engine: Engine) -> None:
    (_, again), _ = talk(parcel_engine, "the API said: fault: depot_closed", "tried again: fault: depot_closed")
    assert again.repeat or again.verdict is Verdict.ABSTAIN


def test_a_time_told_in_words_answers_the_question_for_it(parcel_engine: Engine) -> None:
    _, conversation = talk(parcel_engine, SOCKET, "about a second after connecting")
    assert "gap" in conversation.known
