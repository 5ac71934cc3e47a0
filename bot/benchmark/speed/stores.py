"""The same points with the same vectors in our index and in other in-memory stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bot.benchmark.speed.clock import each_ms, median
from bot.benchmark.speed.peers import STORES, Search, Shelf
from bot.benchmark.speed.table import NOT_INSTALLED, Row
from bot.knowledge.types import Snapshot
from bot.retrieval.dense import ExactSearch
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.index import Index, Weights
from bot.retrieval.vectors import QueryVectors, VectorCache, embed_all

POINTS, QUERIES, LIMIT = 300, 60, 10


def fill(snapshot: Snapshot, embedder: Embedder, cache: VectorCache | None, points: int = POINTS) -> Shelf:
    """The first points of a corpus, and as queries what users say of its causes: one phrase of each."""
    chosen = list(snapshot.points.values())[:points]
    texts = [point.text for point in chosen]
    queries = [phrase for cause in snapshot.causes.values() for phrase in cause.phrases[:1]][:QUERIES]
    asked = embed_all(queries, embedder, None).vectors
    vectors = embed_all(texts, embedder, cache).vectors
    known = {query: vector.tolist() for query, vector in zip(queries, asked, strict=True)}
    return Shelf([point.id for point in chosen], texts, vectors, known, LIMIT)


def measure_stores(shelf: Shelf, embedder: Embedder, stores: Mapping[str, Callable[[Shelf], Search]] = STORES) -> Iterator[Row]:
    """A search by each store, without and with the embedding of its query, in ratios to the bare embedding."""
    part, queries = f"{len(shelf.ids)} points", list(shelf.queries)
    embedding = median(each_ms(lambda query: embedder.encode([query]), queries))
    yield Row(part, "bare embedding of a query", embedding, base=embedding, note=f"median of {len(queries)} queries")
    for name, build in {"this bot, dense and BM25": _ours, **stores}.items():
        try:
            search = build(shelf)
        except ImportError:
            yield Row(part, name, None, note=NOT_INSTALLED)
            continue
        overhead = median(each_ms(search, queries))
        yield Row(part, f"{name}: search alone", overhead, base=embedding, note=_agreement(shelf, search))
        yield Row(part, f"{name}: with the embedding", overhead + embedding, base=embedding)


def _ours(shelf: Shelf) -> Search:
    found = [Document(i, "point", text) for i, text in zip(shelf.ids, shelf.texts, strict=True)]
    index = Index(found, ExactSearch(shelf.vectors), QueryVectors(_Known(shelf), len(shelf.queries)), 0, Weights())
    return lambda query: [hit.document.id for hit in index.search(query, ("point",), shelf.limit)]


class _Known:
    """Stands in for the model with the vectors of the queries."""

    identity = "known"

    def __init__(self, shelf: Shelf) -> None:
        self._queries = shelf.queries

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of known queries, float32 (len(texts), dimension)."""
        return np.array([self._queries[text] for text in texts], dtype=np.float32)


def _agreement(shelf: Shelf, search: Search) -> str:
    """How often the exactly nearest point is the first: all stores by vectors alone should be the same."""
    right = 0
    for query, vector in shelf.queries.items():
        scores = shelf.vectors @ np.array(vector, dtype=np.float32)
        right += search(query)[0] == shelf.ids[int(np.argmax(scores))]
    return f"the nearest point first for {100 * right / len(shelf.queries):.0f} %"
