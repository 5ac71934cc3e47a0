"""Vectors that were computed before: on disk for the corpus, in a small bounded memory for what users write.

Nothing of a user's text is ever written here, neither the text nor its vector. Of the corpus, the file holds a hash of each
text and its vector. The file is a cache: it may be deleted at any time, and a damaged one is replaced.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.store import Known, VectorStore, stored, unit_vector

FILE_NAME = "vectors.sqlite"
BUSY_SECONDS = 10.0
"""How long to wait for another process that is writing."""
MAX_ROWS = 200_000
"""Vectors kept (300 MB at 384 dimensions); beyond it the oldest go."""
LOOKUP_BATCH = 500
"""Keys in one query: below every limit SQLite has on variables."""
QUERY_MEMORY = 256
"""Query vectors kept in memory."""

SCHEMA = """CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY, model TEXT NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, UNIQUE (model, text)
)"""

UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_AUTH,
    }
)
"""Errors that say nothing against the file: it stays, and this once the bot does without."""

Result = TypeVar("Result")
log = logging.getLogger(__name__)
BLOCK = 250
"""Texts embedded between two reports of progress."""


class Embedded(NamedTuple):
    """Vectors of texts, in their order, float32 (n, dimension), and how many of them had to be computed."""

    vectors: Vectors
    computed: int


class VectorCache:
    """A file of vectors keyed by model and text; safe between processes, and never a reason to fail.

    A connection lives for one call: two processes then never hold a file that the other is replacing.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME

    def read(self, model: str, keys: Sequence[bytes]) -> Known:
        """The known vectors of the given text hashes; those that are not unit vectors are as good as absent."""

        def select(connection: sqlite3.Connection) -> Known:
            found: Known = {}
            for start in range(0, len(keys), LOOKUP_BATCH):
                batch = keys[start : start + LOOKUP_BATCH]
                marks = ",".join("?" * len(batch))
                query = f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})"  # noqa: S608 - marks only
                for key, blob in connection.execute(query, (model, *batch)):
                    vector = unit_vector(blob)
                    if vector is not None:
                        found[key] = vector
            return found

        return self._run(select, {}) if keys else {}

    def write(self, model: str, vectors: Mapping[bytes, npt.NDArray[np.float32]]) -> None:
        """Keep vectors under their text hashes, all of them or none."""

        def insert(connection: sqlite3.Connection) -> None:
            rows = [(model, key, stored(vector)) for key, vector in vectors.items()]
            connection.executemany("INSERT OR REPLACE INTO vectors (model, text, vector) VALUES (?, ?, ?)", rows)
            connection.execute("DELETE FROM vectors WHERE number <= (SELECT MAX(number) FROM vectors) - ?", (MAX_ROWS,))

        if vectors:
            self._run(insert, None)

    @contextmanager
    def turn(self, _model: str, _keys: Sequence[bytes]) -> Iterator[Known]:
        """At once: processes that share a file are few, and what two compute at the same time is the same."""
        yield {}

    def _run(self, work: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """Do the work in one transaction; on a damaged file replace it and try once more, else go without the cache."""
        for attempt in (1, 2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection, connection:
                    connection.execute(SCHEMA)
                    return work(connection)
            except OSError as error:
                log.warning("the vector cache %s cannot be used: %s", self._path, error)
                return otherwise
            except sqlite3.Error as error:
                # Extended codes carry the primary code in their lowest byte.
                code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
                if code in UNAVAILABLE or attempt == 2:
                    log.warning("the vector cache %s cannot be used: %s", self._path, error)
                    return otherwise
                log.warning("the vector cache %s is damaged (%s): starting a new one", self._path, error)
                _remove(self._path)
        return otherwise


class QueryVectors:
    """The vectors of the last queries, in memory only; thread-safe."""

    def __init__(self, embedder: Embedder, size: int = QUERY_MEMORY) -> None:
        self._embedder = embedder
        self._size = size
        self._known: OrderedDict[bytes, npt.NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        """Unit vector of a query, float32 (dimension,); raises ModelError when the model cannot be loaded."""
        key = text_key(text)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        vector: npt.NDArray[np.float32] = self._embedder.encode([text])[0]
        vector.setflags(write=False)
        with self._lock:
            self._known[key] = vector
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return vector


def embed_all(texts: Iterable[str], embedder: Embedder, store: VectorStore | None) -> Embedded:
    """Vectors of the texts, each computed only if neither the store nor an equal text before it has it.

    Raises ModelError when something must be computed and the model cannot be loaded.
    """
    wanted = list(texts)
    keys = [text_key(text) for text in wanted]
    by_key = dict(zip(keys, wanted, strict=True))
    known = store.read(embedder.identity, list(by_key)) if store is not None else {}
    missing = [key for key in by_key if key not in known]
    if missing:
        with store.turn(embedder.identity, missing) if store is not None else nullcontext({}) as found:
            known |= found
            missing = [key for key in missing if key not in known]
            known |= _compute(missing, by_key, embedder, store)
    if len({len(vector) for vector in known.values()}) > 1:
        log.warning("stored vectors of this model are of another length: computing all of them again")
        missing = list(by_key)
        known = _compute(missing, by_key, embedder, store)
    if not wanted:
        return Embedded(np.empty((0, 0), dtype=np.float32), 0)
    return Embedded(np.stack([known[key] for key in keys]), len(missing))


def _compute(keys: Sequence[bytes], texts: Mapping[bytes, str], embedder: Embedder, store: VectorStore | None) -> Known:
    """Vectors of the texts behind the keys, each block stored at once; without a key the embedder is not called."""
    found: Known = {}
    for start in range(0, len(keys), BLOCK):
        block = keys[start : start + BLOCK]
        log.info("embedding texts %d to %d of %d", start + 1, start + len(block), len(keys))
        fresh = dict(zip(block, embedder.encode([texts[key] for key in block]), strict=True))
        if store is not None:
            store.write(embedder.identity, fresh)
        found |= fresh
    return found


def text_key(text: str) -> bytes:
    """sha256 of a text, whatever characters are in it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _remove(path: Path) -> None:
    """Delete the file and what SQLite may have left beside it."""
    for name in (path.name, f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm"):
        try:
            path.with_name(name).unlink(missing_ok=True)
        except OSError as error:
            log.warning("cannot delete %s: %s", path.with_name(name), error)
