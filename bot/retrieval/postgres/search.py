"""Search by meaning in PostgreSQL: this process holds no vector of the corpus.

The nearest documents of each kind are asked for, more of them until there are enough items, and what they are scored by is their
exact cosine. An ef_search below the LIMIT would lose rows without a word, and so would a filter behind the index: each kind has
an index of its own, ef_search is never below what is asked for, and beyond its maximum the scan goes on by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import numpy as np

from bot.errors import BotError, StateError
from bot.retrieval.dense import ExactSearch, Vector
from bot.retrieval.embedder import Vectors
from bot.retrieval.groups import Group
from bot.retrieval.postgres.link import Link
from bot.retrieval.postgres.tables import NoPgvectorError, Segment, Table

if TYPE_CHECKING:
    from bot.retrieval.postgres.link import Connection

log = logging.getLogger(__name__)

SEARCH_S = 1.0
"""How long a search may take before it goes on by words alone."""
READ_S = 60.0
FIRST = 200
"""Documents asked for at first: an item of a corpus has about five."""
MORE = 4
"""How many times as many are asked for while there are too few items."""
EF_SEARCH, MAX_EF_SEARCH = 400, 1_000
"""Candidates of a search in an index, at least and at most (the most that pgvector takes). 400: recall@50 of 0.999 at 100,000."""
PLAIN = (
    "SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.max_scan_tuples = 2147483647; "
    # A query is converted once for a plan of its own, and for every row in a generic one; compiling takes longer than searching.
    "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off"
)
REBUILD_AFTER_S = 60.0
"""How often it is tried to make a table that is not there."""


class PgvectorSearch:
    """The vectors of one corpus in PostgreSQL (see DenseSearch); thread-safe, and never a reason to fail.

    `build` makes the table unless it is there, and returns how many texts had to be embedded. It is called, beside, when a search
    does not find the table: it could not be made at first, or was lost since.
    """

    def __init__(self, link: Link, table: Table, build: Callable[[], int]) -> None:
        self.table = table
        self.build = build
        self._link = link
        self._told = False
        self._building = threading.Lock()
        self._build_at = 0.0

    def nearest(self, group: Group, query: Vector, depth: int) -> PgvectorNear | None:
        """See DenseSearch."""
        wanted = [Part(segment, FIRST, segment.indexed) for segment in self.table.segments(group.kinds)]
        exact = not any(part.indexed for part in wanted)
        cosines: dict[int, float] = {}
        while wanted:
            statement = _statement(self.table.name, wanted, len(query))
            found = self.fetch(statement, query, effort=max(part.limit for part in wanted))
            if found is None:
                return None
            cosines |= {row: cosine for part in found.values() for row, cosine in part.items()}
            wanted = [more for i, part in enumerate(wanted) for more in self._more(part, found.get(i, {}), group, depth)]
        best: dict[int, tuple[float, int]] = {}
        for (row, cosine), item in zip(cosines.items(), group.items(list(cosines)), strict=True):
            best[item] = min(best.get(item, (-cosine, row)), (-cosine, row))
        ranking = sorted(best, key=lambda item: (best[item][0], item))[:depth]
        return PgvectorNear(self, group, query, ranking, {i: (row, -c) for i, (c, row) in best.items()} if exact else {})

    def _more(self, part: Part, rows: Mapping[int, float], group: Group, depth: int) -> Iterator[Part]:
        """What is still to be asked of a segment."""
        count = part.segment.count
        if part.indexed and len(rows) < min(part.limit, count):
            yield Part(part.segment, part.limit, indexed=False)  # an index is a graph, and not all of it need be found
        elif part.limit < count and len(set(group.items(list(rows)))) < depth:
            yield Part(part.segment, part.limit * MORE, part.indexed)

    def only(self, rows: Sequence[int]) -> ExactSearch:
        """See DenseSearch; in memory: this is for measuring. Raises StateError."""
        said = f"SELECT number, embedding::real[] FROM {self.table.name} WHERE number = ANY($1)"  # noqa: S608 - a hash
        found = {row[0]: row[1] for row in self._link.run(lambda c: c.fetch(said, list(rows), timeout=READ_S), READ_S)}
        vectors: Vectors = np.array([found[row] for row in rows], dtype=np.float32)
        return ExactSearch(vectors)

    def cosines(self, rows: Sequence[int], query: Vector) -> dict[int, float] | None:
        """The cosine of each of some documents; None while the vectors cannot be used."""
        said = f"SELECT 0, number, -(embedding <#> {_query(len(query))}) FROM {self.table.name} WHERE number = ANY($2)"  # noqa: S608
        found = self.fetch(said, query, rows)
        return found.get(0, {}) if found is not None else None

    def fetch(
        self, statement: str, query: Vector, *further: Sequence[int], effort: int = 0
    ) -> dict[int, dict[int, float]] | None:
        """What a statement selects for a query: by number of its part, cosines by number of document.

        None while the vectors cannot be used: said once, and tried again.
        """
        effort = min(max(effort, EF_SEARCH), MAX_EF_SEARCH)

        async def select(connection: Connection) -> list[asyncpg.Record] | None:
            try:
                async with connection.transaction(readonly=True):
                    await connection.execute(f"SET LOCAL hnsw.ef_search = {effort}; {PLAIN}")
                    return await connection.fetch(statement, query.tolist(), *further)
            except asyncpg.UndefinedTableError:
                return None

        try:
            found = self._link.run(select, SEARCH_S)
        except StateError as error:
            self._tell(f"Searches go by words alone until the vectors can be used again ({error})")
            return None
        if found is None:
            self._tell("Searches go by words alone until the vectors are in the database again")
            self._rebuild()
            return None
        if self._told:
            self._told = False
            log.info("The vectors can be used again")
        parts: dict[int, dict[int, float]] = {}
        for part, row, cosine in found:
            parts.setdefault(part, {})[row] = cosine
        return parts

    def _tell(self, text: str) -> None:
        if not self._told:
            self._told = True
            log.warning(text)

    def _rebuild(self) -> None:
        if time.monotonic() >= self._build_at and self._building.acquire(blocking=False):
            self._build_at = time.monotonic() + REBUILD_AFTER_S
            threading.Thread(target=self._build_again, name="vectors-build", daemon=True).start()

    def _build_again(self) -> None:
        try:
            self.build()
        except (BotError, NoPgvectorError) as error:
            log.warning("The vectors could not be put into the database: %s", error)
        finally:
            self._building.release()


@dataclass(frozen=True, slots=True)
class PgvectorNear:
    """See Near. known: the best document and its cosine of the items for which that is certain; of others it is asked for."""

    search: PgvectorSearch
    group: Group
    query: Vector
    ranking: list[int]
    known: Mapping[int, tuple[int, float]]

    def best(self, items: Sequence[int]) -> list[tuple[int, float]] | None:
        """See Near."""
        rows = {item: self.group.documents(item).tolist() for item in items if item not in self.known}
        known = dict(self.known)
        if rows:
            cosines = self.search.cosines([row for of_item in rows.values() for row in of_item], self.query)
            if cosines is None:
                return None
            known |= {item: max(((row, cosines[row]) for row in of_item), key=_score) for item, of_item in rows.items()}
        return [known[item] for item in items]


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked of a segment: how many documents, by its index or by looking at all."""

    segment: Segment
    limit: int
    indexed: bool


def _score(found: tuple[int, float]) -> tuple[float, int]:
    row, cosine = found
    return cosine, -row


def _query(dimension: int) -> str:
    return f"$1::real[]::vector({dimension})"


def _statement(table: str, parts: Sequence[Part], dimension: int) -> str:
    """The nearest documents of some segments."""
    query = _query(dimension)
    selects = []
    for position, part in enumerate(parts):
        if part.indexed:
            order = f"(embedding::halfvec({dimension})) <#> {query}::halfvec({dimension})"
        else:
            order = f"embedding <#> {query}, number"
        selected = f"SELECT {position}, number, -(embedding <#> {query}) FROM {table}"  # noqa: S608 - a hash
        selects.append(f"({selected} WHERE {part.segment.condition} ORDER BY {order} LIMIT {part.limit})")
    return " UNION ALL ".join(selects)
