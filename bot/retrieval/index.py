"""Search over the corpus: dense and lexical rankings of the same documents, fused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from bot.retrieval.dense import DenseSearch, ExactSearch
from bot.retrieval.documents import Document, Kind
from bot.retrieval.embedder import Embedder
from bot.retrieval.fusion import RANK_CONSTANT, fuse
from bot.retrieval.groups import Groups
from bot.retrieval.lexical import LexicalIndex
from bot.retrieval.ranking import top
from bot.retrieval.store import VectorStore
from bot.retrieval.vectors import QueryVectors, embed_all

__all__ = ["Document", "Hit", "Index", "Kind", "Weights"]

DEPTH = 50
"""Items of each ranking that are fused."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each ranking counts in the fusion."""

    dense: float = 1.0
    lexical: float = 1.0
    rank_constant: float = RANK_CONSTANT


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found, the best of those with its (kind, id).

    `score` is the fused score and orders the hits; `dense` (cosine) and `lexical` (BM25) are the best of its documents;
    ranks count from 1 among the kinds asked for, None where that search did not run or did not rank it.
    """

    document: Document
    score: float
    dense: float
    lexical: float
    dense_rank: int | None
    lexical_rank: int | None


class Index:
    """An immutable index of documents, safe to search from several threads."""

    def __init__(
        self,
        documents: Sequence[Document],
        dense: DenseSearch | None,
        queries: QueryVectors | None,
        embedded: int,
        weights: Weights,
    ) -> None:
        self._documents = tuple(documents)
        self._dense = dense
        self._queries = queries
        self._lexical = LexicalIndex([document.text for document in documents])
        self._weights = weights
        self._groups = Groups([(document.kind, document.id) for document in documents])
        self.embedded = embedded

    @classmethod
    def build(
        cls, documents: Sequence[Document], embedder: Embedder | None, store: VectorStore | None, weights: Weights | None = None
    ) -> Index:
        """Index the documents, their vectors in memory; only texts that the store lacks are embedded (`embedded` counts them).

        Without an embedder every search is lexical. Raises ModelError when texts must be embedded and the model cannot be loaded.
        """
        chosen = weights or Weights()
        if embedder is None:
            return cls(documents, None, None, 0, chosen)
        vectors, computed = embed_all([document.text for document in documents], embedder, store)
        vectors.setflags(write=False)
        return cls(documents, ExactSearch(vectors), QueryVectors(embedder), computed, chosen)

    def without(self, kind: Kind, ids: Collection[str]) -> Index:
        """The same index without some documents: for measuring on texts that it holds."""
        kept = [row for row, document in enumerate(self._documents) if document.kind != kind or document.id not in ids]
        dense = None if self._dense is None else self._dense.only(kept)
        return Index([self._documents[row] for row in kept], dense, self._queries, 0, self._weights)

    def with_queries(self, queries: QueryVectors) -> Index:
        """The same index with other query vectors in memory: for measuring what it costs to embed them."""
        index = copy(self)
        index._queries = queries
        return index

    def __len__(self) -> int:
        return len(self._documents)

    def search(self, query: str, kinds: Iterable[Kind], limit: int, *, dense: bool = True) -> list[Hit]:
        """The `limit` best items of the given kinds, best first; with `dense=False` by words alone, without the model.

        Found is what is among the first 50 of either ranking; by words, only what shares one with the query. Equal scores keep
        the order of the corpus. Only the query's vector is remembered, in memory. While vectors cannot be searched where they
        are, words alone decide. Raises ModelError when the model is needed and cannot be loaded.
        """
        kinds = tuple(kinds)
        group = self._groups.of(kinds)
        if not len(group.starts) or not query.strip() or limit <= 0:
            return []
        word_scores = self._lexical.scores(query)[group.rows]
        word_best = group.best(word_scores)
        word_ranking = [int(item) for item in top(word_best, DEPTH) if word_best[item] > 0.0]
        near = None
        if dense and self._dense is not None and self._queries is not None:
            near = self._dense.nearest(group, self._queries.vector(query), DEPTH)
        near_ranking = near.ranking if near is not None else ()
        weights = self._weights
        fused = fuse([near_ranking, word_ranking], [weights.dense, weights.lexical], weights.rank_constant)[:limit]
        if near is None:
            found = [(group.row(item, word_scores), 0.0) for item, _ in fused]
        else:
            known = near.best([item for item, _ in fused])
            if known is None:
                return self.search(query, kinds, limit, dense=False)
            found = known
        near_rank = {item: rank for rank, item in enumerate(near_ranking, start=1)}
        word_rank = {item: rank for rank, item in enumerate(word_ranking, start=1)}
        return [
            Hit(
                document=self._documents[row],
                score=score,
                dense=cosine,
                lexical=float(word_best[item]),
                dense_rank=near_rank.get(item),
                lexical_rank=word_rank.get(item),
            )
            for (item, score), (row, cosine) in zip(fused, found, strict=True)
        ]
