"""The k best of an array of scores, with ties broken by position: the one definition of order that all searches share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def top(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Indices of the k highest scores, best first, equal scores in ascending order of index.

    `argpartition` alone picks any of the scores that tie at the border; here the border score only bounds the candidates.
    """
    if k <= 0 or scores.size == 0:
        return np.empty(0, dtype=np.intp)
    if k < scores.size:
        border = np.partition(scores, scores.size - k)[scores.size - k]
        candidates = np.flatnonzero(scores >= border)
    else:
        candidates = np.arange(scores.size)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:k]
