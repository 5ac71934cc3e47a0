"""What the tests of vectors in PostgreSQL share: a link to the database of a test, and an embedder that counts."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence

import numpy as np
from sqlalchemy import make_url

from bot.retrieval.embedder import Vectors
from bot.retrieval.postgres.link import Link
from bot.state.postgres import connect


def open_link(url: str, retry_after_s: float = 0.2) -> Link:
    """A link of its own, as another process has one; it ends with the test run, and its connections with their database."""
    parsed = make_url(url)
    return Link(lambda command_s, *, patient: connect(parsed, command_s, patient=patient), retry_after_s=retry_after_s)


class HashEmbedder:
    """Unit vectors from a hash of the text; remembers what it was asked, by any thread."""

    identity = "hashes"

    def __init__(self, dimension: int = 16, delay_s: float = 0.0) -> None:
        self._dimension = dimension
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 array (len(texts), dimension)."""
        time.sleep(self._delay_s * len(texts))
        with self._lock:
            self.asked.extend(texts)
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        rows = np.stack([np.random.default_rng(seed).standard_normal(self._dimension) for seed in seeds])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
