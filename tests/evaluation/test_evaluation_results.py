"""What is kept of a run: both numbers of cases, every row, and tables that say which cases and variants they are about."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import InputError
from bot.evaluation.results import Results, write_json, write_text
from bot.evaluation.run import evaluate

CASES: list[dict[str, Any]] = [
    {"id": "f1", "text": "late", "gold": ["timeout"]},
    {"id": "f2", "text": "later", "gold": ["quota"]},
]
DIAGNOSIS = {"verdict": "diagnosis", "causes": [{"id": "timeout", "confidence": 0.9}], "timing_ms": {"total": 12.0}}


def answer(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": message["id"], **DIAGNOSIS} for message in messages]


def results(*, left_out: tuple[str, ...] = ("f2",)) -> Results:
    everything = evaluate(CASES, answer)
    scored = evaluate(CASES[:1], answer) if left_out else everything
    files = {"cases.jsonl": (scored, everything)}
    return Results(
        "python -m bot eval cases.jsonl", "2026-05-01", "abc", scored, left_out, (), everything, files, {"guess": scored}
    )


def test_says_how_many_cases_there_were_and_how_many_count() -> None:
    assert results().cases == "2 cases, 1 scored; 1 left out, whose text the corpus holds"
    assert results(left_out=()).cases == "2 cases, all scored"
    assert replace(results(left_out=()), excerpts=("f1",)).cases == (
        "2 cases, all scored; 1 of those scored hold one of its texts as an excerpt"
    )


def test_json_holds_every_scored_row_and_the_metrics_of_the_rest(tmp_path: Path) -> None:
    write_json(results().as_json(), tmp_path / "report.json")
    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in saved["rows"]] == ["f1"]
    assert (saved["failures"]["decidable"]["top1"], saved["everything"]["failures"]["decidable"]["top1"]) == (1.0, 0.5)
    assert (saved["left_out"], saved["corpus"], saved["day"]) == (["f2"], "abc", "2026-05-01")
    assert saved["files"]["cases.jsonl"]["everything"]["failures"]["cases"] == 2
    assert saved["variants"]["guess"]["latency"] == {"p50": 12.0, "p95": 12.0}
    assert saved["calibration"] == [{"low": 0.9, "high": 1.0, "n": 1, "confidence": 0.9, "right": 1.0}]


def test_markdown_has_a_line_for_each_set_and_variant_and_no_empty_column() -> None:
    lines = results().as_markdown().splitlines()
    assert lines[:3] == [
        "# Results",
        "",
        "`python -m bot eval cases.jsonl`, 2026-05-01, corpus `abc`: 2 cases, 1 scored; 1 left out, whose text the corpus holds. "
        "In brackets: 95 % bootstrap intervals.",
    ]
    tables = [line.split(" | ") for line in lines if line.startswith("| ") and "---" not in line]
    assert tables[0] == ["| cases", "n", "top1", "top3", "selective", "ece", "p50 ms |"]
    assert [row[0] for row in tables] == [
        "| cases",
        "| cases.jsonl",
        "| cases.jsonl, with those left out",
        "| all",
        "| all, with those left out",
        "| variant",
        "| guess",
        "| rules and both searches, as served",
        "| confidence",
        "| 0.9 to 1.0",
    ]
    assert tables[2][1:3] == ["2", "0.500 [0.000, 1.000]"]


def test_when_everything_counts_no_set_is_listed_twice() -> None:
    assert "with those left out" not in results(left_out=()).as_markdown()


def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_text("x", tmp_path)
