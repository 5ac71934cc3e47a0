"""A question of fact is answered from the points that are close enough to it, and not at all otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import pytest

from bot.diagnosis.ownership import Owner
from bot.diagnosis.points import GATE, MAX_POINTS, find_points
from bot.engine import Engine
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.retrieval.documents import Document, Kind
from bot.retrieval.index import Hit, Index


class FixedIndex:
    """An index that finds the same points whatever is asked; remembers what was asked."""

    def __init__(self, similarities: Sequence[tuple[str, float]]) -> None:
        self._hits = [Hit(Document(item, "point", ""), 1.0, dense, 0.0, None, None) for item, dense in similarities]
        self.asked: list[str] = []

    def search(self, query: str, kinds: Iterable[Kind], limit: int) -> list[Hit]:
        assert list(kinds) == ["point"]
        self.asked.append(query)
        return self._hits[:limit]


def found(snapshot: Snapshot, text: str, who: Owner, *similarities: tuple[str, float]) -> list[str]:
    index = cast("Index", FixedIndex(similarities))
    return [point.id for point in find_points(snapshot, index, Reader(snapshot.profile).read(text), who)]


GATES = [
    ("the product is named", "is the socket of Parcelo open at night?", Owner.OURS, GATE.named),
    ("a word of its field", "may a parcel be round?", Owner.OPEN, GATE.topic),
    ("nothing says", "is it open at night?", Owner.OPEN, GATE.open),
    ("another product is named", "is shipfast open at night?", Owner.OPEN, GATE.other),
]


@pytest.mark.parametrize(("text", "who", "least"), [row[1:] for row in GATES], ids=[row[0] for row in GATES])
def test_the_less_is_said_of_the_product_the_closer_a_point_must_be(
    snapshot: Snapshot, text: str, who: Owner, least: float
) -> None:
    other = replace(snapshot, profile=replace(snapshot.profile, other_products=(r"\bshipfast\b",)))
    assert found(other, text, who, ("weight-limit", least + 0.001)) == ["weight-limit"]
    assert found(other, text, who, ("weight-limit", least - 0.001)) == []


def test_the_gates_rise_with_doubt() -> None:
    assert GATE.named <= GATE.topic <= GATE.open <= GATE.other


def test_further_points_must_be_nearly_as_close_as_the_best(snapshot: Snapshot) -> None:
    best = 0.8
    near, far = best * GATE.follows + 0.01, best * GATE.follows - 0.01
    assert found(snapshot, "how?", Owner.OURS, ("weight-limit", best), ("live-idle", near), ("live-reason", far)) == [
        "weight-limit",
        "live-idle",
    ]


def test_nothing_found_is_no_answer(snapshot: Snapshot) -> None:
    assert found(snapshot, "how?", Owner.OURS) == []


def test_what_only_people_can_settle_is_not_looked_up(snapshot: Snapshot) -> None:
    people = replace(snapshot, profile=replace(snapshot.profile, people_only=(r"\brefund\b",)))
    index = FixedIndex([("weight-limit", 0.9)])
    reading = Reader(people.profile).read("can I get\na refund for my parcel?")
    assert find_points(people, cast("Index", index), reading, Owner.OURS) == ()
    assert index.asked == []


QUESTIONS = [
    ("how heavy can one parcel be?", "weight-limit"),
    ("what is the maximum weight of a shipment", "weight-limit"),
    ("how long does the tracking socket stay open without a message?", "live-idle"),
]


@pytest.mark.parametrize(("text", "first"), QUESTIONS)
def test_the_best_point_comes_first(parcel_engine: Engine, text: str, first: str) -> None:
    points = parcel_engine.answer(text).diagnosis.points
    assert [point.id for point in points][:1] == [first]
    assert len(points) <= MAX_POINTS


@pytest.mark.parametrize("text", ["what is the capital of France?", "who won the match yesterday?", "how do I cook rice?"])
def test_a_question_about_something_else_is_not_answered(parcel_engine: Engine, text: str) -> None:
    assert parcel_engine.answer(text).diagnosis.points == ()


def test_a_fact_about_another_model_than_the_one_asked_for_comes_last(snapshot: Snapshot) -> None:
    first, second = list(snapshot.points.values())[:2]
    named = replace(snapshot, profile=replace(snapshot.profile, models=r"\bparc-\d\b"))
    points = {
        **snapshot.points,
        first.id: replace(first, text="parc-1 takes 5 kg."),
        second.id: replace(second, text="parc-2 takes 9 kg."),
    }
    asked = "how much does parc-2 take?"
    alike = [(first.id, 0.9), (second.id, 0.8)]
    assert found(replace(named, points=points), asked, Owner.OURS, *alike) == [second.id, first.id]
    points[first.id] = replace(first, text="Only parc-1 takes a label; that is so for parc-1 only.")
    assert found(replace(named, points=points), asked, Owner.OURS, *alike) == [first.id, second.id]
