"""The simpler ways of answering do what their names say, on the tiny corpus."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine import Engine
from bot.evaluation.baselines import Answering, baselines, certain_codes, look_up, most_frequent_cause, retrieve
from bot.evaluation.run import evaluate
from bot.knowledge.types import Snapshot

CASES: list[dict[str, Any]] = [
    {"id": "f1", "text": "refused: weight_exceeded", "gold": ["weight-exceeded"]},
    {"id": "f2", "text": "it closed after a minute", "gold": ["live-idle-close"]},
    {"id": "f3", "text": "closed again", "gold": ["live-idle-close", "weight-exceeded"]},
    {"id": "f4", "text": "thanks", "gold": ["none"]},
    {"id": "f5", "text": "closed", "gold": ["insufficient"]},
    {"id": "q1", "text": "how heavy can one parcel be", "answerable": True, "must": [["31"]], "urls": []},
]


@pytest.mark.parametrize(
    ("labels", "cause"),
    [
        (["b", "a", "b"], "b"),
        (["b", "a"], "a"),
        (["none", "none", "insufficient", "a"], "a"),
        (["none"], ""),
        ([], ""),
    ],
)
def test_the_most_frequent_cause_is_a_cause(labels: list[str], cause: str) -> None:
    assert most_frequent_cause([{"id": str(n), "text": "x", "gold": [label]} for n, label in enumerate(labels)]) == cause


def test_codes_come_from_certain_rules(snapshot: Snapshot) -> None:
    assert certain_codes(snapshot) == {"weight_exceeded": "weight-exceeded"}


@pytest.mark.parametrize(
    ("text", "verdict", "causes"),
    [
        ('{"fault": "QUOTA_GONE"}', "diagnosis", ["quota"]),
        ("late, then quota_gone, then late", "diagnosis", ["timeout", "quota"]),
        ("quota_gone_again latest", "abstain", []),
        ("", "abstain", []),
    ],
)
def test_a_code_is_looked_up_as_a_whole_word(text: str, verdict: str, causes: list[str]) -> None:
    answer = look_up({"quota_gone": "quota", "late": "timeout"})(text)
    assert (answer["verdict"], [cause["id"] for cause in answer["causes"]]) == (verdict, causes)


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("how heavy can one parcel be", "answer"),
        ('parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}', "diagnosis"),
    ],
)
def test_retrieval_answers_with_the_kind_of_what_is_nearest(parcel_engine: Engine, dense: bool, text: str, verdict: str) -> None:
    answer = retrieve(parcel_engine, dense=dense)(text)
    assert answer["verdict"] == verdict
    assert answer["causes"][0]["id"] == "weight-exceeded"
    assert answer["points"][0]["id"] == "weight-limit"
    assert "weights" in [source["id"] for source in answer["sources"]]


def test_words_alone_find_nothing_in_a_text_that_shares_none(parcel_engine: Engine) -> None:
    assert retrieve(parcel_engine, dense=False)("zzz")["verdict"] == "abstain"
    assert retrieve(parcel_engine, dense=True)("zzz")["verdict"] != "abstain"


@pytest.fixture(scope="module")
def ways(parcel_engine: Engine) -> dict[str, Answering]:
    def answer(engine: Engine, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = [engine.answer(message["text"]).diagnosis for message in messages]
        return [
            {"id": m["id"], "verdict": d.verdict, "causes": [{"id": h.cause.id} for h in d.hypotheses]}
            for m, d in zip(messages, found, strict=True)
        ]

    return baselines(parcel_engine, CASES, answer)


def test_every_way_answers_every_message(ways: dict[str, Answering]) -> None:
    assert list(ways) == ["most frequent cause", "error-string lookup", "BM25 only", "dense only", "rules only"]
    for way in ways.values():
        report = evaluate(CASES, way)
        assert (len(report.rows), len(report.question_rows)) == (5, 1)
        assert report.failures is not None
        assert report.failures.ece is None


def test_the_majority_is_right_where_it_is_the_label(ways: dict[str, Answering]) -> None:
    report = evaluate(CASES, ways["most frequent cause"])
    assert report.failures is not None
    assert (report.failures.decidable.top1, report.failures.none.false_answers) == (2 / 3, 1.0)


def test_rules_alone_find_no_point(ways: dict[str, Answering]) -> None:
    assert [answer["verdict"] for answer in ways["rules only"]([CASES[0], CASES[5]])] == ["diagnosis", "abstain"]
