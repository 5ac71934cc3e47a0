"""Sentences with the pages that support them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.diagnosis.types import Evidence
from bot.knowledge.types import Advice, Point, Snapshot
from bot.reply.types import Section, Sentence

CHANGED = " (page changed since we read it)"
QUOTED = 2
"""Lines of the paste that an answer quotes: the first screen is small."""


class Citer:
    """Turns advice and points of one snapshot into cited sentences."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._points = snapshot.points
        self.docs = snapshot.about["docs"]
        self.snapshot = snapshot

    def sentence(self, advice: Advice, *, lead: str = "", after: str = "") -> Sentence:
        """The advice as a sentence; `after` is added at its end."""
        sources = tuple(dict.fromkeys(self._points[point].source for point in advice.cite))
        return Sentence(advice.text + after + self._note(advice.cite), sources, lead)

    def point(self, point: Point) -> Sentence:
        """A documentation point as a sentence."""
        return Sentence(point.statement + self._note((point.id,)), (point.source,))

    def _note(self, points: tuple[str, ...]) -> str:
        """What has to be said of a sentence that stands on stale points alone."""
        return CHANGED if points and self.snapshot.stale.issuperset(points) else ""

    @staticmethod
    def used(sections: Iterable[Section]) -> list[str]:
        """The ids of the sources that the sections cite, each once, in order of first use."""
        return list(dict.fromkeys(i for section in sections for sentence in section.sentences for i in sentence.sources))


def first_lines(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The lines to quote: the first ones that differ, in the order of the paste."""
    different = list({e.quote: e for e in reversed(evidence)}.values())[::-1]
    return tuple(sorted(different[:QUOTED], key=lambda e: (not e.earlier, e.number)))
