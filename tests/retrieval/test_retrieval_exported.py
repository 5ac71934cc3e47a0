"""An export on disk: found when it is sound, reported and passed over when it is not, replaced as a whole."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.retrieval.exported import (
    MANIFEST,
    MODEL,
    TOKENIZER,
    DamagedExportError,
    Manifest,
    find_export,
    new_folder,
    put_in_place,
    read_export,
    write_manifest,
)
from bot.retrieval.model_source import sha256

SOURCE = "a" * 64


def write_export(exports: Path, model: bytes = b"graph") -> Path:
    """An export whose files are what its manifest says."""
    folder = new_folder(exports)
    (folder / MODEL).write_bytes(model)
    (folder / TOKENIZER).write_text("{}", encoding="utf-8")
    manifest = Manifest(
        source=SOURCE,
        name="a model",
        recipe="fp32",
        model_sha256=sha256(folder / MODEL),
        tokenizer_sha256=sha256(folder / TOKENIZER),
        max_tokens=256,
        pooling="mean",
        prompt="",
        exported="2026-11-22",
        versions={"onnxruntime": "1"},
        check={"min_cosine": 0.995},
    )
    write_manifest(folder, manifest)
    return put_in_place(folder, exports, SOURCE)


def change(**values: object) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        data.update(values)
        (folder / MANIFEST).write_text(json.dumps({k: v for k, v in data.items() if v is not None}), encoding="utf-8")

    return write


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another graph": (lambda folder: (folder / MODEL).write_bytes(b"graph of a stranger"), r"model\.onnx has sha256"),
    "cut graph": (lambda folder: (folder / MODEL).write_bytes(b"gra"), r"model\.onnx has sha256"),
    "no graph": (lambda folder: (folder / MODEL).unlink(), "cannot be read"),
    "another tokenizer": (lambda folder: (folder / TOKENIZER).write_text("[]"), r"tokenizer\.json has sha256"),
    "no tokenizer": (lambda folder: (folder / TOKENIZER).unlink(), "cannot be read"),
    "no JSON": (lambda folder: (folder / MANIFEST).write_text("{"), "manifest.json is damaged"),
    "no text": (lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe\x00"), "manifest.json is damaged"),
    "a list": (lambda folder: (folder / MANIFEST).write_text("[]"), "not a manifest"),
    "another format": (change(format=99), "not a manifest of format"),
    "another model": (change(source="b" * 64), "made from another model"),
    "no window": (change(max_tokens=None), "max_tokens is missing"),
    "a window in words": (change(max_tokens="many"), "max_tokens is missing or of the wrong type"),
}


def test_a_sound_export_is_found_with_what_its_manifest_says(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    found = find_export(SOURCE, (tmp_path / "empty", tmp_path))
    assert found is not None
    assert found.folder == folder
    assert (found.manifest.name, found.manifest.max_tokens, found.manifest.check) == ("a model", 256, {"min_cosine": 0.995})


def test_nothing_is_found_and_nothing_said_where_there_is_no_export(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_export(tmp_path)
    assert find_export("c" * 64, (tmp_path, tmp_path / "absent")) is None
    assert find_export(SOURCE, ()) is None
    assert caplog.records == []


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_export_is_reported_and_the_next_place_serves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object], reason: str
) -> None:
    folder = write_export(tmp_path / "first")
    damage(folder)
    with pytest.raises(DamagedExportError, match=reason):
        read_export(folder, SOURCE)
    sound = write_export(tmp_path / "second")
    with caplog.at_level(logging.WARNING):
        found = find_export(SOURCE, (tmp_path / "first", tmp_path / "second"))
    assert found is not None
    assert found.folder == sound
    assert "model export --force" in caplog.text


def test_a_new_export_takes_the_place_of_the_old_one_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_export(tmp_path, b"old")
    folder = write_export(tmp_path, b"new")
    assert (folder / MODEL).read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == [SOURCE]
