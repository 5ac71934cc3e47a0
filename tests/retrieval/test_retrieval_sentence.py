"""The model of record on torch: unit vectors that depend on nothing but the text."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.retrieval.model_source import find_source
from bot.retrieval.sentence import SentenceEmbedder

TEXTS = [
    "The connection was closed after twenty seconds.",
    "Nothing was sent for a while, so the server hung up.",
    "A recipe for apple pie.",
]


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    source = find_source("")
    return SentenceEmbedder(source.folder, source.identity)


def test_vectors_are_unit_float32_and_near_when_the_meaning_is(embedder: SentenceEmbedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.3 > 0.2 > vectors[0] @ vectors[2]


def test_a_vector_of_the_original_does_not_depend_on_its_neighbours(embedder: SentenceEmbedder) -> None:
    together = embedder.encode([*TEXTS, "a much longer text " * 200])
    assert np.array_equal(together[:3], embedder.encode(TEXTS[::-1])[::-1])
    assert np.array_equal(together[1], embedder.encode([TEXTS[1]])[0])


@pytest.mark.parametrize("text", ["", "\x00", "\ud800 broken", "日本語", " " * 1_000_000, "word " * 400_000, "x" * 2_000_000])
def test_the_original_has_a_vector_for_any_text(embedder: SentenceEmbedder, text: str) -> None:
    vector = embedder.encode([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_threads_may_share_the_original(embedder: SentenceEmbedder) -> None:
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


def test_a_folder_that_is_no_model_is_refused_when_it_is_first_used(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    broken = SentenceEmbedder(tmp_path, "broken")
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*cannot be loaded"):
        broken.encode(["a text"])
