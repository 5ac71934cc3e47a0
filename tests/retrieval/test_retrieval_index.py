"""Search over documents: two rankings fused, one hit for each thing that is found."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.knowledge.types import Advice, Cause, Example, Point, Snapshot, Source
from bot.reading.profile import Profile
from bot.retrieval.documents import documents
from bot.retrieval.embedder import Vectors
from bot.retrieval.index import Document, Index, Kind, Weights
from bot.retrieval.vectors import VectorCache

TOPICS = ("pump", "valve", "boiler", "heat", "water")
MEANS = {"circulator": "pump", "tap": "valve", "furnace": "boiler", "warm": "heat", "wet": "water"}


class TopicEmbedder:
    """A vector counts the topics of a text, also under their other names; what has no topic points elsewhere."""

    identity = "topics"

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), len(TOPICS) + 1), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                topic = MEANS.get(word, word)
                row[TOPICS.index(topic) if topic in TOPICS else -1] += 1 if topic in TOPICS else 0.1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


class BrokenEmbedder:
    """A model that cannot be loaded."""

    identity = "broken"

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise ModelError("no model here")


DOCUMENTS = [
    Document("p-pump", "point", "The pump stops with code 17."),
    Document("p-pump", "point", "Why does the pump stop?"),
    Document("p-valve", "point", "The valve opens below 3 bar."),
    Document("c-boiler", "cause", "The boiler is cold."),
    Document("c-pump", "cause", "The pump has no water."),
    Document("e-pump", "example", "code 17 pump pump"),
]
EVERYTHING: tuple[Kind, ...] = ("point", "cause", "example")


@pytest.fixture
def index() -> Index:
    return Index.build(DOCUMENTS, TopicEmbedder(), None)


def test_finds_by_meaning_and_by_word(index: Index) -> None:
    by_meaning = index.search("the furnace", ["cause"], 1)[0]
    assert (by_meaning.document.id, by_meaning.dense_rank, by_meaning.lexical_rank) == ("c-boiler", 1, None)
    by_word = index.search("3 bar", ["point"], 1, dense=False)[0]
    assert (by_word.document.id, by_word.dense_rank, by_word.lexical_rank) == ("p-valve", None, 1)
    assert by_word.lexical > 0


def test_only_the_wanted_kinds_are_found_and_ranked(index: Index) -> None:
    hits = index.search("pump code 17", ["cause"], 10)
    assert {hit.document.kind for hit in hits} == {"cause"}
    assert (hits[0].document.id, hits[0].dense_rank, hits[0].lexical_rank) == ("c-pump", 1, 1)


def test_documents_of_one_thing_become_one_hit_with_the_best_document(index: Index) -> None:
    hits = index.search("why stop the pump", EVERYTHING, 10)
    ids = [hit.document.id for hit in hits]
    assert len(ids) == len(set(ids))
    best = index.search("why does it stop", ["point"], 1, dense=False)[0]
    assert best.document.text == "Why does the pump stop?"


def test_scores_are_fused_from_the_ranks() -> None:
    index = Index.build(DOCUMENTS, TopicEmbedder(), None, Weights(dense=2.0, lexical=1.0, rank_constant=4.0))
    for hit in index.search("pump without water", EVERYTHING, 10):
        dense = 2.0 / (4 + hit.dense_rank) if hit.dense_rank else 0.0
        lexical = 1.0 / (4 + hit.lexical_rank) if hit.lexical_rank else 0.0
        assert hit.score == pytest.approx(dense + lexical)


def test_equal_scores_keep_the_order_of_the_corpus() -> None:
    twins = [Document(name, "point", "the same pump") for name in ("z", "a", "m", "b")]
    hits = Index.build(twins, TopicEmbedder(), None).search("pump", ["point"], 3)
    assert [hit.document.id for hit in hits] == ["z", "a", "m"]


@pytest.mark.parametrize(
    ("query", "kinds", "limit"), [("", EVERYTHING, 5), (" \n\t", EVERYTHING, 5), ("pump", (), 5), ("pump", EVERYTHING, 0)]
)
def test_nothing_asked_nothing_found(index: Index, query: str, kinds: tuple[Kind, ...], limit: int) -> None:
    assert index.search(query, kinds, limit) == []


def test_words_alone_find_nothing_without_a_common_word(index: Index) -> None:
    assert index.search("furnace", EVERYTHING, 5, dense=False) == []


def test_the_same_id_of_two_kinds_is_two_things() -> None:
    shared = [Document("pump", "point", "a pump"), Document("pump", "cause", "a pump")]
    hits = Index.build(shared, TopicEmbedder(), None).search("pump", EVERYTHING, 5)
    assert [hit.document.kind for hit in hits] == ["point", "cause"]


def test_an_empty_index_finds_nothing() -> None:
    assert Index.build([], TopicEmbedder(), None).search("pump", EVERYTHING, 5) == []


def test_without_an_embedder_every_search_is_lexical() -> None:
    index = Index.build(DOCUMENTS, None, None)
    assert index.search("valve", EVERYTHING, 5) == index.search("valve", EVERYTHING, 5, dense=False)
    assert (index.embedded, len(index)) == (0, len(DOCUMENTS))


def test_a_warm_cache_and_a_lexical_search_never_touch_the_model(tmp_path: Path) -> None:
    class SameModelThatCannotLoad(BrokenEmbedder):
        identity = TopicEmbedder.identity

    first = Index.build(DOCUMENTS, TopicEmbedder(), VectorCache(tmp_path))
    second = Index.build(DOCUMENTS, SameModelThatCannotLoad(), VectorCache(tmp_path))
    assert (first.embedded, second.embedded) == (len(DOCUMENTS), 0)
    assert second.search("pump", EVERYTHING, 5, dense=False) == first.search("pump", EVERYTHING, 5, dense=False)
    with pytest.raises(ModelError):
        second.search("pump", EVERYTHING, 5)


def test_nothing_of_a_query_reaches_the_disk(tmp_path: Path) -> None:
    index = Index.build(DOCUMENTS, TopicEmbedder(), VectorCache(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    index.search("a private pump", EVERYTHING, 5)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_many_threads_find_the_same(index: Index) -> None:
    queries = ["pump code 17", "warm water", "valve 3 bar", "boiler"] * 10
    expected = {query: index.search(query, EVERYTHING, 5) for query in queries}
    same: list[bool] = []
    workers = [
        threading.Thread(target=lambda q=query: same.append(index.search(q, EVERYTHING, 5) == expected[q])) for query in queries
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert same == [True] * len(queries)


@pytest.mark.parametrize("query", ["\x00", "\ud800", "pump " * 100_000, "_." * 100_000, "日本語"])
def test_any_text_can_be_searched(index: Index, query: str) -> None:
    assert len(index.search(query, EVERYTHING, 5)) <= 5


def snapshot() -> Snapshot:
    advice = Advice("It runs dry.", ("p1",))
    cause = Cause("c1", "No water", "hydraulics", advice, {}, {}, (), (), (advice,), (), ("it gurgles", " "), (), "c1.yaml")
    return Snapshot(
        version="1",
        profile=Profile(name="heating"),
        about={},
        sources={"s": Source("s", "Manual", "https://manual.example", "2026-01-01")},
        points={"p1": Point("p1", "Pumps need water.", "s", "2026-01-01", questions=("must a pump be wet?",))},
        causes={"c1": cause},
        symptoms={},
        examples=(Example("e1", "LOG\nERROR dry", "c1", "e1.txt"), Example("e2", "LOG\n", "c1", "e2.txt")),
    )


def test_a_corpus_gives_a_document_for_each_thing_it_says() -> None:
    assert documents(snapshot(), lambda text: [text.removeprefix("LOG\n")]) == [
        Document("p1", "point", "Pumps need water."),
        Document("p1", "point", "must a pump be wet?"),
        Document("c1", "cause", "No water. It runs dry."),
        Document("c1", "cause", "it gurgles"),
        Document("e1", "example", "ERROR dry"),
    ]
