"""Exporting: any model of the known parts, with its own pooling, window, prompt and case; others are refused plainly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_model import DIMENSION, MAX_TOKENS, Traits, tiny_model

from bot.errors import ModelError
from bot.retrieval import export as module
from bot.retrieval.agreement import Agreement
from bot.retrieval.documents import Document
from bot.retrieval.export import make_export
from bot.retrieval.exported import find_export
from bot.retrieval.model_source import ModelSource, find_source
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.onnx_export import export_graph
from bot.retrieval.sentence import SentenceEmbedder
from bot.retrieval.vectors import VectorCache

DOCUMENTS = [
    Document("lost", "cause", "my parcel was lost"),
    Document("lost", "cause", "the parcel is not found"),
    Document("late", "cause", "late today"),
    Document("late", "cause", "the box is late and the scanner says closed"),
]


@pytest.mark.parametrize(
    ("traits", "told"),
    [
        ({}, ("mean", "")),
        ({"pooling": "cls", "normalize": False}, ("cls", "")),
        ({"prompt": "find ", "lowercase": True}, ("mean", "find ")),
    ],
    ids=["mean pooling", "cls pooling, not normalised", "with a prompt, in lower case"],
)
def test_an_export_agrees_with_its_model_and_is_found_again(tmp_path: Path, traits: Traits, told: tuple[str, str]) -> None:
    source = find_source(str(tiny_model(tmp_path, traits)))
    lines: list[str] = []
    made = make_export(source, DOCUMENTS, tmp_path / "models", VectorCache(tmp_path), lines.append)
    assert made is not None
    assert made == find_export(source.identity, (tmp_path / "models",))
    manifest = made.manifest
    assert (manifest.pooling, manifest.prompt, manifest.max_tokens) == (*told, MAX_TOKENS)
    assert manifest.check["min_cosine"] >= 0.99
    assert "onnxruntime" in manifest.versions
    assert any("same first cause" in line for line in lines)
    texts = ["My PARCEL was lost", "closed " * 50, ""]
    original = SentenceEmbedder(source.folder, source.identity).encode(texts)
    exported = OnnxEmbedder(made).encode(texts)
    assert exported.shape == (3, DIMENSION)
    assert np.sum(original / np.linalg.norm(original, axis=1, keepdims=True) * exported, axis=1).min() >= 0.99
    assert {path.name for path in (tmp_path / "models").iterdir()} == {source.identity}


def test_an_export_that_does_not_agree_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def far(*arguments: object) -> Agreement:
        return Agreement(texts=4, min_cosine=0.98, mean_cosine=0.99, phrases=4, same_first=1.0, equal_first=1.0)

    monkeypatch.setattr(module, "measure", far)
    source = find_source(str(tiny_model(tmp_path, {})))
    lines: list[str] = []
    assert make_export(source, DOCUMENTS, tmp_path / "models", VectorCache(tmp_path), lines.append) is None
    assert list((tmp_path / "models").iterdir()) == []
    assert sum("not kept" in line for line in lines) == 3


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"dense": True}, r"Transformer \+ Pooling \+ Dense \+ Normalize, and only Transformer \+ Pooling"),
        ({"pooling": "max"}, "it pools by max, and only cls and mean"),
    ],
)
def test_a_model_of_other_parts_is_refused_and_told_why(tmp_path: Path, traits: Traits, reason: str) -> None:
    folder = tiny_model(tmp_path, traits)
    with pytest.raises(ModelError, match=reason):
        export_graph(folder, tmp_path / "graph.onnx")
    assert not (tmp_path / "graph.onnx").exists()


def test_a_folder_that_is_no_model_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights")
    source = ModelSource("broken", tmp_path / "model", "broken")
    with pytest.raises(ModelError, match="cannot be loaded"):
        make_export(source, DOCUMENTS, tmp_path / "models", VectorCache(tmp_path), print)
    assert list((tmp_path / "models").iterdir()) == []
