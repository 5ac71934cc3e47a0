"""What every embedder promises: texts to unit vectors, the same text always to the same vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.patterns import clean

Vectors = npt.NDArray[np.float32]
"""One row a text, each row of unit length."""

MAX_CHARACTERS = 20_000
"""Characters of a text that are looked at: far above what a model's window of tokens can hold, far below what costs time."""


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def identity(self) -> str:
        """A hash that differs whenever the vectors could; cheap, loads nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 array (len(texts), dimension); the same text always gives the same row."""


def prepared(text: str) -> str:
    """What a model is given of a text: bounded in length, and such that it can be encoded."""
    return clean(text[:MAX_CHARACTERS])
