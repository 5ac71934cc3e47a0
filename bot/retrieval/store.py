"""Where vectors that were computed before are kept: what every such store promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
import numpy.typing as npt

Known = dict[bytes, npt.NDArray[np.float32]]
"""Unit vectors, float32 (dimension,), by the sha256 of their texts."""


class VectorStore(Protocol):
    """Vectors by model and text; never a reason to fail: what cannot be read is absent, what cannot be written is lost."""

    def read(self, model: str, keys: Sequence[bytes]) -> Known:
        """The known vectors of the given text hashes."""

    def write(self, model: str, vectors: Mapping[bytes, npt.NDArray[np.float32]]) -> None:
        """Keep vectors under their text hashes."""

    def turn(self, model: str, keys: Sequence[bytes]) -> AbstractContextManager[Known]:
        """The time in which this process computes what is missing; given are those that others computed before its turn."""


def unit_vector(blob: object) -> npt.NDArray[np.float32] | None:
    """The vector in a stored blob, or None if it cannot be a unit vector."""
    if not isinstance(blob, bytes) or not blob or len(blob) % 4:
        return None
    vector: npt.NDArray[np.float32] = np.frombuffer(blob, dtype="<f4").astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector if abs(length - 1.0) < 1e-3 else None


def stored(vector: npt.NDArray[np.float32]) -> bytes:
    """The blob that a vector is stored as: little-endian float32."""
    return np.asarray(vector, dtype="<f4").tobytes()
