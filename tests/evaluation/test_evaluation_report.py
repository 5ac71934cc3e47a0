"""The report: who was confused with whom, how long it took, and that it prints what was measured."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import InternalError
from bot.evaluation.breakdown import CauseScore, Confusion, Latency, latency
from bot.evaluation.report import Report, render, render_comparison
from bot.evaluation.run import evaluate

CASES: list[dict[str, Any]] = [
    {"id": "f1", "text": "late", "gold": ["timeout"]},
    {"id": "f2", "text": "later", "gold": ["timeout", "network"]},
    {"id": "f3", "text": "latest", "gold": ["timeout"]},
    {"id": "f4", "text": "other", "gold": ["none"]},
    {"id": "f5", "text": "unclear", "gold": ["insufficient"]},
    {"id": "q1", "text": "how long?", "answerable": True, "must": [["20"]], "urls": ["docs.example/a"]},
    {"id": "q2", "text": "who won?", "answerable": False},
    {"id": "q3", "text": "how many?", "answerable": True, "must": [["5"]], "urls": ["docs.example/a"]},
]
ANSWERS: dict[str, dict[str, Any]] = {
    "f1": {"verdict": "diagnosis", "causes": [{"id": "timeout", "confidence": 0.9}]},
    "f2": {"verdict": "diagnosis", "causes": [{"id": "quota", "confidence": 0.8}, {"id": "network", "confidence": 0.1}]},
    "f3": {"verdict": "overview", "causes": [{"id": "quota", "confidence": 0.4}]},
    "f4": {"verdict": "diagnosis", "causes": [{"id": "quota", "confidence": 0.7}]},
    "f5": {"verdict": "abstain", "causes": []},
    "q1": {"verdict": "answer", "points": [{"id": "p", "text": "20 s", "source": "a"}]},
    "q2": {"verdict": "answer", "points": [{"id": "p", "text": "20 s", "source": "a"}]},
    "q3": {"verdict": "abstain", "points": []},
}


def answer(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    common = {"sources": [{"id": "a", "url": "https://docs.example/a"}]}
    return [
        {"id": m["id"], **ANSWERS[m["id"]], **common, "timing_ms": {"total": 10.0 * n}} for n, m in enumerate(messages, start=1)
    ]


@pytest.fixture
def report() -> Report:
    return evaluate(CASES, answer)


def test_the_bot_is_never_shown_a_label() -> None:
    shown: list[dict[str, Any]] = []

    def watch(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        shown.extend(messages)
        return answer(messages)

    evaluate(CASES, watch)
    assert [set(message) for message in shown] == [{"id", "text"}] * len(CASES)


def test_causes_count_their_cases_and_their_false_diagnoses(report: Report) -> None:
    assert report.causes == (
        CauseScore("quota", n=0, top1=0, top3=0, answered=0, false=2),
        CauseScore("timeout", n=3, top1=1, top3=2, answered=2, false=0),
    )


def test_confusions_name_label_and_first_answer_most_frequent_first(report: Report) -> None:
    assert report.confusions == (
        Confusion("timeout", "quota", ("f2", "f3")),
        Confusion("insufficient", "(abstain)", ("f5",)),
        Confusion("none", "quota", ("f4",)),
    )


def test_measures_both_kinds_of_cases(report: Report) -> None:
    assert report.failures is not None
    assert (report.failures.cases, report.failures.decidable.n, report.failures.none.false_answers) == (5, 3, 1.0)
    assert report.questions is not None
    assert (report.questions.right1, report.questions.silent) == (0.5, 0.0)


def test_a_part_without_cases_is_absent() -> None:
    only_questions = evaluate(CASES[5:], answer)
    assert only_questions.failures is None
    assert "decidable" not in render(only_questions)
    nothing = evaluate([], answer)
    assert (nothing.failures, nothing.questions, nothing.latency) == (None, None, None)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], None),
        ([3.0], Latency(3.0, 3.0)),
        ([2.0, 1.0], Latency(1.0, 2.0)),
        ([float(n) for n in range(100, 0, -1)], Latency(50.0, 95.0)),
    ],
)
def test_latency_is_the_nearest_rank(times: list[float], expected: Latency | None) -> None:
    assert latency(times) == expected


def test_prints_metrics_causes_confusions_and_missed_questions(report: Report) -> None:
    lines = render(report).splitlines()
    assert lines[0] == (
        "decidable   n=3 top1=0.333 [0.000, 1.000] top3=0.667 [0.000, 1.000] top5=0.667 [0.000, 1.000] "
        "answered=0.667 [0.000, 1.000] selective=0.500 [0.000, 1.000]"
    )
    assert "0.8-0.9     1  0.800  0.000" in lines
    assert "0.9-1.0     1  0.900  1.000" in lines
    assert "latency ms  p50=40.0 p95=80.0" in lines
    assert "timeout  3     1     2         2      0" in lines
    assert "    2  timeout → quota: f2 f3" in lines
    assert "    1  (abstain): q3" in lines
    assert "    1  unanswerable, yet (answer): q2" in lines


def test_long_lists_of_ids_are_cut() -> None:
    cases = [{"id": f"c{n}", "text": "x", "gold": ["none"]} for n in range(8)]
    printed = render(evaluate(cases, lambda messages: [{"id": m["id"], "verdict": "answer"} for m in messages]))
    assert "    8  none → (answer): c0 c1 c2 c3 c4 c5 and 2 more" in printed.splitlines()


def test_a_comparison_has_one_aligned_line_for_each_variant(report: Report) -> None:
    printed = render_comparison({"rules only": report, "questions": evaluate(CASES[5:], answer)}).splitlines()
    assert [line.split()[0] for line in printed] == ["variant", "rules", "questions"]
    assert printed[1].split()[2:] == [
        "0.333",
        "0.667",
        "0.500",
        "0.000",
        "0.000",
        "1.000",
        "0.450",
        "0.500",
        "0.500",
        "0.000",
        "40.0",
    ]
    assert printed[2].split()[1:] == ["-"] * 7 + ["0.500", "0.500", "0.000", "20.0"]
    assert len({len(line) for line in printed}) == 1


@pytest.mark.parametrize("spoil", [lambda answers: answers[:-1], lambda answers: answers[::-1]])
def test_answers_must_come_one_for_one_and_in_order(spoil: Any) -> None:
    with pytest.raises(InternalError):
        evaluate(CASES, lambda messages: spoil(answer(messages)))
