"""Search by meaning in memory and in PostgreSQL over the same vectors: time, memory, and the share of the exact result."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.benchmark.speed.clock import percentile
from bot.benchmark.speed.probe import resident_mb
from bot.benchmark.speed.synthetic import Clusters
from bot.retrieval.dense import DenseSearch, ExactSearch, Vector
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors
from bot.retrieval.groups import Group, Groups
from bot.retrieval.postgres.link import Link
from bot.retrieval.postgres.search import PgvectorSearch
from bot.retrieval.postgres.tables import CATALOG, CHUNK, Table, build, table_of

if TYPE_CHECKING:
    from bot.retrieval.postgres.link import Connection

SIZES = (1_000, 100_000, 1_000_000)
QUERIES = 100
DEPTHS = (10, 50)
MODEL = "synthetic"
MEGABYTE = 1e6
HEADER = (
    "| Points | Searched by | p50 | p95 | Process | Table | Index | Loaded in | Indexed in | Recall@10 | Recall@50 |\n"
    "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a search over some points costs, and the shares of the exact result that it finds; None: no such figure."""

    points: int
    by: str
    p50_ms: float
    p95_ms: float
    process_mb: float
    table_mb: float | None
    index_mb: float | None
    loaded_s: float | None
    indexed_s: float | None
    recall: Sequence[float]

    def line(self) -> str:
        """The row of the Markdown table under `HEADER`."""
        return (
            f"| {self.points:,} | {self.by} | {self.p50_ms:.2f} ms | {self.p95_ms:.2f} ms | {_amount(self.process_mb, 'MB')} "
            f"| {_amount(self.table_mb, 'MB')} | {_amount(self.index_mb, 'MB')} | {_amount(self.loaded_s, 's')} "
            f"| {_amount(self.indexed_s, 's')} | " + " | ".join(f"{share:.4f}" for share in self.recall) + " |"
        )


def measure_vectors(link: Link, sizes: Sequence[int] = SIZES, queries: int = QUERIES) -> Iterator[Cost]:
    """Both ways at each size, over the same clustered vectors; the tables are dropped again. Raises StateError."""
    for size in sizes:
        yield from _measure(link, size, queries)


def _measure(link: Link, size: int, queries: int) -> Iterator[Cost]:
    clusters = Clusters(size)
    documents = [Document(str(number), "point", "") for number in range(size)]
    group = Groups([(document.kind, document.id) for document in documents]).of(["point"])
    asked = list(clusters.vectors(-queries, 0))
    chunks = [(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    exact = ExactSearch(np.concatenate([clusters.vectors(*chunk) for chunk in chunks]))
    right, times = _search(exact, group, asked)
    held = resident_mb()
    yield Cost(size, "numpy", *_percentiles(times), held, None, None, None, None, [1.0 for _ in DEPTHS])
    del exact

    def embed(start: int, end: int) -> Vectors:
        return clusters.vectors(start, end)

    table = table_of(documents, MODEL)
    with link.connection() as connection:
        try:
            made = link.call(lambda: build(connection, table, documents, embed))
            sizes = link.call(lambda: _sizes(connection, table))
            search = PgvectorSearch(link, table, lambda: 0)
            _search(search, group, asked)  # until the database has in its memory what it needs
            found, times = _search(search, group, asked)
            recall = [_recall(right, found, depth) for depth in DEPTHS]
            copied, indexed = (made.copied_s, made.indexed_s) if made is not None else (None, None)
            yield Cost(size, "pgvector", *_percentiles(times), resident_mb(), *sizes, copied, indexed, recall)
        finally:
            link.call(lambda: _drop(connection, table))


def _search(search: DenseSearch, group: Group, queries: Sequence[Vector]) -> tuple[list[list[int]], list[float]]:
    """The items that each query finds, and its milliseconds on the clock: a database works in processes of its own."""
    found, times = [], []
    for query in queries:
        started = time.perf_counter()
        near = search.nearest(group, query, max(DEPTHS))
        times.append((time.perf_counter() - started) * 1e3)
        found.append(list(near.ranking) if near is not None else [])
    return found, times


def _recall(right: Sequence[Sequence[int]], found: Sequence[Sequence[int]], depth: int) -> float:
    shares = [len({*one[:depth]} & {*other[:depth]}) / len(one[:depth]) for one, other in zip(right, found, strict=True)]
    return float(np.mean(shares))


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    return percentile(times, 0.5), percentile(times, 0.95)


async def _sizes(connection: Connection, table: Table) -> tuple[float, float]:
    """Megabytes of a table and of its indexes."""
    table_bytes = await connection.fetchval("SELECT pg_table_size($1::text::regclass)", table.name)
    index_bytes = await connection.fetchval("SELECT pg_indexes_size($1::text::regclass)", table.name)
    return table_bytes / MEGABYTE, index_bytes / MEGABYTE


async def _drop(connection: Connection, table: Table) -> None:
    async with connection.transaction():
        await connection.execute(f"DROP TABLE IF EXISTS {table.name}")
        await connection.execute(f"DELETE FROM {CATALOG} WHERE name = $1", table.name)  # noqa: S608 - a constant


def _amount(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:,.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
