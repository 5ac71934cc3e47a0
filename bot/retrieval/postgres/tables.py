"""The vectors of each corpus in a table of its own, built in one transaction: it is there whole, or not at all.

A search names the table of its corpus, so that nothing of another can be found. The name is a hash of everything that the table
depends on, the texts, their order and the model among it: an edited corpus has another table, and equal ones share theirs.
Kinds with few documents are searched exactly; those with many have HNSW indexes of half precision, which take half the space
and, at an ef_construction of 128, find what full ones find; what they find is scored exactly. No index holds more than so many
documents: one over a million took five times the memory to make, and missed one in a hundred of the nearest whatever the effort.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import asyncpg
from pgvector.asyncpg import register_vector

from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors

log = logging.getLogger(__name__)

FORMAT = 1
"""Version of what a table looks like."""
CATALOG = "corpus_vectors"
EXACT_ROWS = 5_000
"""Documents of a kind up to which it has no index: to score all of them takes 2-3 ms, as long as the way through an index."""
INDEX_ROWS = 200_000
"""Documents of an index at most; of more, each part has its own, and a search looks into all of them."""
CHUNK = 10_000
"""Documents embedded and copied at a time."""
MAX_DIMENSION = 2_000
"""Beyond it a vector fits on no page of PostgreSQL."""
LINKS, CONSTRUCTION = 16, 128
"""HNSW's m and ef_construction."""
BUILD_S = 3_600.0
"""How long the making of an index may take."""
MEMORY_MB = 1_024
"""The most that the making of an index may take in the database's memory: enough for vectors of 2,000 dimensions."""
POLL_S = 0.5
KEPT_S = 86_400.0
"""How long a table is kept that nobody uses."""
SETUP_LOCK = 4_918_220_573_516_650_214
NEEDED = "pgvector 0.8 or newer is needed in the database (the package `postgresql-NN-pgvector`, then CREATE EXTENSION vector)"

Embed = Callable[[int, int], Vectors]
"""The vectors of the documents from one number up to another."""
if TYPE_CHECKING:
    from bot.retrieval.postgres.link import Connection


class NoPgvectorError(Exception):
    """The database cannot search vectors; the text says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents of one kind: how many they are, the first and last of their numbers, and whether they have an index."""

    kind: str
    count: int
    first: int
    last: int
    indexed: bool

    @property
    def condition(self) -> str:
        """What holds for the rows of these documents: an index has it, and is found by it."""
        return f"kind = '{self.kind}' AND number BETWEEN {self.first} AND {self.last}"


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a corpus: its name, and the segments of each kind."""

    name: str
    kinds: Mapping[str, tuple[Segment, ...]]

    def segments(self, kinds: Iterable[str]) -> list[Segment]:
        """Those of some kinds."""
        return [segment for kind in kinds for segment in self.kinds[kind]]


def table_of(documents: Sequence[Document], model: str) -> Table:
    """The table that holds, or will hold, the vectors of these documents by this model."""
    digest = hashlib.sha256(json.dumps([FORMAT, EXACT_ROWS, INDEX_ROWS, model]).encode())
    for document in documents:
        digest.update(json.dumps([document.kind, document.id, document.text]).encode())
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        numbers[document.kind].append(number)
    return Table(f"{CATALOG}_{digest.hexdigest()[:40]}", {kind: _segments(kind, of_kind) for kind, of_kind in numbers.items()})


def _segments(kind: str, numbers: Sequence[int]) -> tuple[Segment, ...]:
    """The documents of a kind in as few parts as there have to be, equal in size."""
    size = math.ceil(len(numbers) / math.ceil(len(numbers) / INDEX_ROWS))
    parts = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    return tuple(Segment(kind, len(part), part[0], part[-1], len(numbers) > EXACT_ROWS) for part in parts)


@dataclass(frozen=True, slots=True)
class Made:
    """What it took to make a table: seconds for copying the vectors, and for indexing them."""

    copied_s: float
    indexed_s: float


async def build(
    connection: Connection, table: Table, documents: Sequence[Document], embed: Embed, memory_mb: int = MEMORY_MB
) -> Made | None:
    """Make the table unless it is there (then None); of several processes one makes it, and the others wait for it.

    memory_mb: the most that the making of an index may take. Raises NoPgvectorError, and what `embed` and the driver raise.
    """
    await _set_up(connection)
    give_up = time.monotonic() + BUILD_S
    while True:
        if await touch(connection, [table.name]):
            return None
        async with connection.transaction():
            if await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _lock(table.name)):
                if await touch(connection, [table.name]):  # whoever had the lock has made it
                    return None
                return await _make(connection, table, documents, embed, memory_mb)
        if time.monotonic() > give_up:
            raise TimeoutError(f"{table.name} is being made by another process, and does not come")
        await asyncio.sleep(POLL_S)


async def touch(connection: Connection, names: Sequence[str]) -> int:
    """Note that tables are in use; returns how many of them there are."""
    said = f"UPDATE {CATALOG} SET used_at = clock_timestamp() WHERE name = ANY($1)"  # noqa: S608 - a constant
    return int((await connection.execute(said, list(names))).rpartition(" ")[2])


async def drop_unused(connection: Connection, kept_s: float = KEPT_S) -> list[str]:
    """Drop the tables that nobody has used for a while; returns their names."""
    old = f"SELECT name FROM {CATALOG} WHERE used_at < clock_timestamp() - make_interval(secs => $1)"  # noqa: S608 - a constant
    dropped = []
    for name in [row["name"] for row in await connection.fetch(old, kept_s)]:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            if await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _lock(name)):
                await connection.execute(f"DROP TABLE IF EXISTS {name}")
                await connection.execute(f"DELETE FROM {CATALOG} WHERE name = $1", name)  # noqa: S608 - a constant
                dropped.append(name)
    return dropped


async def _set_up(connection: Connection) -> None:
    """Make the extension and the list of tables, unless they are there; raises NoPgvectorError."""
    if await connection.fetchval("SELECT to_regtype('vector') IS NULL OR to_regclass($1) IS NULL", CATALOG):
        try:
            async with connection.transaction():
                # Two processes that create the same at once would get in each other's way.
                await connection.execute("SELECT pg_advisory_xact_lock($1)", SETUP_LOCK)
                await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
                await connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {CATALOG} (name text PRIMARY KEY, documents integer NOT NULL, "
                    "dimension integer NOT NULL, used_at timestamptz NOT NULL)"
                )
        except (asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError, asyncpg.InsufficientPrivilegeError) as error:
            raise NoPgvectorError(f"{NEEDED}: {error}") from error
    found = str(await connection.fetchval("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    if [int(part) for part in found.split(".")[:2]] < [0, 8]:
        raise NoPgvectorError(f"{NEEDED}: it has {found}; ALTER EXTENSION vector UPDATE brings the installed version")


async def _make(connection: Connection, table: Table, documents: Sequence[Document], embed: Embed, memory_mb: int) -> Made:
    schema = "SELECT nspname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace WHERE pg_type.oid = 'vector'::regtype"
    await register_vector(cast("asyncpg.Connection[asyncpg.Record]", connection), schema=str(await connection.fetchval(schema)))
    await connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    dimension, copied_s = 0, 0.0
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        vectors = await asyncio.to_thread(embed, start, start + len(chunk))
        if not dimension:
            dimension = vectors.shape[1]
            await _create(connection, table.name, dimension)
        records = ((start + i, document.kind, vectors[i]) for i, document in enumerate(chunk))
        columns = ["number", "kind", "embedding"]
        started = time.monotonic()
        await connection.copy_records_to_table(table.name, records=records, columns=columns, timeout=BUILD_S)
        copied_s += time.monotonic() - started
    started = time.monotonic()
    await connection.execute(f"ALTER TABLE {table.name} ADD PRIMARY KEY (number)", timeout=BUILD_S)
    for segment in table.segments(sorted(table.kinds)):
        if segment.indexed:
            await _index(connection, table.name, segment, dimension, memory_mb)
    indexed_s = time.monotonic() - started
    await connection.execute(f"ANALYZE {table.name}", timeout=BUILD_S)
    noted = f"INSERT INTO {CATALOG} VALUES ($1, $2, $3, clock_timestamp())"  # noqa: S608 - a constant
    await connection.execute(noted, table.name, len(documents), dimension)
    return Made(copied_s, indexed_s)


async def _create(connection: Connection, name: str, dimension: int) -> None:
    if dimension > MAX_DIMENSION:
        raise NoPgvectorError(f"vectors of {dimension} dimensions are longer than PostgreSQL searches, {MAX_DIMENSION}")
    await connection.execute(
        f"CREATE TABLE {name} (number integer NOT NULL, kind text NOT NULL, embedding vector({dimension}) NOT NULL)"
    )
    # In the row itself, not beside it: a vector that is compared has to be read anyway.
    await connection.execute(f"ALTER TABLE {name} ALTER COLUMN embedding SET STORAGE PLAIN")


async def _index(connection: Connection, name: str, segment: Segment, dimension: int, memory_mb: int) -> None:
    """Index the documents of a segment; where workers cannot share the memory for it (a container's /dev/shm), without them."""
    needed_mb = segment.count * (2 * dimension + 900) // 1_000_000 + 64
    await connection.execute(f"SET LOCAL maintenance_work_mem = '{min(needed_mb, memory_mb)}MB'")
    statement = (
        f"CREATE INDEX ON {name} USING hnsw ((embedding::halfvec({dimension})) halfvec_ip_ops) "
        f"WITH (m = {LINKS}, ef_construction = {CONSTRUCTION}) WHERE {segment.condition}"
    )
    try:
        async with connection.transaction():
            await connection.execute(statement, timeout=BUILD_S)
    except (asyncpg.DiskFullError, asyncpg.OutOfMemoryError):
        await connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")
        await connection.execute(statement, timeout=BUILD_S)


def _lock(name: str) -> int:
    """The number of the advisory lock under which a table is made or dropped."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
