"""When an export agrees with its model: every vector near, and the same cause found first but for ties."""

from __future__ import annotations

import numpy as np
import pytest

from bot.retrieval.agreement import EVERY, compare, sample
from bot.retrieval.documents import Document, Kind
from bot.retrieval.embedder import Vectors


def document(number: int, kind: Kind = "cause", name: str = "") -> Document:
    return Document(name or f"c{number}", kind, f"text {number}")


def unit(*rows: list[float]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


LOST = [document(1, name="lost"), document(2, name="lost"), document(3, name="late"), document(4, name="late")]
APART = unit([1, 0, 0.1], [1, 0.1, 0], [0, 1, 0.1], [0.1, 1, 0])


def test_equal_vectors_agree() -> None:
    agreement = compare(LOST, APART, APART)
    assert agreement.passed
    assert (agreement.texts, agreement.phrases) == (4, 4)
    assert (agreement.same_first, agreement.equal_first) == (1.0, 1.0)
    assert agreement.min_cosine == pytest.approx(1.0)


def test_one_vector_too_far_away_is_enough_to_fail() -> None:
    other = APART.copy()
    other[1] = unit([1, 0.3, 0.1])[0]
    agreement = compare(LOST, APART, other)
    assert agreement.same_first == 1.0
    assert agreement.min_cosine < 0.99 < agreement.mean_cosine
    assert not agreement.passed


def test_another_cause_found_first_counts_unless_the_original_holds_them_for_equal() -> None:
    near = unit([1, 0, 0], [1, 0.10, 0], [1, 0, 0.12])
    swapped = unit([1, 0, 0], [1, 0.12, 0], [1, 0, 0.10])
    causes = [document(n) for n in range(3)]
    tie = compare(causes, near, swapped)
    assert [tie.same_first, tie.equal_first] == pytest.approx([1.0, 2 / 3])
    far = compare(causes, unit([1, 0, 0], [1, 0.1, 0], [0, 0, 1]), unit([1, 0, 0], [0, 1, 0], [1, 0, 0.1]))
    assert far.same_first < 0.99
    assert not far.passed


def test_only_phrases_of_causes_are_searched_and_further_texts_only_count_for_nearness() -> None:
    mixed = [document(1, "point"), document(2), document(3), document(4, "example")]
    agreement = compare(mixed, unit([1, 0], [1, 0], [0, 1], [1, 0], [0, 1]), unit([1, 0], [1, 0], [0, 1], [1, 0], [1, 0]))
    assert (agreement.texts, agreement.phrases) == (5, 2)
    assert agreement.min_cosine == pytest.approx(0.0)


@pytest.mark.parametrize("count", [0, 1])
def test_without_phrases_to_compare_nearness_decides(count: int) -> None:
    vectors = unit([1, 0], [0, 1])
    assert compare([document(n) for n in range(count)], vectors, vectors).passed
    assert not compare([document(n) for n in range(count)], vectors, vectors[::-1]).passed


def test_the_sample_holds_every_phrase_and_always_the_same_of_the_others() -> None:
    points = [document(n, "point") for n in range(3 * EVERY)]
    causes = [document(100 + n) for n in range(4)]
    chosen = sample([*points[:5], *causes, *points[5:]])
    assert [d for d in chosen if d.kind == "cause"] == causes
    assert [d for d in chosen if d.kind == "point"] == points[::EVERY]
    assert sample([*points, *causes], whole=True) == [*points, *causes]


def test_the_figures_are_told_in_words() -> None:
    words = str(compare(LOST, APART, APART))
    assert "least 1.0000 (needed 0.99)" in words
    assert "100.0% of 4 phrases" in words
