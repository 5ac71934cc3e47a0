"""Vectors that processes share: each text is embedded by one of them, whatever becomes of the others and of the database."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from postgres_fixtures import name_of, through
from postgres_proxy import PausingProxy
from postgres_server import PostgresServer
from sqlalchemy import make_url
from vector_fixtures import HashEmbedder, open_link

from bot.errors import StateError
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors
from bot.retrieval.index import Index
from bot.retrieval.postgres import embeddings
from bot.retrieval.postgres.embeddings import SharedVectors
from bot.retrieval.vectors import VectorCache, embed_all, text_key
from bot.state.schema import migrate

TEXTS = [f"text number {number}" for number in range(40)]
Process = Callable[..., SharedVectors]


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Process:
    """A store as a process of its own has it, with a cache folder of its own."""

    def make(name: str, url: str = database_url, max_rows: int = 1_000) -> SharedVectors:
        return SharedVectors(open_link(url), VectorCache(tmp_path / name), lambda: migrate(make_url(url), {}), max_rows)

    return make


def test_a_second_process_computes_nothing(process: Process) -> None:
    first, second = HashEmbedder(), HashEmbedder()
    made = embed_all(TEXTS, first, process("one"))
    found = embed_all(TEXTS, second, process("two"))
    assert (made.computed, len(first.asked)) == (40, 40)
    assert (found.computed, second.asked) == (0, [])
    assert np.array_equal(made.vectors, found.vectors)


def test_of_processes_that_start_at_once_one_computes(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retrieval.vectors.BLOCK", 10)
    monkeypatch.setattr(embeddings, "POLL_S", 0.05)
    embedder = HashEmbedder(delay_s=0.02)
    names = ["one", "two", "three"]
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda name: embed_all(TEXTS, embedder, process(name)), names))
    assert sorted(embedder.asked) == sorted(TEXTS)
    assert sorted(one.computed for one in found) == [0, 0, 40]
    assert all(np.array_equal(one.vectors, found[0].vectors) for one in found)


def test_what_this_machine_has_is_not_asked_of_the_database(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    embed_all(TEXTS, HashEmbedder(), VectorCache(tmp_path))
    store = SharedVectors(open_link("postgresql+asyncpg://nobody@127.0.0.1:1/none"), VectorCache(tmp_path), unexpected)
    assert embed_all(TEXTS, HashEmbedder(), store).computed == 0
    assert not caplog.records


async def unexpected() -> None:
    raise AssertionError("nothing is prepared in a database that is not used")


def test_what_the_database_had_is_on_this_machine_afterwards(process: Process, tmp_path: Path) -> None:
    embed_all(TEXTS, HashEmbedder(), process("one"))
    embed_all(TEXTS, HashEmbedder(), process("two"))
    assert len(VectorCache(tmp_path / "two").read(HashEmbedder.identity, [text_key(text) for text in TEXTS])) == 40


def test_a_process_takes_over_from_one_that_died(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retrieval.vectors.BLOCK", 10)
    monkeypatch.setattr(embeddings, "POLL_S", 0.05)

    class Dying(HashEmbedder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            if len(self.asked) == 20:
                raise RuntimeError("killed")
            return super().encode(texts)

    with pytest.raises(RuntimeError, match="killed"):
        embed_all(TEXTS, Dying(), process("one"))
    second = HashEmbedder()
    assert embed_all(TEXTS, second, process("two")).computed == 20
    assert second.asked == TEXTS[20:]


def test_a_process_that_makes_no_progress_is_not_waited_for(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "POLL_S", 0.05)
    monkeypatch.setattr(embeddings, "PATIENCE_S", 0.3)
    keys = [text_key(text) for text in TEXTS]
    held, done = threading.Event(), threading.Event()

    def hang() -> None:
        with process("one").turn(HashEmbedder.identity, keys):
            held.set()
            done.wait(30)

    hanging = threading.Thread(target=hang)
    hanging.start()
    assert held.wait(10)
    try:
        assert embed_all(TEXTS, HashEmbedder(), process("two")).computed == 40
    finally:
        done.set()
        hanging.join()


def test_the_oldest_vectors_go(process: Process, database_url: str, postgres_server: PostgresServer) -> None:
    store = process("one", max_rows=30)
    embed_all(TEXTS[:20], HashEmbedder(), store)
    time.sleep(1.1)  # their age is told in seconds
    embed_all(TEXTS[20:], HashEmbedder(), store)
    assert postgres_server.execute("SELECT count(*) FROM embeddings", name_of(database_url)).strip() == "30"
    newer = process("two").read(HashEmbedder.identity, [text_key(text) for text in TEXTS[20:]])
    assert len(newer) == 20


def test_a_vector_that_is_none_is_computed_again(process: Process, database_url: str, postgres_server: PostgresServer) -> None:
    right = embed_all(TEXTS, HashEmbedder(), process("one")).vectors
    postgres_server.execute("UPDATE embeddings SET vector = '\\x0000' WHERE get_byte(text, 0) < 128", name_of(database_url))
    found = embed_all(TEXTS, HashEmbedder(), process("two"))
    assert 0 < found.computed < 40
    assert np.array_equal(found.vectors, right)
    assert embed_all(TEXTS, HashEmbedder(), process("three")).computed == 0


def test_hashes_of_the_corpus_are_stored_and_nothing_of_a_query(
    process: Process, database_url: str, postgres_server: PostgresServer
) -> None:
    documents = [Document(text, "point", text) for text in TEXTS]
    index = Index.build(documents, HashEmbedder(), process("one"))
    assert index.search("what a person wrote", ("point",), 5)
    dump = postgres_server.execute("SELECT model, encode(text, 'hex') FROM embeddings", name_of(database_url))
    assert sorted(line.split("|")[1].strip() for line in dump.strip().splitlines()) == sorted(text_key(t).hex() for t in TEXTS)


def test_without_the_database_a_process_embeds_for_itself_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = SharedVectors(open_link("postgresql+asyncpg://user:secret-word@127.0.0.1:1/none"), VectorCache(tmp_path), unexpected)
    assert embed_all(TEXTS, HashEmbedder(), store).computed == 40
    assert embed_all(["one more"], HashEmbedder(), store).computed == 1
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert said[0].startswith("The vectors of other processes cannot be used, so this one embeds what it lacks itself")
    assert "secret-word" not in caplog.text


def test_a_database_of_a_newer_version_is_done_without(database_url: str, tmp_path: Path) -> None:
    async def newer() -> None:
        raise StateError("the database was written by a newer version")

    embedder = HashEmbedder()
    assert embed_all(TEXTS, embedder, SharedVectors(open_link(database_url), VectorCache(tmp_path), newer)).computed == 40


async def test_a_silent_network_delays_and_does_not_stop(
    process: Process,
    database_url: str,
    postgres_server: PostgresServer,
    postgres_proxy: PausingProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embeddings, "READ_S", 0.5)
    store = process("one", through(postgres_server, postgres_proxy, database_url))
    assert (await asyncio.to_thread(embed_all, TEXTS[:20], HashEmbedder(), store)).computed == 20
    postgres_proxy.pause()
    began = time.monotonic()
    assert (await asyncio.to_thread(embed_all, TEXTS, HashEmbedder(), store)).computed == 20
    assert time.monotonic() - began < 20
    postgres_proxy.resume()
