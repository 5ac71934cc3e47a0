"""The bot asks for what tells the remaining causes apart, never for what was said, at most three things."""

from __future__ import annotations

from dataclasses import replace

from bot.diagnosis.questions import MAX_QUESTIONS, questions
from bot.diagnosis.types import Hypothesis
from bot.knowledge.types import Cause, Condition, Level, Question, Snapshot

ENDPOINT, MODEL = Question("which endpoint", "endpoint"), Question("which model", "model")
NOBODY = frozenset[str]()


def cause(snapshot: Snapshot, name: str, *asks: Question, **needs: str) -> Cause:
    base = snapshot.causes["live-idle-close"]
    return replace(base, id=name, ask=asks, conditions={k: Condition(k, k, v) for k, v in needs.items()})


def hypothesis(one: Cause, confidence: float) -> Hypothesis:
    return Hypothesis(one, confidence, Level.POSSIBLE, (), ())


def test_the_fact_in_which_the_candidates_differ_is_asked_first(snapshot: Snapshot) -> None:
    first = cause(snapshot, "a", MODEL, ENDPOINT, endpoint="one", model="m")
    second = cause(snapshot, "b", endpoint="two", model="m")
    found = questions(NOBODY, [hypothesis(first, 0.4), hypothesis(second, 0.3)], None, decided=False)
    assert found == ("which endpoint", "which model")


def test_the_less_certain_split_is_worth_more(snapshot: Snapshot) -> None:
    first = cause(snapshot, "a", MODEL, ENDPOINT, model="m")
    second = cause(snapshot, "b", model="m", endpoint="two")
    third = cause(snapshot, "c", model="n")
    candidates = [hypothesis(first, 0.5), hypothesis(second, 0.4), hypothesis(third, 0.05)]
    assert questions(NOBODY, candidates, None, decided=False)[0] == "which endpoint"


def test_what_the_conversation_has_shown_is_not_asked(snapshot: Snapshot) -> None:
    one = cause(snapshot, "a", MODEL, ENDPOINT)
    assert questions(frozenset({"model"}), [hypothesis(one, 0.4)], None, decided=False) == ("which endpoint",)


def test_a_decided_cause_has_its_own_questions_in_its_authors_order(snapshot: Snapshot) -> None:
    one = cause(snapshot, "a", MODEL, ENDPOINT)
    other = cause(snapshot, "b", Question("anything else"), endpoint="two")
    assert questions(NOBODY, [hypothesis(one, 0.9), hypothesis(other, 0.1)], None, decided=True) == (
        "which model",
        "which endpoint",
    )


def test_equal_gains_keep_the_authors_order_and_the_list_is_bounded(snapshot: Snapshot) -> None:
    asks = [Question(f"fact {number}") for number in range(MAX_QUESTIONS + 2)]
    one, other = cause(snapshot, "a", *asks), cause(snapshot, "b")
    found = questions(NOBODY, [hypothesis(one, 0.5), hypothesis(other, 0.5)], None, decided=False)
    assert found == tuple(ask.text for ask in asks[:MAX_QUESTIONS])


def test_a_symptoms_question_tells_all_its_candidates_apart(snapshot: Snapshot) -> None:
    symptom = replace(snapshot.symptoms["unclear"], ask=(Question("the close reason"),))
    mine = cause(snapshot, "a", Question("is it this one"))
    candidates = [hypothesis(mine, 0.3), hypothesis(cause(snapshot, "b"), 0.3), hypothesis(cause(snapshot, "c"), 0.3)]
    assert questions(NOBODY, candidates, symptom, decided=False) == ("the close reason", "is it this one")


def test_without_a_candidate_the_symptom_still_asks(snapshot: Snapshot) -> None:
    symptom = replace(snapshot.symptoms["unclear"], ask=(Question("the full error"),))
    assert questions(NOBODY, [], symptom, decided=False) == ("the full error",)
