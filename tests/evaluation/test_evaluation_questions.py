"""The metrics of questions, on a small set whose numbers were derived with an independent implementation."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluation.questions import QuestionRow, QuestionSummary, judge_question, page, summarise_questions

SOURCES = [
    {"id": "limits", "url": "https://www.docs.example/limits?x=1#top"},
    {"id": "keys", "url": "http://docs.example/keys/"},
    {"id": "other", "url": "https://docs.example/other"},
]
TWENTY_SECONDS = [[r"\b20\b"], ["second", "sec"]]


def judged(must: list[list[str]], urls: list[str], verdict: str, *points: tuple[str, str]) -> QuestionRow:
    case: dict[str, Any] = {"id": "q", "answerable": bool(must), "must": must, "urls": urls}
    listed = [{"id": str(number), "text": text, "source": source} for number, (text, source) in enumerate(points)]
    return judge_question(case, {"verdict": verdict, "points": listed, "sources": SOURCES})


@pytest.mark.parametrize(
    ("must", "urls", "verdict", "points", "right1", "right3", "cited"),
    [
        (TWENTY_SECONDS, ["https://docs.example/limits"], "answer", [("It waits 20 Seconds.", "limits")], True, True, True),
        (TWENTY_SECONDS, ["docs.example/limits"], "answer", [("It waits 20.", "keys"), ("In sec.", "limits")], False, True, True),
        (TWENTY_SECONDS, ["docs.example/limits"], "answer", [("It waits 120 seconds.", "limits")], False, False, True),
        ([["head"]], ["https://docs.example/keys#a"], "answer", [("x", "other")] * 3 + [("head", "keys")], False, False, False),
        ([["head"]], ["https://docs.example/keys"], "overview", [("head", "keys")], False, False, True),
        ([["head"]], ["https://docs.example/keys"], "answer", [("head", "unknown-source")], True, True, False),
        ([["head"]], ["https://docs.example/keys"], "abstain", [], False, False, False),
    ],
)
def test_judges_what_the_first_points_say_and_cite(
    must: list[list[str]], urls: list[str], verdict: str, points: list[tuple[str, str]], right1: bool, right3: bool, cited: bool
) -> None:
    row = judged(must, urls, verdict, *points)
    assert (row.right1, row.right3, row.cited) == (right1, right3, cited)


def test_only_silence_is_right_for_an_unanswerable_question() -> None:
    rows = [judged([], [], verdict, ("x", "keys")) for verdict in ("abstain", "answer", "overview", "diagnosis")]
    assert [row.silent for row in rows] == [True, False, False, False]
    assert not any(row.right1 or row.right3 or row.cited for row in rows)


def test_summary_keeps_the_two_kinds_apart() -> None:
    rows = [
        judged([["head"]], ["docs.example/keys"], "answer", ("the head", "keys")),
        judged([["head"]], ["docs.example/keys"], "answer", ("x", "other"), ("Head", "other")),
        judged([["head"]], ["docs.example/keys"], "abstain"),
        judged([], [], "abstain"),
        judged([], [], "answer", ("x", "keys")),
    ]
    assert summarise_questions(rows) == QuestionSummary(
        answerable=3,
        right1=1 / 3,
        right1_ci=(0.0, 1.0),
        right3=2 / 3,
        right3_ci=(0.0, 1.0),
        cited=1 / 3,
        cited_ci=(0.0, 1.0),
        unanswerable=2,
        silent=0.5,
        silent_ci=(0.0, 1.0),
    )


def test_shares_over_no_question_are_none() -> None:
    assert summarise_questions([]) == QuestionSummary(0, None, None, None, None, None, None, 0, None, None)


@pytest.mark.parametrize(
    "url", ["https://docs.example/a", "http://www.docs.example/a/", "https://docs.example/a#part", "docs.example/a?x=1"]
)
def test_addresses_of_one_page_are_equal(url: str) -> None:
    assert page(url) == "docs.example/a"
