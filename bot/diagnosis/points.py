"""Documentation points that answer a question of fact."""

from __future__ import annotations

from dataclasses import dataclass

from bot.diagnosis.ownership import Owner
from bot.knowledge.types import Point, Snapshot
from bot.patterns import pattern_set
from bot.reading.types import Reading, SignalKind
from bot.retrieval.index import Hit, Index

MAX_POINTS = 5


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
    hits = index.search(reading.prose, ("point",), MAX_POINTS)
    if not hits or max(hit.dense for hit in hits) < _least(snapshot, reading, who):
        return ()
    best = max(hit.dense for hit in hits)
    return tuple(snapshot.points[hit.document.id] for hit in hits if _belongs(hit, best))


def names_other_product(snapshot: Snapshot, prose: str) -> bool:
    """Whether the user's words name a product whose questions are not ours."""
    return bool(pattern_set(snapshot.profile.other_products).matches(prose.replace("\n", " ")))


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
