"""Two claims are one when they are close in meaning and their values agree."""

from __future__ import annotations

import numpy as np
import pytest

from bot.checks.near_duplicates import LEAST_COSINE, near_duplicates
from bot.errors import Problem
from bot.knowledge.files import Entry
from bot.knowledge.schema import PointSpec
from bot.retrieval.embedder import Vectors


def entries(*texts: str) -> list[Entry[PointSpec]]:
    specs = [PointSpec(id=f"p{i}", text=text, source="s", as_of="2026") for i, text in enumerate(texts)]
    return [Entry(spec, "points/x.yaml", 10 * i + 1) for i, spec in enumerate(specs)]


def at_cosine(cosine: float) -> Vectors:
    return np.array([[1.0, 0.0], [cosine, (1 - cosine**2) ** 0.5]], dtype=np.float32)


def found(first: str, second: str, cosine: float) -> list[Problem]:
    return list(near_duplicates(entries(first, second), at_cosine(cosine)))


PAIRS = [
    ("Labels are A6.", "The size of a label is A6.", 0.95, True),
    ("Labels are A6.", "The size of a label is A6.", LEAST_COSINE - 0.01, False),
    ("At most 5 labels.", "At most 15 labels.", 0.99, False),
    ("print_label takes 5 s.", "scan_label takes 5 s.", 0.99, False),
    ("At most 5 labels a minute.", "At most 5 labels a minute, 300 an hour.", 0.9, True),
    ("It takes 3,000 bytes.", "It takes 3,000.", 0.9, True),
    ("printer_a1 is slow.", "printer_b2 is slow.", 0.99, False),
    ("Labels cannot be printed twice.", "A label is printed only once.", 0.9, True),
]


@pytest.mark.parametrize(("first", "second", "cosine", "same"), PAIRS)
def test_a_claim_restates_another_when_close_and_no_value_differs(first: str, second: str, cosine: float, same: bool) -> None:
    assert bool(found(first, second, cosine)) is same
    assert bool(found(second, first, cosine)) is same


def test_the_later_one_is_reported_and_names_the_earlier() -> None:
    (problem,) = found("Labels are A6.", "A label is A6.", 0.93)
    assert (problem.path, problem.line, problem.code) == ("points/x.yaml", 11, "near-duplicate")
    assert "`p0` (points/x.yaml:1)" in problem.message
    assert "0.93" in problem.message


def test_no_points_have_no_duplicates() -> None:
    assert list(near_duplicates([], np.empty((0, 0), dtype=np.float32))) == []
