"""After a change the corpus is tested on the texts that the change can matter to, with the result of testing all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.selftest import run_selftest
from bot.diagnosis.selftest import tested_texts as texts_of
from bot.errors import Problem
from bot.knowledge.load import load_sound_parts
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.reading.types import Reading
from bot.settings import Settings, load_settings
from bot.tested import FILE_NAME, retest

IDLE, WEIGHT = "causes/delivery/live-idle-close.yaml", "causes/delivery/weight-exceeded.yaml"
SOCKET, QUIET, PRODUCT = "symptoms/socket-closed.yaml", "quiet/chatter.yaml", "product.yaml"
GLOSSARY = "glossary.yaml"


class Counting(Reader):
    """Counts the texts that are read."""

    texts: list[str]

    def read(self, text: str) -> Reading:
        self.texts.append(text)
        return super().read(text)


def loaded(folder: Path) -> Snapshot:
    snapshot, problems = load_sound_parts(folder)
    assert snapshot is not None
    assert not problems
    return snapshot


def check(folder: Path, settings: Settings) -> tuple[list[Problem], list[str]]:
    """The problems found, and the texts that were read for it."""
    snapshot = loaded(folder)
    reader = Counting(snapshot.profile)
    reader.texts = []
    return retest(snapshot, reader, ConditionIndex(snapshot), settings), reader.texts


@pytest.fixture
def settings(tmp_path: Path, parcel: Path) -> Settings:
    """An empty cache folder, and the tiny corpus with words of another language."""
    (parcel / GLOSSARY).write_text(
        "de: {common: [der, das, ist, nicht], terms: {paket: parcel, zu schwer: too heavy}}\n", encoding="utf-8"
    )
    return load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(tmp_path / "cache")})


def changed(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


NOTHING_READ = [
    ("nothing", lambda _: None),
    ("another fix", changed(WEIGHT, "Split the shipment", "Divide the shipment")),
    ("another phrase", changed(WEIGHT, "[my parcel is too heavy", "[zzqj, my parcel is too heavy")),
    ("a rule that no text meets", changed(WEIGHT, "signals:", "possible: [odd]\nsignals:\n  odd: {text: 'qqzzqq'}")),
    ("a code that no text shows", changed(WEIGHT, "signals:", "possible: [odd]\nsignals:\n  odd: {api_error: no_such_code}")),
]
CHANGES = [
    ("a pattern that fires too often", changed(IDLE, "'no heartbeat for 60 s'", "'socket|heartbeat for 60 s'")),
    ("a pattern that is gone", changed(IDLE, "'no heartbeat for 60 s'", "'no heartbeat for 99 s'")),
    ("a pattern that is wider", changed(WEIGHT, "weigh(?:s|ed)? too much'", "weigh(?:s|ed)? too much|too much'")),
    ("a code", changed(WEIGHT, "api_error: weight_exceeded", "api_error: [weight_exceeded, depot_closed]")),
    ("another code", changed(WEIGHT, "api_error: weight_exceeded", "api_error: depot_closed")),
    ("a close code", changed(IDLE, "ws_close: 4001", "ws_close: [4001, 4002]")),
    ("a time", changed(IDLE, "at_most_s: 30", "at_most_s: 31")),
    ("a clause", changed(IDLE, "possible: [closed_4001]", "possible: [closed_4001]\nsuppresses: [weight-exceeded]")),
    ("a lower level", changed(IDLE, "certain: [reason]\nlikely: [told]", "likely: [told, reason]")),
    ("a symptom's clause", changed(SOCKET, '[hidden, "!reason"]', '[hidden, "!reason"], [reason]')),
    ("a symptom's pattern", changed(SOCKET, "{text: 'no heartbeat for'}", "{text: 'no heart'}")),
    ("a new quiet text", changed(QUIET, "- ", "- no heartbeat for 60 s\n- ")),
    ("the product", changed(PRODUCT, "name: ", "name: Other")),
    ("a word of the glossary", changed(GLOSSARY, "zu schwer", "viel zu schwer")),
]  # fmt: skip


@pytest.mark.parametrize("change", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_is_found_after_a_change_is_what_testing_everything_finds(
    parcel: Path, settings: Settings, change: Callable[[Path], None]
) -> None:
    assert check(parcel, settings)[0] == []
    change(parcel)
    snapshot = loaded(parcel)
    expected = run_selftest(snapshot, Reader(snapshot.profile), ConditionIndex(snapshot))
    assert check(parcel, settings)[0] == expected


@pytest.mark.parametrize("change", [row[1] for row in NOTHING_READ], ids=[row[0] for row in NOTHING_READ])
def test_a_change_that_matters_to_no_text_reads_none(parcel: Path, settings: Settings, change: Callable[[Path], None]) -> None:
    assert set(check(parcel, settings)[1]) == set(texts_of(loaded(parcel)))
    change(parcel)
    assert check(parcel, settings) == ([], [])


def test_a_changed_pattern_reads_the_texts_that_it_is_found_in(parcel: Path, settings: Settings) -> None:
    check(parcel, settings)
    changed(IDLE, "'no heartbeat for 60 s'", "'no heartbeat for 60 s|qqzzqq'")(parcel)
    problems, read = check(parcel, settings)
    assert problems == []
    assert read == ["closed 4001 no heartbeat for 60 s"]


def test_a_word_that_becomes_english_is_looked_up_in_the_texts(parcel: Path, settings: Settings) -> None:
    check(parcel, settings)
    changed(WEIGHT, "[my parcel is too heavy", "[is the lift ok, my parcel is too heavy")(parcel)
    assert check(parcel, settings) == ([], ["is a parcel of 30 kg too much for the lift?"])


def test_a_failed_test_is_not_remembered(parcel: Path, settings: Settings) -> None:
    check(parcel, settings)
    broken = changed(IDLE, "'no heartbeat for 60 s'", "'socket|heartbeat for 60 s'")
    broken(parcel)
    first, second = check(parcel, settings), check(parcel, settings)
    assert first[0] != []
    assert first == second


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"made_with": "x"}'])
def test_a_damaged_file_tests_everything(parcel: Path, settings: Settings, damage: str) -> None:
    check(parcel, settings)
    (settings.cache_dir / FILE_NAME).write_text(damage, encoding="ascii")
    assert len(check(parcel, settings)[1]) == len(texts_of(loaded(parcel)))


def test_records_that_are_no_records_test_everything(parcel: Path, settings: Settings) -> None:
    check(parcel, settings)
    path = settings.cache_dir / FILE_NAME
    data = json.loads(path.read_text(encoding="ascii"))
    data["records"] = {key: [1, 2] for key in data["records"]}
    path.write_text(json.dumps(data), encoding="ascii")
    assert len(check(parcel, settings)[1]) == len(texts_of(loaded(parcel)))


def test_another_code_or_limit_tests_everything(parcel: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = len(texts_of(loaded(parcel)))
    check(parcel, settings)
    assert len(check(parcel, settings.model_copy(update={"analysis_limit": 9_999}))[1]) == everything
    monkeypatch.setattr("bot.tested.code_version", lambda: "other")
    assert len(check(parcel, settings)[1]) == everything


def test_a_cache_folder_that_cannot_be_written_only_costs_time(
    parcel: Path, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    closed = settings.model_copy(update={"cache_dir": tmp_path / "file"})
    assert check(parcel, closed)[0] == []
    assert "cannot be written" in caplog.text
