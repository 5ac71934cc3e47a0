"""Documents of an item side by side: the best score of each item, and the document that has it."""

from __future__ import annotations

import numpy as np
import pytest

from bot.retrieval.groups import Groups

ITEMS = [("point", "a"), ("point", "a"), ("cause", "b"), ("point", "c"), ("cause", "b"), ("cause", "d")]
SCORES = np.array([0.1, 0.5, 0.2, 0.3, 0.9, 0.9], dtype=np.float32)


@pytest.mark.parametrize(
    ("kinds", "best", "rows"),
    [
        ({"point"}, [0.5, 0.3], [1, 3]),
        ({"cause"}, [0.9, 0.9], [4, 5]),
        ({"point", "cause"}, [0.5, 0.9, 0.3, 0.9], [1, 4, 3, 5]),
    ],
)
def test_each_item_has_its_best_document(kinds: set[str], best: list[float], rows: list[int]) -> None:
    group = Groups(ITEMS).of(kinds)
    scores = SCORES[group.rows]
    assert group.best(scores).tolist() == pytest.approx(best)
    assert [group.row(item, scores) for item in range(len(rows))] == rows


def test_of_equal_documents_the_first_stands_for_the_item() -> None:
    group = Groups([("point", "a")] * 3).of(["point"])
    assert group.row(0, np.zeros(3, dtype=np.float32)) == 0


def test_documents_that_stand_together_are_not_copied() -> None:
    groups = Groups([("point", "a"), ("point", "b"), ("cause", "c")])
    assert groups.of(["point"]).rows == slice(0, 2)
    assert groups.of(["cause"]).rows == slice(2, 3)
    assert groups.of(["point"]) is groups.of(("point",))


def test_a_kind_without_documents_has_no_items() -> None:
    assert len(Groups(ITEMS).of(["example"]).starts) == 0
    assert len(Groups([]).of(["point"]).starts) == 0


def test_an_item_knows_its_documents_and_a_document_its_item() -> None:
    group = Groups(ITEMS).of(["cause", "point"])
    assert [group.documents(item).tolist() for item in range(4)] == [[0, 1], [2, 4], [3], [5]]
    assert group.items(range(6)) == [0, 0, 1, 2, 1, 3]
    assert Groups(ITEMS).of(["cause"]).items([5, 2, 4]) == [1, 0, 0]
    assert group.items([]) == []


def test_a_group_names_the_kinds_that_it_has() -> None:
    assert Groups(ITEMS).of(["point", "cause", "example"]).kinds == ("cause", "point")
