"""Stores of other libraries, filled as their documentation shows; imported when they are measured, for no user needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.retrieval.embedder import Vectors

Search = Callable[[str], Sequence[str]]
"""From a query to the ids of what is found, best first."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a store is filled with: ids, texts and their vectors; the vectors of the queries; how many are to be found."""

    ids: Sequence[str]
    texts: Sequence[str]
    vectors: Vectors
    queries: Mapping[str, list[float]]
    limit: int

    def known(self) -> dict[str, list[float]]:
        """The vector of every text and query: what stands in for a model."""
        return {text: row.tolist() for text, row in zip(self.texts, self.vectors, strict=True)} | dict(self.queries)


def langchain(shelf: Shelf) -> Search:
    """langchain-core's InMemoryVectorStore; raises ImportError."""
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore

    known = shelf.known()

    class Known(Embeddings):  # type: ignore[misc] # an optional package is of no type
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [known[text] for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return known[text]

    store = InMemoryVectorStore(Known())
    store.add_documents([Document(text, id=i) for i, text in zip(shelf.ids, shelf.texts, strict=True)])
    return lambda query: [found.id for found in store.similarity_search(query, k=shelf.limit)]


def llama_index(shelf: Shelf) -> Search:
    """llama-index-core's VectorStoreIndex over its SimpleVectorStore; raises ImportError."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import TextNode

    known = shelf.known()

    class Known(BaseEmbedding):  # type: ignore[misc] # an optional package is of no type
        def _get_query_embedding(self, query: str) -> list[float]:
            return known[query]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return known[query]

        def _get_text_embedding(self, text: str) -> list[float]:
            return known[text]

    rows = zip(shelf.ids, shelf.texts, shelf.vectors, strict=True)
    nodes = [TextNode(id_=i, text=text, embedding=vector.tolist()) for i, text, vector in rows]
    retriever = VectorStoreIndex(nodes, embed_model=Known()).as_retriever(similarity_top_k=shelf.limit)
    return lambda query: [found.node.node_id for found in retriever.retrieve(query)]


def haystack(shelf: Shelf) -> Search:
    """haystack-ai's InMemoryDocumentStore, by vectors; raises ImportError."""
    dense, _ = _haystack(shelf)
    return lambda query: [found.id for found in dense(query)]


def haystack_hybrid(shelf: Shelf) -> Search:
    """haystack-ai's InMemoryDocumentStore, by vectors and BM25, joined by rank; raises ImportError."""
    from haystack.components.joiners import DocumentJoiner

    dense, lexical = _haystack(shelf)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=shelf.limit)
    return lambda query: [found.id for found in joiner.run([dense(query), lexical(query)])["documents"]]


def _haystack(shelf: Shelf) -> tuple[Callable[[str], list[Any]], Callable[[str], list[Any]]]:
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    rows = zip(shelf.ids, shelf.texts, shelf.vectors, strict=True)
    store.write_documents([Document(id=i, content=text, embedding=vector.tolist()) for i, text, vector in rows])
    dense = InMemoryEmbeddingRetriever(store, top_k=shelf.limit)
    lexical = InMemoryBM25Retriever(store, top_k=shelf.limit)
    return (
        lambda query: list(dense.run(shelf.queries[query])["documents"]),
        lambda query: list(lexical.run(query)["documents"]),
    )


STORES: Mapping[str, Callable[[Shelf], Search]] = {
    "langchain-core InMemoryVectorStore": langchain,
    "llama-index-core SimpleVectorStore": llama_index,
    "haystack-ai InMemoryDocumentStore": haystack,
    "haystack-ai InMemoryDocumentStore, with BM25": haystack_hybrid,
}
