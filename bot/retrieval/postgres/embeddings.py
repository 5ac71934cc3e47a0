"""Vectors that all processes share: of those that start at once one computes, and the others find what it computed.

Stored are hashes of the corpora's texts and their vectors, never a text, and nothing of a query.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from bot.errors import StateError
from bot.retrieval.postgres.link import Link
from bot.retrieval.store import Known, VectorStore, stored, unit_vector
from bot.retrieval.vectors import MAX_ROWS

if TYPE_CHECKING:
    import asyncpg

    from bot.retrieval.postgres.link import Connection

T = TypeVar("T")
log = logging.getLogger(__name__)

BATCH = 2_000
"""Vectors of one statement: 3 MB."""
READ_S = 30.0
"""How long a statement may take."""
POLL_S = 0.5
PATIENCE_S = 60.0
"""How long to wait for another process's vectors while none comes; a block of them takes seconds."""

READ = "SELECT text, vector FROM embeddings WHERE model = $1 AND text = ANY($2::bytea[])"
COUNT = "SELECT count(*) FROM embeddings WHERE model = $1 AND text = ANY($2::bytea[])"
WRITE = """INSERT INTO embeddings (model, text, vector, at)
SELECT $1, text, vector, extract(epoch FROM clock_timestamp()) FROM unnest($2::bytea[], $3::bytea[]) AS new (text, vector)
ON CONFLICT (model, text) DO UPDATE SET vector = excluded.vector, at = excluded.at"""
TRIM = """DELETE FROM embeddings WHERE (model, text) IN (SELECT model, text FROM embeddings ORDER BY at DESC, text OFFSET $1)"""


class SharedVectors:
    """Vectors in PostgreSQL behind those of this machine (see VectorStore), which are looked for first.

    A database that cannot be used is said once and done without. `prepare` brings it to the present schema; raises StateError.
    max_rows: vectors kept; beyond it the oldest go.
    """

    def __init__(self, link: Link, local: VectorStore, prepare: Callable[[], Awaitable[None]], max_rows: int = MAX_ROWS) -> None:
        self._link = link
        self._local = local
        self._prepare = prepare
        self._max_rows = max_rows
        self._prepared = False
        self._told = False

    def read(self, model: str, keys: Sequence[bytes]) -> Known:
        """See VectorStore; what only the database has is kept on this machine, too."""
        known = self._local.read(model, keys)
        missing = [key for key in keys if key not in known]
        found: Known = {}
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            rows = self._try(partial(_fetch, model, batch))
            vectors = ((row["text"], unit_vector(row["vector"])) for row in rows or ())
            found |= {key: vector for key, vector in vectors if vector is not None}
        self._local.write(model, found)
        return known | found

    def write(self, model: str, vectors: Mapping[bytes, npt.NDArray[np.float32]]) -> None:
        """See VectorStore."""
        self._local.write(model, vectors)
        keys = sorted(vectors)  # two processes that write the same wait for each other, and never in a circle
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            self._try(partial(_put, model, batch, [stored(vectors[key]) for key in batch]))

    @contextmanager
    def turn(self, model: str, keys: Sequence[bytes]) -> Iterator[Known]:
        """See VectorStore; it ends at the latest with the connection of this process, and is not waited for in vain."""
        with ExitStack() as stack:
            try:
                self._make_ready()
                connection = stack.enter_context(self._link.connection(READ_S))
                self._link.call(lambda: _wait(connection, model, keys))
            except StateError as error:
                self._tell(error)
            yield self.read(model, keys)
            self._try(lambda connection: connection.execute(TRIM, self._max_rows))

    def _try(self, work: Callable[[Connection], Awaitable[T]]) -> T | None:
        """The result of the work, or None, said once, where the database cannot be used."""
        try:
            self._make_ready()
            found = self._link.run(work, READ_S)
        except StateError as error:
            self._tell(error)
            return None
        self._told = False
        return found

    def _make_ready(self) -> None:
        """Make the table, unless it is there: vectors are needed before the state is opened."""
        if not self._prepared:
            there = self._link.run(lambda connection: connection.fetchval("SELECT to_regclass('embeddings')"), READ_S)
            if there is None:
                self._link.call(self._prepare)
            self._prepared = True

    def _tell(self, error: StateError) -> None:
        if not self._told:
            self._told = True
            log.warning("The vectors of other processes cannot be used, so this one embeds what it lacks itself (%s)", error)


async def _fetch(model: str, keys: Sequence[bytes], connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch(READ, model, keys)


async def _put(model: str, keys: Sequence[bytes], blobs: Sequence[bytes], connection: Connection) -> None:
    await connection.execute(WRITE, model, keys, blobs)


async def _wait(connection: asyncpg.Connection[asyncpg.Record], model: str, keys: Sequence[bytes]) -> None:
    """Wait until this process may compute, until others have computed everything, or until nothing comes from them any more."""
    lock = int.from_bytes(hashlib.sha256(f"embeddings {model}".encode()).digest()[:8], "big", signed=True)
    most, since = -1, time.monotonic()
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock):
        there = int(await connection.fetchval(COUNT, model, keys))
        if there == len(keys):
            return
        if there > most:
            if most < 0:
                log.info("another process embeds: waiting for its vectors")
            most, since = there, time.monotonic()
        elif time.monotonic() - since > PATIENCE_S:
            log.warning("another process is to embed, but in %.0f s there was no vector: this one does it itself", PATIENCE_S)
            return
        await asyncio.sleep(POLL_S)
