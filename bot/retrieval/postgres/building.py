"""From documents to a search in PostgreSQL: the table is made once for all processes, and stays while one of them searches it."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from bot.retrieval.documents import Document
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.postgres.link import FAILURES, Link
from bot.retrieval.postgres.search import PgvectorSearch
from bot.retrieval.postgres.tables import Table, build, drop_unused, table_of, touch
from bot.retrieval.store import VectorStore
from bot.retrieval.vectors import embed_all

log = logging.getLogger(__name__)

TOUCH_S = 600.0
"""How often it is noted that a table is in use."""
STATEMENT_S = 60.0
"""How long a statement of a build may take that says nothing else."""


def searching(link: Link, documents: Sequence[Document], embedder: Embedder, store: VectorStore) -> PgvectorSearch:
    """The search over the documents; its table is not made yet (see `PgvectorSearch.build`)."""
    table = table_of(documents, embedder.identity)
    search = PgvectorSearch(link, table, partial(_make, link, table, tuple(documents), embedder, store))
    link.keep(partial(_keep_in_use, link, table.name, weakref.ref(search)))
    return search


def _make(link: Link, table: Table, documents: Sequence[Document], embedder: Embedder, store: VectorStore) -> int:
    """Make the table unless it is there; returns how many texts had to be embedded for it.

    The vectors pass through this process in chunks. Raises NoPgvectorError, ModelError, or StateError.
    """
    computed = 0

    def embed(start: int, end: int) -> Vectors:
        nonlocal computed
        found = embed_all([document.text for document in documents[start:end]], embedder, store)
        computed += found.computed
        return found.vectors

    with link.connection(STATEMENT_S) as connection:
        made = link.call(lambda: build(connection, table, documents, embed))
        dropped = link.call(lambda: drop_unused(connection))
    if made is not None:
        log.info("%d vectors put into PostgreSQL in %.1f s", len(documents), made.copied_s + made.indexed_s)
    if dropped:
        log.info("%d table(s) of vectors that nobody used dropped", len(dropped))
    return computed


async def _keep_in_use(link: Link, name: str, search: weakref.ref[PgvectorSearch]) -> None:
    while search() is not None:
        with suppress(*FAILURES):
            await link.use(lambda connection: touch(connection, [name]), STATEMENT_S)
        await asyncio.sleep(TOUCH_S)
