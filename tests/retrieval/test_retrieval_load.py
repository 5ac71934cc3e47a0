"""Which embedder serves: the export where a sound one is, else the model itself, and the log says so once."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ModelError
from bot.retrieval import model_source
from bot.retrieval.exported import MODEL, Export
from bot.retrieval.load import load_embedder
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.sentence import SentenceEmbedder

WITHOUT_NETWORK_OR_TORCH = """
import socket, sys
def refuse(*arguments, **named): raise AssertionError("network used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from bot.retrieval.load import load_embedder
embedder = load_embedder()
assert embedder.identity and "torch" not in sys.modules and "sentence_transformers" not in sys.modules
assert embedder.encode([]).shape == (0, 0) and "torch" not in sys.modules
print(embedder.encode(["a text"]).shape)
"""


def model_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_the_installed_model_needs_no_network_and_waits_with_torch() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_NETWORK_OR_TORCH], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "(1, 384)", run.stderr
    assert run.stderr == ""


def test_the_export_serves_where_there_is_one(export: Export, tmp_path: Path) -> None:
    embedder = load_embedder("", (tmp_path, export.folder.parent))
    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.identity != export.manifest.source


def test_without_an_export_the_model_serves_and_the_log_says_once_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = model_folder(tmp_path / "a-model-never-named-before")
    with caplog.at_level(logging.WARNING):
        embedders = [load_embedder(str(folder), (tmp_path / "models",)) for _ in range(3)]
    assert all(isinstance(embedder, SentenceEmbedder) for embedder in embedders)
    assert caplog.text.count("has no export and runs on PyTorch") == 1
    assert "python -m bot model export" in caplog.text


def test_nothing_is_said_where_no_export_is_asked_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(load_embedder(str(model_folder(tmp_path / "quietly-loaded"))), SentenceEmbedder)
    assert caplog.records == []


def test_a_damaged_export_is_reported_and_the_model_serves(
    export: Export, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = Path(shutil.copytree(export.folder, tmp_path / export.manifest.source))
    with (copy / MODEL).open("ab") as file:
        file.write(b"\0")
    embedder = load_embedder("", (tmp_path,))
    assert isinstance(embedder, SentenceEmbedder)
    assert embedder.identity == export.manifest.source
    assert "model.onnx has sha256" in caplog.text


def test_installed_weights_are_verified_before_they_may_serve(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = model_source.find_source("")
    copy = Path(shutil.copytree(source.folder, tmp_path / "model"))
    (copy / model_source.BUNDLED_WEIGHTS).write_bytes(b"other weights")
    tampered = model_source.ModelSource(source.name, copy, source.identity, bundled=True)
    monkeypatch.setattr("bot.retrieval.load.find_source", lambda name: tampered)
    with pytest.raises(ModelError, match="not the expected ones"):
        load_embedder("")
    assert isinstance(load_embedder("", (export.folder.parent,)), OnnxEmbedder), "an export needs no weights"
