"""The vector cache: nothing is computed twice, nothing of a user is stored, nothing that is wrong with the file is fatal."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.retrieval.embedder import Vectors
from bot.retrieval.vectors import FILE_NAME, QueryVectors, VectorCache, embed_all, text_key

TEXTS = [f"text number {number}" for number in range(20)]


class CountingEmbedder:
    """Unit vectors from a hash of the text; remembers what it was asked."""

    def __init__(self, identity: str = "model") -> None:
        self.identity = identity
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        rows = [np.frombuffer(hashlib.sha256((self.identity + text).encode()).digest(), dtype=np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32) + 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_a_second_start_computes_nothing(tmp_path: Path) -> None:
    first = embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    again = CountingEmbedder()
    second = embed_all(TEXTS, again, VectorCache(tmp_path))
    assert (first.computed, second.computed, again.asked) == (20, 0, [])
    assert np.array_equal(first.vectors, second.vectors)


def test_an_edit_computes_only_what_changed(tmp_path: Path) -> None:
    embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    embedder = CountingEmbedder()
    edited = [*TEXTS[:5], "an edited text", *TEXTS[6:]]
    result = embed_all(edited, embedder, VectorCache(tmp_path))
    assert (result.computed, embedder.asked) == (1, ["an edited text"])
    assert np.array_equal(result.vectors, CountingEmbedder().encode(edited))


def test_equal_texts_are_computed_once() -> None:
    embedder = CountingEmbedder()
    result = embed_all(["a", "b", "a"], embedder, None)
    assert (result.computed, embedder.asked) == (2, ["a", "b"])
    assert np.array_equal(result.vectors[0], result.vectors[2])


def test_models_do_not_share_vectors(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    embed_all(TEXTS, CountingEmbedder("one"), cache)
    assert embed_all(TEXTS, CountingEmbedder("other"), cache).computed == 20


def test_more_texts_than_fit_one_query(tmp_path: Path) -> None:
    texts = [str(number) for number in range(1201)]
    cache = VectorCache(tmp_path)
    embed_all(texts, CountingEmbedder(), cache)
    result = embed_all(texts[::-1], CountingEmbedder(), cache)
    assert result.computed == 0
    assert np.array_equal(result.vectors, CountingEmbedder().encode(texts[::-1]))


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    result = embed_all([], CountingEmbedder(), VectorCache(tmp_path))
    assert (result.vectors.shape, result.computed) == ((0, 0), 0)
    assert not list(tmp_path.iterdir())


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database, and long enough to be looked at " * 100)


def scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(bytes(content))


def other_schema(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE vectors (something TEXT)")
    connection.close()


@pytest.mark.parametrize("damage", [truncated, overwritten, scribbled, other_schema])
def test_a_damaged_file_is_replaced_with_a_warning(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    damage(tmp_path / FILE_NAME)
    with caplog.at_level(logging.WARNING):
        result = embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    assert result.computed == 20
    assert np.array_equal(result.vectors, CountingEmbedder().encode(TEXTS))
    assert any("damaged" in record.message for record in caplog.records)
    assert embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path)).computed == 0


@pytest.mark.parametrize("blob", [b"", b"abc", b"\x00" * 128, np.full(32, np.nan, dtype="<f4").tobytes(), "text"])
def test_a_stored_value_that_is_no_unit_vector_is_computed_again(tmp_path: Path, blob: object) -> None:
    embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE vectors SET vector = ? WHERE text = ?", (blob, text_key(TEXTS[3])))
    connection.close()
    embedder = CountingEmbedder()
    assert embed_all(TEXTS, embedder, VectorCache(tmp_path)).computed == 1
    assert embedder.asked == [TEXTS[3]]


def test_vectors_of_another_length_do_not_meet_in_one_array(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    embed_all(TEXTS, CountingEmbedder(), cache)
    cache.write("model", {text_key(TEXTS[0]): np.array([1.0, 0.0], dtype=np.float32)})
    result = embed_all(TEXTS, CountingEmbedder(), cache)
    assert np.array_equal(result.vectors, CountingEmbedder().encode(TEXTS))


def test_an_unusable_place_costs_only_the_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / FILE_NAME).mkdir(parents=True)
    for directory in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "folder"):
        caplog.clear()
        assert embed_all(TEXTS, CountingEmbedder(), VectorCache(directory)).computed == 20
        assert any("cannot be used" in record.message for record in caplog.records)
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_locked_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retrieval.vectors.BUSY_SECONDS", 0.05)
    embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path))
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path)).computed == 20
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert embed_all(TEXTS, CountingEmbedder(), VectorCache(tmp_path)).computed == 0


def test_the_oldest_vectors_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retrieval.vectors.MAX_ROWS", 8)
    cache = VectorCache(tmp_path)
    embed_all(TEXTS[:6], CountingEmbedder(), cache)
    embed_all(TEXTS[6:12], CountingEmbedder(), cache)
    known = cache.read("model", [text_key(text) for text in TEXTS])
    assert known.keys() == {text_key(text) for text in TEXTS[4:12]}


def embed_in_another_process(directory: str, start: int) -> int:
    return sum(embed_all(TEXTS[n : n + 4], CountingEmbedder(), VectorCache(Path(directory))).computed for n in range(start, 16))


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        computed = pool.starmap(embed_in_another_process, [(str(tmp_path), 0), (str(tmp_path), 0)])
    assert all(19 >= count >= 0 for count in computed)
    assert embed_all(TEXTS[:19], CountingEmbedder(), VectorCache(tmp_path)).computed == 0


def test_queries_are_remembered_up_to_a_bound() -> None:
    embedder = CountingEmbedder()
    queries = QueryVectors(embedder, size=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        queries.vector(text)
    assert embedder.asked == ["a", "b", "c", "b"]
    assert np.array_equal(queries.vector("a"), CountingEmbedder().encode(["a"])[0])


def test_a_remembered_vector_cannot_be_changed() -> None:
    vector = QueryVectors(CountingEmbedder()).vector("a")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1.0


def test_text_keys_take_any_text() -> None:
    assert len({text_key(text) for text in ("", "a", "\ud800", "\udfff", "\x00")}) == 5
