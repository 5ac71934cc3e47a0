"""Serving from an export: near the model it was made from, dependent on nothing but the text, and without torch."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.retrieval.exported import MODEL, TOKENIZER, Export
from bot.retrieval.model_source import find_source
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.sentence import SentenceEmbedder

TEXTS = [
    "The connection was closed after twenty seconds.",
    "Nothing was sent for a while, so the server hung up.",
    "A recipe for apple pie.",
]

ANSWERS_WITHOUT_TORCH = """
import socket, sys
def refuse(*arguments, **named): raise AssertionError("network used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from bot.engine import build_engine
from bot.settings import load_settings
engine = build_engine(load_settings())
answer = engine.answer("The depot scanner shows nothing for my parcel although I pasted the right number. What is a label?")
assert engine.index.search("a parcel that nobody can find", ["cause", "point"], 3)[0].dense_rank is not None
loaded = sorted({name.split(".")[0] for name in sys.modules} & {"torch", "transformers", "sentence_transformers", "onnx"})
print(loaded, "onnxruntime" in sys.modules)
"""


@pytest.fixture(scope="module")
def embedder(export: Export) -> OnnxEmbedder:
    return OnnxEmbedder(export)


def test_a_paste_that_needs_the_model_is_answered_without_torch_and_without_a_network(
    export: Export, cache_dir: Path, parcel: Path
) -> None:
    environment = os.environ | {"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "LOG_LEVEL": "WARNING"}
    run = subprocess.run(
        [sys.executable, "-c", ANSWERS_WITHOUT_TORCH], capture_output=True, text=True, check=False, env=environment
    )
    assert run.stdout.strip() == "[] True", run.stderr


def test_exported_vectors_are_near_those_of_the_model(embedder: OnnxEmbedder) -> None:
    source = find_source("")
    texts = [*TEXTS, "", "x", "日本語", "\ud800 broken", "Word " * 5_000]
    original, exported = SentenceEmbedder(source.folder, source.identity).encode(texts), embedder.encode(texts)
    assert exported.dtype == np.float32
    assert np.linalg.norm(exported, axis=1) == pytest.approx([1.0] * len(texts), abs=1e-5)
    assert np.sum(original * exported, axis=1).min() >= 0.99


def test_a_vector_of_the_export_does_not_depend_on_its_neighbours(embedder: OnnxEmbedder) -> None:
    together = embedder.encode([*TEXTS, "a much longer text " * 200])
    assert np.array_equal(together[:3], embedder.encode(TEXTS[::-1])[::-1])
    assert np.array_equal(together[1], embedder.encode([TEXTS[1]])[0])
    assert embedder.encode([]).shape == (0, 0)


def test_what_is_beyond_the_window_changes_nothing(embedder: OnnxEmbedder) -> None:
    full = "parcel " * 300
    vectors = embedder.encode([full, full + "and something else entirely"])
    assert np.array_equal(vectors[0], vectors[1])


@pytest.mark.parametrize("text", ["", "\x00", " " * 1_000_000, "word " * 400_000, "x" * 2_000_000])
def test_the_export_has_a_vector_for_any_text(embedder: OnnxEmbedder, text: str) -> None:
    assert np.linalg.norm(embedder.encode([text])[0]) == pytest.approx(1.0, abs=1e-5)


def test_threads_may_share_an_export(embedder: OnnxEmbedder) -> None:
    expected = embedder.encode(TEXTS)
    results: list[bool] = []
    workers = [
        threading.Thread(target=lambda n=n: results.append(np.array_equal(embedder.encode([TEXTS[n % 3]])[0], expected[n % 3])))
        for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [True] * 8


def test_identity_follows_the_files_and_differs_from_the_model_s(export: Export) -> None:
    manifest = export.manifest
    others = [
        replace(export, manifest=replace(manifest, model_sha256="0" * 64)),
        replace(export, manifest=replace(manifest, tokenizer_sha256="0" * 64)),
        replace(export, manifest=replace(manifest, prompt="query: ")),
    ]
    identities = {OnnxEmbedder(other).identity for other in [export, *others]} | {manifest.source}
    assert len(identities) == 5
    redated = replace(export, manifest=replace(manifest, exported="2020-01-01", check={}))
    assert OnnxEmbedder(redated).identity == OnnxEmbedder(export).identity


def test_files_that_are_no_model_are_refused_with_what_to_do(export: Export, tmp_path: Path) -> None:
    (tmp_path / MODEL).write_bytes(b"no graph")
    (tmp_path / TOKENIZER).write_bytes((export.folder / TOKENIZER).read_bytes())
    with pytest.raises(ModelError, match=r"cannot be loaded.*model export --force"):
        OnnxEmbedder(Export(tmp_path, export.manifest)).encode(["a text"])
