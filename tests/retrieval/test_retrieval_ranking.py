"""Order of scores, exact nearest neighbours, and the fusion of rankings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.dense import nearest, similarities
from bot.retrieval.fusion import fuse
from bot.retrieval.ranking import top


@given(st.lists(st.integers(-3, 3), max_size=40), st.integers(0, 45))
def test_top_is_a_stable_sort_cut_to_k(values: list[int], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    assert top(scores, k).tolist() == sorted(range(len(values)), key=lambda index: (-values[index], index))[:k]


def test_top_never_prefers_minus_infinity() -> None:
    scores = np.array([-np.inf, 0.0, -np.inf, -1.0], dtype=np.float32)
    assert top(scores, 3).tolist() == [1, 3, 0]


def test_nearest_agrees_with_a_sort_of_all_cosines() -> None:
    generator = np.random.default_rng(3)
    vectors = generator.normal(size=(200, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[17]
    found = nearest(vectors, query, 10)
    cosines = [float(sum(a * b for a, b in zip(row.tolist(), query.tolist(), strict=True))) for row in vectors]
    assert [row for row, _ in found] == sorted(range(200), key=lambda row: -cosines[row])[:10]
    assert found[0][1] == pytest.approx(1.0, abs=1e-6)


def test_equal_rows_are_found_in_their_order() -> None:
    vectors = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], dtype=np.float32)
    assert [row for row, _ in nearest(vectors, vectors[3], 2)] == [0, 2]


def test_no_vectors_have_no_similarities() -> None:
    assert similarities(np.empty((0, 0), dtype=np.float32), np.ones(3, dtype=np.float32)).tolist() == []


@pytest.mark.parametrize(
    ("rankings", "weights", "expected"),
    [
        ([[7, 8], [8, 9]], [1.0, 1.0], [(8, 1 / 12 + 1 / 11), (7, 1 / 11), (9, 1 / 12)]),
        ([[7, 8], [8, 9]], [1.0, 0.0], [(7, 1 / 11), (8, 1 / 12), (9, 0.0)]),
        ([[7, 8], [9]], [1.0, 2.0], [(9, 2 / 11), (7, 1 / 11), (8, 1 / 12)]),
        ([[5], [3]], [1.0, 1.0], [(3, 1 / 11), (5, 1 / 11)]),
        ([[], [4]], [1.0, 1.0], [(4, 1 / 11)]),
        ([], [], []),
    ],
)
def test_fusion_sums_weighted_reciprocal_ranks(
    rankings: list[list[int]], weights: list[float], expected: list[tuple[int, float]]
) -> None:
    fused = fuse(rankings, weights, rank_constant=10)
    assert [item for item, _ in fused] == [item for item, _ in expected]
    assert [score for _, score in fused] == pytest.approx([score for _, score in expected])


def test_fusion_needs_a_weight_for_every_ranking() -> None:
    with pytest.raises(ValueError, match="shorter"):
        fuse([[1], [2]], [1.0])
