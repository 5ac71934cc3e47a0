"""The index of a corpus: its vectors in memory, or in PostgreSQL where they are many, or those of a server's own corpus."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from bot.errors import StateError
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Embedder
from bot.retrieval.index import Index, Weights
from bot.retrieval.load import load_embedder
from bot.retrieval.store import VectorStore
from bot.retrieval.vectors import MAX_ROWS, QueryVectors, VectorCache
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.retrieval.postgres.link import Link

log = logging.getLogger(__name__)


def build_index(settings: Settings, documents: Sequence[Document], *, own: bool = False) -> Index:
    """Index documents; with PostgreSQL, only what no process has embedded yet is embedded. own: of a server's own corpus.

    Raises ModelError when texts must be embedded and the model cannot be used.
    """
    embedder = load_embedder(settings.embedding_model, settings.export_dirs)
    local = VectorCache(settings.cache_dir)
    url = settings.postgres_url
    if not url:
        return Index.build(documents, embedder, local)
    # Imported here: where there is no such database, nothing of it is needed.
    from bot.retrieval.postgres.embeddings import SharedVectors

    link, many = database_link(url), len(documents) > settings.pgvector_above
    store = SharedVectors(link, local, partial(_prepare, url), max(MAX_ROWS, 2 * len(documents)))
    index = _in_database(link, documents, embedder, store, many=many) if documents and (own or many) else None
    return index if index is not None else Index.build(documents, embedder, store)


def _in_database(
    link: Link,
    documents: Sequence[Document],
    embedder: Embedder,
    store: VectorStore,
    *,
    many: bool,
) -> Index | None:
    """An index whose vectors PostgreSQL searches; None, said in the log, where it cannot and memory has to do."""
    from bot.retrieval.postgres.building import searching
    from bot.retrieval.postgres.tables import NoPgvectorError

    search = searching(link, documents, embedder, store)
    computed = 0
    try:
        computed = search.build()
    except NoPgvectorError as error:
        log.warning("Vectors are searched in memory: %s", error)
        return None
    except StateError as error:
        if not many:
            log.warning("Vectors are searched in memory (%s)", error)
            return None
        log.warning("Searches go by words alone until the vectors are in the database (%s)", error)
    return Index(documents, search, QueryVectors(embedder), computed, Weights())


@lru_cache(maxsize=4)
def database_link(url: str) -> Link:
    """The one link of this process to a PostgreSQL database; raises StateError when the URL is none."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from bot.retrieval.postgres.link import Link
    from bot.state.postgres import connect

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StateError("DATABASE_URL is not the URL of a database.") from None
    return Link(lambda command_s, *, patient: connect(parsed, command_s, patient=patient))


async def _prepare(url: str) -> None:
    """Bring the database to the present schema; raises StateError."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from bot.state.failures import describe
    from bot.state.schema import migrate

    try:
        await migrate(make_url(url), {})
    except (SQLAlchemyError, OSError) as error:
        raise StateError(f"DATABASE_URL: {describe(error)}") from error
