"""A corpus that passed is not tested again; whatever changed is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import checked
from bot.checked import KEPT, Checked


def test_a_version_that_passed_is_remembered_by_the_next_start(tmp_path: Path) -> None:
    Checked(tmp_path / "cache").add("v1")
    assert Checked(tmp_path / "cache").has("v1")
    assert not Checked(tmp_path / "cache").has("v2")


def test_changed_code_tests_the_corpus_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Checked(tmp_path).add("v1")
    monkeypatch.setattr(checked, "code_version", lambda: "other")
    assert not Checked(tmp_path).has("v1")


def test_the_oldest_versions_are_forgotten(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        Checked(tmp_path).add(f"v{number}")
    assert not Checked(tmp_path).has("v1")
    assert Checked(tmp_path).has("v2")


def test_a_damaged_or_unwritable_file_only_means_another_test(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "checked.txt").write_bytes(b"\xff\x00\n")
    assert not Checked(tmp_path).has("v1")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    Checked(tmp_path / "file").add("v1")
    assert "tested again" in caplog.text
