"""Points that nothing leads to: no cause or symptom cites them, and no question asks for them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.examined import Examined
from bot.errors import Problem
from bot.knowledge.types import Advice, Exclusion, Snapshot

CODE = "orphaned-point"


def orphaned_points(corpus: Examined) -> Iterator[Problem]:
    """A problem for each point that is only found by whoever happens to use its words."""
    cited = {point for advice in _advice(corpus.snapshot) for point in advice.cite}
    for entry in corpus.files.points:
        if entry.spec.id not in cited and not entry.spec.questions:
            says = (
                f"nothing cites `{entry.spec.id}` and it has no `questions`; write how people ask for it, cite it, or delete it"
            )
            yield Problem(entry.path, entry.line, CODE, says)


def _advice(snapshot: Snapshot) -> Iterator[Advice | Exclusion]:
    for cause in snapshot.causes.values():
        yield cause.summary
        yield from cause.fixes
        yield from cause.exclusions
    for symptom in snapshot.symptoms.values():
        yield from symptom.says
        yield from symptom.steps
        for candidate in symptom.candidates:
            yield from candidate.advice
