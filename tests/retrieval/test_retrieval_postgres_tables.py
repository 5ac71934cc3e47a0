"""The table of a corpus: made once, whole or not at all, kept while it is used; and what a search does while it cannot be had."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
from postgres_fixtures import name_of, through
from postgres_proxy import PausingProxy
from postgres_server import PostgresServer
from vector_fixtures import HashEmbedder, open_link

from bot.errors import StateError
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors
from bot.retrieval.index import Index, Weights
from bot.retrieval.postgres import search as searches
from bot.retrieval.postgres import tables
from bot.retrieval.postgres.building import searching
from bot.retrieval.postgres.search import PgvectorSearch
from bot.retrieval.postgres.tables import NoPgvectorError, build, drop_unused, table_of, touch
from bot.retrieval.vectors import QueryVectors, VectorCache, embed_all

DOCUMENTS = [Document(f"p{number}", "point", f"point number {number} about pumps") for number in range(60)]
TABLE = table_of(DOCUMENTS, HashEmbedder.identity)
Query = Callable[[str], str]


@pytest.fixture
def sql(database_url: str, postgres_server: PostgresServer) -> Query:
    """What psql says to a statement in the database of the test."""
    return lambda statement: postgres_server.execute(statement, name_of(database_url)).strip()


def embed(start: int, end: int) -> Vectors:
    return HashEmbedder().encode([document.text for document in DOCUMENTS[start:end]])


def relations(sql: Query) -> str:
    return sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'corpus\\_vectors\\_%' AND relkind = 'r'")


def searched(url: str, folder: Path) -> PgvectorSearch:
    return searching(open_link(url), DOCUMENTS, HashEmbedder(), VectorCache(folder))


def index_over(search: PgvectorSearch) -> Index:
    return Index(DOCUMENTS, search, QueryVectors(HashEmbedder()), 0, Weights())


def by_meaning(index: Index) -> bool:
    return any(hit.dense_rank is not None for hit in index.search("pumps", ("point",), 50))


def wait_until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_of_processes_that_build_at_once_one_does(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "POLL_S", 0.05)
    asked: list[int] = []

    def slowly(start: int, end: int) -> Vectors:
        asked.append(start)
        time.sleep(0.5)
        return embed(start, end)

    def process(_: int) -> bool:
        link = open_link(database_url)
        with link.connection() as connection:
            return link.call(lambda: build(connection, TABLE, DOCUMENTS, slowly)) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(process, range(4))) == [False, False, False, True]
    assert asked == [0]


def test_the_next_process_finds_it_built_and_needs_no_vectors(database_url: str, tmp_path: Path) -> None:
    assert searched(database_url, tmp_path / "one").build() == 60
    assert searched(database_url, tmp_path / "two").build() == 0


def test_vectors_come_from_the_store(database_url: str, tmp_path: Path) -> None:
    embed_all([document.text for document in DOCUMENTS[:40]], HashEmbedder(), VectorCache(tmp_path))
    assert searched(database_url, tmp_path).build() == 20


@pytest.mark.parametrize("indexed", [False, True])
def test_a_crash_in_the_middle_leaves_nothing(
    indexed: bool, database_url: str, sql: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 20)
    monkeypatch.setattr(tables, "EXACT_ROWS", 0 if indexed else 1_000)
    link, table = open_link(database_url), table_of(DOCUMENTS, HashEmbedder.identity)

    def killed(start: int, end: int) -> Vectors:
        if start == 40:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        return embed(start, end)

    with link.connection() as connection, pytest.raises(StateError, match="DATABASE_URL"):
        link.call(lambda: build(connection, table, DOCUMENTS, killed))
    assert relations(sql) == "0"
    assert sql("SELECT count(*) FROM corpus_vectors") == "0"
    with link.connection() as connection:
        assert link.call(lambda: build(connection, table, DOCUMENTS, embed)) is not None
    assert sql(f"SELECT count(*) FROM {table.name}") == "60"
    assert sql("SELECT documents, dimension FROM corpus_vectors").split("|") == ["60", "16"]
    hnsw = sql(f"SELECT count(*) FROM pg_indexes WHERE tablename = '{table.name}' AND indexdef LIKE '%hnsw%'")
    assert hnsw == str(int(indexed))


@pytest.mark.parametrize(
    ("documents", "model"),
    [
        (DOCUMENTS, "another model"),
        (DOCUMENTS[:-1], HashEmbedder.identity),
        (DOCUMENTS[::-1], HashEmbedder.identity),
        ([Document(d.id, "cause", d.text) for d in DOCUMENTS], HashEmbedder.identity),
        ([Document(f"x{d.id}", d.kind, d.text) for d in DOCUMENTS], HashEmbedder.identity),
        ([*DOCUMENTS[:-1], Document("p59", "point", "edited")], HashEmbedder.identity),
    ],
    ids=["model", "fewer", "order", "kind", "ids", "text"],
)
def test_whatever_differs_has_a_table_of_its_own(documents: list[Document], model: str) -> None:
    assert table_of(documents, model).name != TABLE.name
    assert table_of(list(DOCUMENTS), HashEmbedder.identity) == TABLE


def test_tables_that_nobody_uses_are_dropped(database_url: str, sql: Query) -> None:
    link = open_link(database_url)
    other = DOCUMENTS[:10]
    with link.connection() as connection:
        link.call(lambda: build(connection, table_of(DOCUMENTS, "m"), DOCUMENTS, embed))
        link.call(lambda: build(connection, table_of(other, "m"), other, embed))
        sql("UPDATE corpus_vectors SET used_at = now() - interval '2 days'")
        assert link.call(lambda: touch(connection, [table_of(other, "m").name])) == 1
        assert link.call(lambda: drop_unused(connection)) == [table_of(DOCUMENTS, "m").name]
    assert relations(sql) == sql("SELECT count(*) FROM corpus_vectors") == "1"


def test_a_table_that_is_searched_stays(database_url: str, tmp_path: Path, sql: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retrieval.postgres.building.TOUCH_S", 0.1)
    search = searched(database_url, tmp_path)
    search.build()
    sql("UPDATE corpus_vectors SET used_at = now() - interval '2 days'")
    wait_until(lambda: sql("SELECT count(*) FROM corpus_vectors WHERE used_at > now() - interval '1 hour'") == "1")
    assert search.table.name == TABLE.name


def test_a_table_that_was_lost_is_made_again_beside(database_url: str, tmp_path: Path, sql: Query) -> None:
    search = searched(database_url, tmp_path)
    search.build()
    index = index_over(search)
    assert by_meaning(index)
    sql(f"DROP TABLE {TABLE.name}; DELETE FROM corpus_vectors")
    assert not by_meaning(index)
    wait_until(lambda: by_meaning(index))


def test_a_database_that_is_away_leaves_the_words(
    database_url: str, tmp_path: Path, postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.retrieval.postgres.search")
    search = searched(database_url, tmp_path)
    search.build()
    index = index_over(search)
    assert by_meaning(index)
    postgres_server.stop()
    try:
        for _ in range(3):
            hits = index.search("point number 7", ("point",), 5)
            assert hits[0].document.id == "p7"
            assert {(hit.dense, hit.dense_rank) for hit in hits} == {(0.0, None)}
    finally:
        postgres_server.start()
    wait_until(lambda: by_meaning(index))
    said = [record.getMessage() for record in caplog.records if record.name.endswith("postgres.search")]
    assert len(said) == 2
    assert said[0].startswith("Searches go by words alone until the vectors can be used again (DATABASE_URL: ")
    assert said[1] == "The vectors can be used again"


async def test_a_silent_network_costs_a_search_a_second_and_the_next_ones_nothing(
    database_url: str, tmp_path: Path, postgres_server: PostgresServer, postgres_proxy: PausingProxy
) -> None:
    link = open_link(through(postgres_server, postgres_proxy, database_url), retry_after_s=3.0)
    search = searching(link, DOCUMENTS, HashEmbedder(), VectorCache(tmp_path))
    await asyncio.to_thread(search.build)
    index = index_over(search)
    assert await asyncio.to_thread(by_meaning, index)
    postgres_proxy.pause()
    began = time.monotonic()
    assert not await asyncio.to_thread(by_meaning, index)
    waited = time.monotonic() - began
    assert searches.SEARCH_S * 0.9 < waited < 10
    for _ in range(5):
        assert not await asyncio.to_thread(by_meaning, index)
    assert time.monotonic() - began < waited + 2
    postgres_proxy.resume()
    await asyncio.to_thread(wait_until, lambda: by_meaning(index))


def test_vectors_too_long_for_the_database_are_refused(database_url: str) -> None:
    link = open_link(database_url)
    with link.connection() as connection, pytest.raises(NoPgvectorError, match="2500 dimensions"):
        link.call(
            lambda: build(connection, TABLE, DOCUMENTS, lambda start, end: HashEmbedder(2_500).encode(["x"] * (end - start)))
        )


def test_an_older_pgvector_is_refused_with_what_to_do(database_url: str, sql: Query) -> None:
    sql("CREATE EXTENSION vector; UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
    link = open_link(database_url)
    with (
        link.connection() as connection,
        pytest.raises(NoPgvectorError, match=r"0\.8 or newer .* it has 0\.7\.4; ALTER EXTENSION"),
    ):
        link.call(lambda: build(connection, TABLE, DOCUMENTS, embed))


class NoSharedMemory:
    """A connection on whose server workers find no room in shared memory."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield

    async def execute(self, statement: str, **_: float) -> None:
        self.said.append(statement)
        if statement.startswith("CREATE INDEX") and "SET LOCAL max_parallel_maintenance_workers = 0" not in self.said:
            raise asyncpg.DiskFullError("could not resize shared memory segment")


async def test_without_shared_memory_an_index_is_made_by_one_worker() -> None:
    connection = NoSharedMemory()
    await tables._index(cast("Any", connection), TABLE.name, TABLE.kinds["point"][0], 16, 1_024)
    assert [statement.split(" USING")[0] for statement in connection.said] == [
        "SET LOCAL maintenance_work_mem = '64MB'",
        f"CREATE INDEX ON {TABLE.name}",
        "SET LOCAL max_parallel_maintenance_workers = 0",
        f"CREATE INDEX ON {TABLE.name}",
    ]
