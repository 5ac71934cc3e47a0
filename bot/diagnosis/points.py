"""Documentation points that answer a question of fact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.diagnosis.ownership import Owner
from bot.knowledge.types import Point, Snapshot
from bot.patterns import compile_pattern, pattern_set
from bot.reading.types import Reading, SignalKind
from bot.retrieval.index import Hit, Index

MAX_POINTS = 5
FOUND = 10
"""Points of which those about other models than the one asked for are put last."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Least cosine similarity of the best point, by how sure it is that the question is about the product."""

    named: float = 0.35
    topic: float = 0.38
    open: float = 0.45
    other: float = 0.65
    """Another product is named and ours is not."""
    follows: float = 0.75
    """Further points must reach this share of the best one's similarity."""


GATE = Gate()


def find_points(snapshot: Snapshot, index: Index, reading: Reading, who: Owner) -> tuple[Point, ...]:
    """At most MAX_POINTS points, best first; none when nothing in the corpus is close enough to the question."""
    if not _for_documents(snapshot, reading.prose):
        return ()
    asked = frozenset(signal.value for signal in reading.signals if signal.kind is SignalKind.MODEL)
    hits = index.search(reading.prose, ("point",), FOUND)
    if not hits or max(hit.dense for hit in hits[:MAX_POINTS]) < _least(snapshot, reading, who):
        return ()
    best = max(hit.dense for hit in hits)
    points = [snapshot.points[hit.document.id] for hit in hits if _belongs(hit, best)]
    # A fact about another model than the one asked for is no answer, however alike it sounds.
    return tuple(sorted(points, key=lambda point: _of_another_model(snapshot, point, asked))[:MAX_POINTS])


def names_other_product(snapshot: Snapshot, prose: str) -> bool:
    """Whether the user's words name a product whose questions are not ours."""
    return bool(pattern_set(snapshot.profile.other_products).matches(prose.replace("\n", " ")))


def _of_another_model(snapshot: Snapshot, point: Point, asked: frozenset[str]) -> bool:
    """Whether a point names models, and none of those asked for; what holds for one model only is about all the others, too."""
    if not asked or not snapshot.profile.models or " only" in point.text:
        return False
    named = {model.lower() for model in _model_ids(snapshot.profile.models).findall(point.text)}
    return bool(named) and named.isdisjoint(asked)


@lru_cache(maxsize=8)
def _model_ids(pattern: str) -> Any:
    return compile_pattern(pattern)


def _for_documents(snapshot: Snapshot, prose: str) -> bool:
    """Whether documents may answer: the matter is none that only people can settle."""
    return not pattern_set(snapshot.profile.people_only).matches(prose.replace("\n", " "))


def _belongs(hit: Hit, best: float) -> bool:
    return hit.dense >= GATE.follows * best


def _least(snapshot: Snapshot, reading: Reading, who: Owner) -> float:
    if who is Owner.OURS:
        return GATE.named
    if names_other_product(snapshot, reading.prose):
        return GATE.other
    return GATE.topic if any(signal.kind is SignalKind.TOPIC for signal in reading.signals) else GATE.open
