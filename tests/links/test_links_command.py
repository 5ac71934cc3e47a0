"""`corpus links` from the command line: progress, report, marks and exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_web import STATUSES, LocalWeb, serve_locally

from bot.cli import main


@pytest.fixture
def local_web() -> Iterator[LocalWeb]:
    with serve_locally() as served:
        yield served


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, parcel: Path, tmp_path: Path) -> Path:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(parcel))
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def cite(parcel: Path, **pages: str) -> None:
    path = parcel / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    for name, url in pages.items():
        text = text.replace(f'"https://docs.parcelo.example/{name}"', f'"{url}"')
    path.write_text(text, encoding="utf-8")


def links(*arguments: str) -> int:
    return main(["corpus", "links", "--pause", "0", "--timeout", "2", "--allow-private", *arguments])


def test_progress_report_marks_and_exit_code(
    environment: Path, parcel: Path, local_web: LocalWeb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cite(parcel, weights=local_web.base + "/moved", live=local_web.base + "/gone")
    report = tmp_path / "found" / "report.json"
    assert links("--report", str(report)) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in err.splitlines()] == ["[1/2]", "[2/2]"]
    assert f"moved: weights {local_web.base}/moved (permanently redirected to {local_web.base}/ok)" in out
    assert f"gone: live {local_web.base}/gone (HTTP 410)\n  live-idle: its page is not there" in out
    assert "2 pages: 1 moved, 1 gone" in out
    assert "points: 1 current, 2 stale, 0 unknown" in out
    saved = json.loads(report.read_text(encoding="utf-8"))
    assert saved["counts"]["points"] == {"current": 1, "stale": 2, "unknown": 0}
    assert saved["stale"] == ["live-idle", "live-reason"]
    assert [(page["source"], page["status"], page["moved_to"]) for page in saved["pages"]] == [
        ("weights", "moved", local_web.base + "/ok"),
        ("live", "gone", ""),
    ]
    assert set(json.loads((environment / "stale.json").read_text())["stale"]) == {"live-idle", "live-reason"}


def test_a_sound_corpus_passes_and_its_report_lies_in_the_cache(environment: Path, parcel: Path, local_web: LocalWeb) -> None:
    cite(parcel, weights=local_web.base + "/ok", live=local_web.base + "/notes.md")
    points = parcel / "points/core.yaml"
    points.write_text(points.read_text(encoding="utf-8").replace('["60"]', '["kg"]'), encoding="utf-8")
    assert links() == 0
    assert json.loads((environment / "links.json").read_text())["counts"]["pages"]["ok"] == 2


def test_marks_stay_while_a_page_cannot_be_reached(
    environment: Path, parcel: Path, local_web: LocalWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    cite(parcel, weights=local_web.base + "/ok", live=local_web.base + "/gone?page=live")
    assert links() == 1
    monkeypatch.setitem(STATUSES, "/gone", 503)
    assert links() == 0
    assert set(json.loads((environment / "stale.json").read_text())["stale"]) == {"live-idle", "live-reason"}


def test_when_no_page_can_be_reached_the_check_has_failed(
    environment: Path, parcel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cite(parcel, weights="http://127.0.0.1:9/weights", live="http://127.0.0.1:9/live")
    assert links() == 1
    assert "2 pages: 2 unreachable" in capsys.readouterr().out


def test_this_machine_is_not_asked_unless_told_to(environment: Path, parcel: Path, local_web: LocalWeb) -> None:
    cite(parcel, weights=local_web.base + "/ok", live=local_web.base + "/ok")
    assert main(["corpus", "links", "--pause", "0"]) == 1
    assert local_web.asked == []


def test_a_report_that_cannot_be_written_is_the_caller_s_to_mend(
    environment: Path, parcel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cite(parcel, weights="http://127.0.0.1:9/weights", live="http://127.0.0.1:9/live")
    assert links("--report", str(tmp_path)) == 2
    assert "cannot be written" in capsys.readouterr().err
