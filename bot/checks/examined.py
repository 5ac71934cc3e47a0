"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass

from bot.diagnosis.conditions import Key
from bot.knowledge.files import Files, Rules
from bot.knowledge.schema import CauseSpec, SymptomSpec
from bot.knowledge.types import Condition, Snapshot

PATTERNS = frozenset({"text", "prose", "error"})
"""Kinds of signals that are searched in the lines of a paste."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A corpus as written, as loaded, and which conditions hold in each of its texts."""

    files: Files
    snapshot: Snapshot
    hits: Callable[[str], Set[Key]]

    def rules(self) -> Iterator[tuple[Rules[CauseSpec] | Rules[SymptomSpec], Mapping[str, Condition]]]:
        """Every rule file with its conditions."""
        for cause in self.files.causes:
            yield cause, self.snapshot.causes[cause.spec.id].conditions
        for symptom in self.files.symptoms:
            yield symptom, self.snapshot.symptoms[symptom.spec.id].conditions
