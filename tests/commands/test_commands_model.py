"""`model export` and `model check`: what they say, what they leave behind, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.retrieval.exported import MANIFEST, MODEL, Export
from bot.retrieval.model_source import find_source


@pytest.fixture
def served(export: Export, parcel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an export that is in a cache of its own, with the settings pointing there."""
    monkeypatch.setenv("KNOWLEDGE_DIR", str(parcel))
    monkeypatch.setenv("CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("EMBEDDING_MODEL", raising=False)
    folder = tmp_path / "models" / export.folder.name
    folder.mkdir(parents=True)
    for file in export.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_a_sound_export_passes_its_check(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check"]) == 0
    said = capsys.readouterr().out
    assert "both checksums are right" in said
    assert "cosine over" in said
    assert "same first cause" in said


def test_a_sound_export_is_not_made_again(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (served / MANIFEST).stat().st_mtime_ns
    assert main(["model", "export"]) == 0
    assert "--force makes it anew" in capsys.readouterr().out
    assert (served / MANIFEST).stat().st_mtime_ns == before


def test_a_damaged_export_fails_its_check_plainly(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (served / MODEL).write_bytes(b"something else")
    assert main(["model", "check"]) == 1
    said = capsys.readouterr().out
    assert "model.onnx has sha256" in said
    assert "model export --force" in said


def test_an_export_that_no_longer_agrees_fails_its_check(
    served: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retrieval.agreement.MIN_COSINE", 0.99999)
    assert main(["model", "check", "--whole"]) == 1
    said = capsys.readouterr().out
    assert "every text" in said
    assert "does not agree with the model" in said


@pytest.fixture
def tiny(parcel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model without an export, with the settings pointing at it."""
    from tiny_model import tiny_model

    folder = tiny_model(tmp_path, {"pooling": "cls"})
    monkeypatch.setenv("KNOWLEDGE_DIR", str(parcel))
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EMBEDDING_MODEL", str(folder))
    return folder


def test_a_folder_of_one_s_own_is_exported_once_and_then_passes(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check"]) == 1
    assert "has no export; `python -m bot model export` makes one" in capsys.readouterr().out
    assert main(["model", "export", "--whole"]) == 0
    said = capsys.readouterr().out
    assert "Comparing" in said
    assert "made 20" in said
    folder = tiny.parent / "cache" / "models" / find_source(str(tiny)).identity
    assert json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["pooling"] == "cls"
    assert main(["model", "check"]) == 0


def test_a_model_that_is_not_here_is_named(
    parcel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", "/no/such/model")
    assert main(["model", "export"]) == 2
    assert "EMBEDDING_MODEL: '/no/such/model' is neither a folder" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_named(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "file"))
    assert main(["model", "export"]) == 2
    assert "CACHE_DIR: the export cannot be written" in capsys.readouterr().err
