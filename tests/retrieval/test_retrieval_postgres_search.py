"""Search in PostgreSQL against search in memory: the same is found, and nothing of another corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from postgres_fixtures import name_of
from postgres_server import PostgresServer
from test_retrieval_index import DOCUMENTS, EVERYTHING, TopicEmbedder
from vector_fixtures import HashEmbedder, open_link

from bot.benchmark.speed.synthetic import Clusters
from bot.engine import Engine, indexed_documents
from bot.reading import Reader
from bot.retrieval.dense import DenseSearch, ExactSearch, Vector
from bot.retrieval.documents import Document, Kind
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.groups import Group, Groups
from bot.retrieval.index import Index, Weights
from bot.retrieval.load import load_embedder
from bot.retrieval.postgres import search as search_module
from bot.retrieval.postgres import tables
from bot.retrieval.postgres.building import searching
from bot.retrieval.postgres.search import PgvectorSearch
from bot.retrieval.vectors import QueryVectors, VectorCache, embed_all
from bot.settings import load_settings

KINDS: tuple[Kind, ...] = ("point", "cause", "symptom", "example")
DEPTH = 50


class Given:
    """An embedder whose vectors are given: each text is the number of one."""

    def __init__(self, vectors: Vectors, identity: str = "given") -> None:
        self._vectors = vectors
        self.identity = identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._vectors[[int(text) for text in texts]]


def made(url: str, folder: Path, documents: Sequence[Document], embedder: Embedder) -> PgvectorSearch:
    search = searching(open_link(url), documents, embedder, VectorCache(folder))
    search.build()
    return search


def group_of(documents: Sequence[Document], kinds: Sequence[str]) -> Group:
    return Groups([(document.kind, document.id) for document in documents]).of(kinds)


def ranking(search: DenseSearch, group: Group, query: Vector) -> list[int]:
    near = search.nearest(group, query, DEPTH)
    assert near is not None
    return list(near.ranking)


def recall(exact: ExactSearch, search: DenseSearch, group: Group, queries: Sequence[Vector]) -> float:
    shares = []
    for query in queries:
        right = ranking(exact, group, query)
        shares.append(len({*right} & {*ranking(search, group, query)}) / len(right))
    return float(np.mean(shares))


@pytest.fixture
def small_kinds_have_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of more than ten documents have an index, which else begins at thousands."""
    monkeypatch.setattr(tables, "EXACT_ROWS", 10)


@pytest.fixture(scope="session")
def delivered(engine: Engine, cache_dir: Path) -> tuple[list[Document], Vectors]:
    """The documents of the corpus that the bot is delivered with, and their vectors."""
    settings = load_settings({"CACHE_DIR": str(cache_dir)})
    documents = indexed_documents(engine.snapshot, Reader(engine.snapshot.profile, settings.analysis_limit), settings)
    embedder = load_embedder(settings.embedding_model, settings.export_dirs)
    return documents, embed_all([document.text for document in documents], embedder, VectorCache(cache_dir)).vectors


def numbered(documents: Sequence[Document]) -> list[Document]:
    return [Document(document.id, document.kind, str(row)) for row, document in enumerate(documents)]


def test_kinds_of_few_documents_are_searched_exactly(
    delivered: tuple[list[Document], Vectors], database_url: str, tmp_path: Path
) -> None:
    documents, vectors = delivered
    search, exact = made(database_url, tmp_path, numbered(documents), Given(vectors)), ExactSearch(vectors)
    for kinds in [("point",), ("cause",), ("example",), KINDS]:
        group = group_of(documents, kinds)
        for query in vectors[::50]:
            right, found = exact.nearest(group, query, DEPTH), search.nearest(group, query, DEPTH)
            assert found is not None
            best = found.best(range(len(group.starts)))
            assert best is not None
            expected = [cosine for _, cosine in right.best(range(len(group.starts)))]
            assert [cosine for _, cosine in best] == pytest.approx(expected, abs=1e-6)
            # Two texts may differ by less than what sums in another order differ by.
            bests = np.array([best[item][1] for item in right.ranking]), np.array([best[item][1] for item in found.ranking])
            assert bests[0] == pytest.approx(bests[1], abs=1e-6)


@pytest.mark.usefixtures("small_kinds_have_an_index")
def test_with_an_index_every_phrase_and_question_of_the_corpus_finds_the_same(
    delivered: tuple[list[Document], Vectors], database_url: str, tmp_path: Path
) -> None:
    documents, vectors = delivered
    search = made(database_url, tmp_path, numbered(documents), Given(vectors))
    assert all(segment.indexed for segment in search.table.segments(KINDS))
    asked = [row for row, document in enumerate(documents) if document.kind in ("point", "cause")]
    for kind in ("point", "cause"):
        group = group_of(documents, [kind])
        queries = vectors[[row for row in asked if documents[row].kind == kind]]
        assert recall(ExactSearch(vectors), search, group, list(queries)) >= 0.99


def test_with_an_index_20_000_clustered_points_find_the_same(database_url: str, tmp_path: Path) -> None:
    clusters = Clusters(20_000)
    vectors = clusters.vectors(0, 20_000)
    documents = [Document(str(row // 2), "point", str(row)) for row in range(20_000)]
    search = made(database_url, tmp_path, documents, Given(vectors))
    assert [segment.indexed for segment in search.table.segments(["point"])] == [True]
    assert recall(ExactSearch(vectors), search, group_of(documents, ["point"]), list(clusters.vectors(-60, 0))) >= 0.99


@pytest.mark.usefixtures("small_kinds_have_an_index")
def test_a_rare_kind_far_from_the_query_is_found_whole(database_url: str, tmp_path: Path) -> None:
    """What a filter behind one index for all kinds would lose: every candidate of the index is of the other kind."""
    rows = np.random.default_rng(1).standard_normal((3_060, 16)).astype(np.float32)
    rows[:, 0] += np.where(np.arange(3_060) % 51 == 50, -9.0, 9.0)
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    documents = [Document(str(row), "cause" if row % 51 == 50 else "point", str(row)) for row in range(3_060)]
    search, exact = made(database_url, tmp_path, documents, Given(vectors)), ExactSearch(vectors)
    for kinds in [("cause",), ("point", "cause")]:
        group = group_of(documents, kinds)
        assert recall(exact, search, group, [vectors[0], vectors[50]]) >= 0.99
        assert len(ranking(search, group, vectors[0])) == DEPTH


@pytest.mark.usefixtures("small_kinds_have_an_index")
def test_items_of_many_documents_do_not_crowd_out_the_others(database_url: str, tmp_path: Path) -> None:
    """More documents are asked for than any ef_search that pgvector takes."""
    rows = np.random.default_rng(1).standard_normal((1_700, 16)).astype(np.float32)
    rows[:1_600, 0] += 9.0
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    documents = [Document(str(max(0, row - 1_599)), "point", str(row)) for row in range(1_700)]
    group = group_of(documents, ["point"])
    search = made(database_url, tmp_path, documents, Given(vectors))
    found = ranking(search, group, vectors[3])
    assert len(found) == DEPTH
    assert len({*found} & {*ranking(ExactSearch(vectors), group, vectors[3])}) >= DEPTH - 1


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("query", ["circulator 17", "code 17", "warm water in the boiler", "3 bar", "nothing of it"])
def test_hits_are_those_of_an_index_in_memory(
    query: str, indexed: bool, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if indexed:
        monkeypatch.setattr(tables, "EXACT_ROWS", 0)
    embedder = TopicEmbedder()
    search = made(database_url, tmp_path, DOCUMENTS, embedder)
    ours = Index(DOCUMENTS, search, QueryVectors(embedder), 0, Weights())
    memory = Index.build(DOCUMENTS, embedder, None)
    for kinds in [EVERYTHING, ("point",), ("cause", "example")]:
        for one, other in zip(memory.search(query, kinds, 10), ours.search(query, kinds, 10), strict=True):
            assert other.document == one.document
            assert (other.score, other.lexical, other.dense_rank, other.lexical_rank) == (
                one.score,
                one.lexical,
                one.dense_rank,
                one.lexical_rank,
            )
            assert other.dense == pytest.approx(one.dense, abs=1e-6)


def test_some_documents_can_be_left_out_for_measuring(database_url: str, tmp_path: Path) -> None:
    embedder = TopicEmbedder()
    ours = Index(DOCUMENTS, made(database_url, tmp_path, DOCUMENTS, embedder), QueryVectors(embedder), 0, Weights())
    memory = Index.build(DOCUMENTS, embedder, None)
    shown = [
        [hit.document.text for hit in index.without("point", {"p-pump"}).search("pump", EVERYTHING, 10)]
        for index in (ours, memory)
    ]
    assert shown[0] == shown[1]
    assert all("The pump stops" not in text for text in shown[0])


def test_equal_texts_of_two_corpora_are_found_in_their_own_only(
    database_url: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    texts = [f"the same text {number}" for number in range(30)]
    embedder = HashEmbedder()
    corpora = {name: [Document(f"{name}-{i}", "point", text) for i, text in enumerate(texts)] for name in ("one", "other")}
    corpora["other"] += [Document("other-secret", "point", "what only the other corpus says")]
    indexes = {
        name: Index(documents, made(database_url, tmp_path, documents, embedder), QueryVectors(embedder), 0, Weights())
        for name, documents in corpora.items()
    }
    names = {index_of(index).table.name for index in indexes.values()}
    assert len(names) == 2
    for name, index in indexes.items():
        for text in [*texts, "what only the other corpus says"]:
            assert {hit.document.id.split("-")[0] for hit in index.search(text, ("point",), 50)} == {name}
    counts = {postgres_server.execute(f"SELECT count(*) FROM {name}", name_of(database_url)).strip() for name in names}
    assert counts == {"30", "31"}


def index_of(index: Index) -> PgvectorSearch:
    found = index._dense
    assert isinstance(found, PgvectorSearch)
    return found


@pytest.mark.usefixtures("small_kinds_have_an_index")
def test_rows_that_an_index_does_not_give_are_asked_for_without_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "EF_SEARCH", 20)
    monkeypatch.setattr(search_module, "MAX_EF_SEARCH", 20)
    monkeypatch.setattr(search_module, "PLAIN", "SET LOCAL enable_seqscan = off")
    clusters = Clusters(600, 16)
    vectors = clusters.vectors(0, 600)
    documents = [Document(str(row), "point", str(row)) for row in range(600)]
    search, group = made(database_url, tmp_path, documents, Given(vectors)), group_of(documents, ["point"])
    asked: list[str] = []
    fetch = search.fetch

    def counting(statement: str, *arguments: Any, **named: Any) -> Any:
        asked.append(statement)
        return fetch(statement, *arguments, **named)

    monkeypatch.setattr(search, "fetch", counting)
    assert recall(ExactSearch(vectors), search, group, list(clusters.vectors(-5, 0))) == 1.0
    assert ["halfvec" in statement for statement in asked] == [True, False] * 5


def test_a_kind_of_very_many_documents_is_searched_in_parts(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer
) -> None:
    monkeypatch.setattr(tables, "EXACT_ROWS", 100)
    monkeypatch.setattr(tables, "INDEX_ROWS", 700)
    clusters = Clusters(2_000)
    vectors = clusters.vectors(0, 2_000)
    documents = [Document(str(row // 3), "cause" if row % 20 == 0 else "point", str(row)) for row in range(2_000)]
    search = made(database_url, tmp_path, documents, Given(vectors))
    assert {kind: [part.count for part in parts] for kind, parts in search.table.kinds.items()} == {
        "cause": [100],
        "point": [634, 634, 632],
    }
    listed = f"SELECT count(*) FROM pg_indexes WHERE tablename = '{search.table.name}' AND indexdef LIKE '%hnsw%'"
    assert postgres_server.execute(listed, name_of(database_url)).strip() == "3"
    queries = list(clusters.vectors(-30, 0))
    for kinds in [("point",), ("cause",), ("point", "cause")]:
        assert recall(ExactSearch(vectors), search, group_of(documents, kinds), queries) >= 0.99
