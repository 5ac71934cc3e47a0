"""The metrics of failures, on a small set whose numbers were derived with an independent implementation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from bot.evaluation.calibration import Bin, calibration_bins, calibration_error
from bot.evaluation.metrics import Kind, judge
from bot.evaluation.shares import interval, share
from bot.evaluation.summary import summarise

Answered = tuple[str, list[str], str, list[tuple[str, float]]]

ANSWERED: list[Answered] = [
    ("d1", ["disk-full"], "diagnosis", [("disk-full", 0.95), ("quota", 0.03)]),
    ("d2", ["disk-full", "quota"], "diagnosis", [("quota", 0.9)]),
    ("d3", ["quota"], "diagnosis", [("disk-full", 0.8), ("quota", 0.15)]),
    ("d4", ["quota"], "overview", [("disk-full", 0.4), ("timeout", 0.3), ("quota", 0.2)]),
    ("d5", ["timeout"], "overview", [("timeout", 0.45), ("quota", 0.2)]),
    ("d6", ["timeout"], "abstain", []),
    ("d7", ["timeout"], "diagnosis", [("timeout", 1.0)]),
    ("d8", ["bad-key"], "diagnosis", [("a", 0.72), ("b", 0.1), ("c", 0.05), ("e", 0.04), ("bad-key", 0.03), ("timeout", 0.01)]),
    ("d9", ["bad-key"], "diagnosis", [("bad-key", 0.72)]),
    ("d10", ["bad-key"], "overview", [("a", 0.2), ("b", 0.1), ("c", 0.05), ("e", 0.04), ("f", 0.03), ("bad-key", 0.01)]),
    ("u1", ["insufficient"], "overview", [("quota", 0.3)]),
    ("u2", ["insufficient", "timeout"], "diagnosis", [("timeout", 0.6)]),
    ("u3", ["insufficient", "timeout", "quota"], "diagnosis", [("disk-full", 0.7), ("quota", 0.1)]),
    ("u4", ["insufficient"], "abstain", []),
    ("u5", ["insufficient", "quota"], "overview", [("timeout", 0.3)]),
    ("n1", ["none"], "abstain", []),
    ("n2", ["none"], "diagnosis", [("disk-full", 0.65)]),
    ("n3", ["none"], "answer", []),
]


def case_and_answer(answered: Answered) -> tuple[dict[str, Any], dict[str, Any]]:
    id_, gold, verdict, causes = answered
    return {"id": id_, "gold": gold}, {"verdict": verdict, "causes": [{"id": cause, "confidence": c} for cause, c in causes]}


def test_summary_agrees_with_the_reference_numbers() -> None:
    summary = summarise([judge(*case_and_answer(answered)) for answered in ANSWERED])
    assert asdict(summary) == {
        "cases": 18,
        "decidable": {
            "n": 10,
            "top1": 0.5,
            "top1_ci": (0.2, 0.8),
            "top3": 0.7,
            "top3_ci": (0.4, 0.9),
            "top5": 0.8,
            "top5_ci": (0.5, 1.0),
            "answered": 0.6,
            "answered_ci": (0.3, 0.9),
            "selective": 0.6666666666666666,
            "selective_ci": (0.333, 1.0),
        },
        "undecided": {
            "n": 5,
            "ok": 0.6,
            "ok_ci": (0.2, 1.0),
            "overclaim": 0.2,
            "overclaim_ci": (0.0, 0.6),
            "abstained": 0.2,
            "abstained_ci": (0.0, 0.6),
            "candidates": 0.6666666666666666,
            "candidates_ci": (0.0, 1.0),
        },
        "none": {
            "n": 3,
            "ok": 0.3333333333333333,
            "ok_ci": (0.0, 1.0),
            "false_answers": 0.6666666666666666,
            "false_answers_ci": (0.0, 1.0),
        },
        "ece": 0.311,
    }


@pytest.mark.parametrize(
    ("gold", "verdict", "causes", "kind", "ok"),
    [
        (["timeout"], "diagnosis", ["timeout"], Kind.DECIDABLE, True),
        (["timeout"], "abstain", ["timeout"], Kind.DECIDABLE, True),
        (["timeout"], "diagnosis", ["quota", "timeout"], Kind.DECIDABLE, False),
        (["timeout"], "overview", [], Kind.DECIDABLE, False),
        (["insufficient"], "overview", [], Kind.UNDECIDED, True),
        (["insufficient"], "diagnosis", ["quota"], Kind.UNDECIDED, False),
        (["insufficient", "quota"], "diagnosis", ["quota"], Kind.UNDECIDED, True),
        (["insufficient", "quota"], "answer", ["quota"], Kind.UNDECIDED, False),
        (["none"], "abstain", [], Kind.NONE, True),
        (["none"], "overview", [], Kind.NONE, False),
    ],
)
def test_judges_by_what_the_label_asks_for(gold: list[str], verdict: str, causes: list[str], kind: Kind, ok: bool) -> None:
    row = judge({"id": "x", "gold": gold}, {"verdict": verdict, "causes": [{"id": cause, "confidence": 0.5} for cause in causes]})
    assert (row.kind, row.ok) == (kind, ok)


def test_a_behaviour_label_is_never_an_acceptable_cause() -> None:
    row = judge({"id": "x", "gold": ["insufficient"]}, {"verdict": "overview", "causes": [{"id": "insufficient"}]})
    assert not row.top5
    assert row.confidence is None


def test_shares_over_no_case_are_none() -> None:
    summary = summarise([])
    assert (summary.cases, summary.decidable.top1, summary.decidable.top1_ci, summary.ece) == (0, None, None, None)
    assert (summary.undecided.ok, summary.none.false_answers, share([])) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([True] * 5, (1.0, 1.0)),
        ([False] * 5, (0.0, 0.0)),
        ([True, False] * 20, (0.35, 0.65)),
        ([True] * 30 + [False] * 10, (0.6, 0.875)),
    ],
)
def test_interval_is_reproducible(values: list[bool], bounds: tuple[float, float]) -> None:
    assert interval(values) == bounds


def test_bins_hold_the_diagnoses_of_our_cases_by_confidence() -> None:
    bins = calibration_bins([judge(*case_and_answer(answered)) for answered in ANSWERED])
    assert [(one.low, one.high, one.n) for one in bins] == [(0.6, 0.7, 1), (0.7, 0.8, 3), (0.8, 0.9, 1), (0.9, 1.0, 3)]
    assert [(round(one.confidence, 3), round(one.right, 3)) for one in bins] == [
        (0.6, 1.0),
        (0.713, 0.333),
        (0.8, 0.0),
        (0.95, 1.0),
    ]


def test_the_error_weighs_each_bin_by_its_diagnoses() -> None:
    assert calibration_error([Bin(0.6, 0.7, 1, 0.6, 1.0), Bin(0.9, 1.0, 3, 0.9, 1.0)]) == 0.175


def test_a_confident_and_right_diagnosis_has_no_calibration_error() -> None:
    rows = [judge(*case_and_answer((str(n), ["timeout"], "diagnosis", [("timeout", 1.0)]))) for n in range(3)]
    assert calibration_bins(rows) == (Bin(0.9, 1.0, 3, 1.0, 1.0),)
    assert calibration_error(calibration_bins(rows)) == 0.0


def test_calibration_ignores_cases_that_are_not_ours() -> None:
    rows = [judge(*case_and_answer(("n", ["none"], "diagnosis", [("timeout", 0.9)])))]
    assert (calibration_bins(rows), calibration_error(())) == ((), None)
