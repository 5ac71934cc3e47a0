"""What is searched of the examples is computed once for a corpus and its code, and never taken from a damaged file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot import condensed as module
from bot.condensed import FILE_NAME, condensed
from bot.knowledge.types import Snapshot
from bot.settings import Settings, load_settings

EXAMPLES = ["first paste", "second paste \ud800"]


class Counting:
    """Condenses a text to its first word and remembers which texts it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> tuple[str, ...]:
        self.asked.append(text)
        return (text.split()[0], "shape")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"CACHE_DIR": str(tmp_path)})


def ask(snapshot: Snapshot, settings: Settings, texts: list[str] = EXAMPLES) -> tuple[list[tuple[str, ...]], list[str]]:
    counting = Counting()
    known = condensed(texts, counting, snapshot.profile, settings)
    return [known(text) for text in texts], counting.asked


def test_a_second_start_reads_no_example(snapshot: Snapshot, settings: Settings) -> None:
    expected = [("first", "shape"), ("second", "shape")]
    assert ask(snapshot, settings) == (expected, EXAMPLES)
    assert ask(snapshot, settings) == (expected, [])


def test_only_a_new_example_is_read_and_one_that_is_gone_is_forgotten(snapshot: Snapshot, settings: Settings) -> None:
    ask(snapshot, settings)
    assert ask(snapshot, settings, ["first paste", "third paste"])[1] == ["third paste"]
    assert ask(snapshot, settings)[1] == ["second paste \ud800"]


def test_a_text_that_is_no_example_is_condensed_all_the_same(snapshot: Snapshot, settings: Settings) -> None:
    assert condensed(EXAMPLES, Counting(), snapshot.profile, settings)("another paste") == ("another", "shape")


def test_other_code_another_profile_or_another_limit_start_afresh(
    snapshot: Snapshot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(snapshot, settings)
    assert ask(snapshot, settings.model_copy(update={"analysis_limit": 2_000}))[1] == EXAMPLES
    other = replace(snapshot, profile=replace(snapshot.profile, name="Another product"))
    assert ask(other, settings)[1] == EXAMPLES
    ask(snapshot, settings)
    monkeypatch.setattr(module, "code_version", lambda: "newer")
    assert ask(snapshot, settings)[1] == EXAMPLES


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 1}', b"null", "texts as a list", "parts that are no texts"],
)
def test_a_damaged_file_is_replaced(snapshot: Snapshot, settings: Settings, damage: bytes | str) -> None:
    ask(snapshot, settings)
    path = settings.cache_dir / FILE_NAME
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    else:
        data = json.loads(path.read_text(encoding="utf-8"))
        data["texts"] = [] if "list" in damage else {key: [1, 2] for key in data["texts"]}
        path.write_text(json.dumps(data), encoding="utf-8")
    assert ask(snapshot, settings)[1] == EXAMPLES
    assert ask(snapshot, settings)[1] == []


def test_a_folder_that_cannot_be_written_only_costs_time(
    snapshot: Snapshot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = load_settings({"CACHE_DIR": str(tmp_path / "file")})
    assert ask(snapshot, settings)[1] == EXAMPLES
    assert "cannot be written" in caplog.text
