"""`eval` from the command line: what the corpus holds does not count, and what is printed is also kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.engine import Engine
from bot.settings import Settings

FAILURES: list[dict[str, Any]] = [
    {"id": "f1", "text": "  how heavy   can one parcel be ", "gold": ["weight-exceeded"]},
    {"id": "f2", "text": 'parcelo.ApiError: 422 {"fault": "weight_exceeded"} on order 7', "gold": ["weight-exceeded"]},
]
QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "text": "up to which weight may I ship one parcel?", "answerable": True, "must": [[r"31\.5"]], "urls": ["x"]}
]


@pytest.fixture
def files(tmp_path: Path, parcel_settings: Settings, parcel_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two files of cases; the first case is a question of the tiny corpus."""
    monkeypatch.setenv("KNOWLEDGE_DIR", str(parcel_settings.knowledge_dir))
    monkeypatch.setenv("CACHE_DIR", str(parcel_settings.cache_dir))
    paths = []
    for name, cases in (("failures.jsonl", FAILURES), ("questions.jsonl", QUESTIONS)):
        path = tmp_path / name
        path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
        paths.append(str(path))
    return paths


def test_a_case_that_the_corpus_holds_is_answered_and_not_scored(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *files]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 cases, 2 scored; 1 left out, whose text the corpus holds (--all scores those left out)"
    assert lines[2].startswith("decidable   n=1 top1=1.000 [1.000, 1.000]")
    assert any(line.startswith("failures.jsonl, with those left out  0.500") for line in lines)


def test_all_scores_every_case(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *files, "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 cases, all scored"
    assert lines[2].startswith("decidable   n=2 top1=0.500 [0.000, 1.000]")


def test_baselines_are_scored_on_the_same_cases_and_kept(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, report = tmp_path / "results.md", tmp_path / "results.json"
    assert main(["eval", *files, "--baselines", "--markdown", str(page), "--json", str(report)]) == 0
    printed = capsys.readouterr().out
    for name in ("most frequent cause", "error-string lookup", "BM25 only", "dense only", "rules only", "as served"):
        assert re.search(rf"^{name} +1\.000", printed, re.MULTILINE), name
    saved = json.loads(report.read_text(encoding="utf-8"))
    assert {name: variant["failures"]["cases"] for name, variant in saved["variants"].items()} == dict.fromkeys(
        saved["variants"], 1
    )
    assert saved["left_out"] == ["f1"]
    text = page.read_text(encoding="utf-8")
    assert "`python -m bot eval failures.jsonl questions.jsonl --baselines`" in text
    assert str(tmp_path) not in text


def test_files_of_the_same_name_are_told_apart_by_their_folders(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other" / "failures.jsonl"
    other.parent.mkdir()
    other.write_text(json.dumps({**FAILURES[1], "id": "f3"}) + "\n", encoding="utf-8")
    assert main(["eval", files[0], str(other)]) == 0
    printed = capsys.readouterr().out
    assert f"{other}  " in printed
    assert f"{files[0]}  " in printed
