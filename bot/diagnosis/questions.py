"""What to ask: the facts that best separate the causes that remain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.diagnosis.types import Hypothesis
from bot.knowledge.types import Cause, Question, Symptom

MAX_QUESTIONS = 3
CANDIDATES = 5
"""Causes between which the questions are to decide."""
ASKING = 2
"""Causes whose own questions are asked."""
LEAST = 0.03
"""Probability below which a cause is not worth a question."""
_TOLD_BY = {"trace": frozenset({"exception", "frame", "error"})}
"""Kinds of conditions that a question's kind of fact decides, where they are not called the same."""


def questions(
    known: frozenset[str],
    hypotheses: Sequence[Hypothesis],
    symptom: Symptom | None,
    *,
    decided: bool,
    asked_before: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """At most MAX_QUESTIONS texts, the most telling first; nothing that the conversation has shown already.

    A question for no typed fact is asked once: whether prose has answered it cannot be told.

    The gain of a question is the mutual information between its answer and the cause, over the candidates' probabilities. A
    decided cause has only its own author's questions.
    """
    if decided:
        asked = [(0.0, question) for question in hypotheses[0].cause.ask]
    else:
        candidates = hypotheses[:CANDIDATES]
        asked = [(_gain(q, candidates, h.cause), q) for h in candidates[:ASKING] if h.confidence >= LEAST for q in h.cause.ask]
        asked.sort(key=lambda pair: -pair[0])  # stable: among equals, the author's order
        # A symptom's own questions were written to tell all its candidates apart.
        asked = [*((math.inf, question) for question in (symptom.ask if symptom else ())), *asked]
    texts, facts = [], set(known)
    for _, question in asked:
        repeated = not question.unless and question.text in asked_before
        if question.unless not in facts and question.text not in texts and not repeated:
            texts.append(question.text)
            facts |= {question.unless} if question.unless else set()
    return tuple(texts[:MAX_QUESTIONS])


def _gain(question: Question, candidates: Sequence[Hypothesis], asker: Cause) -> float:
    """Bits that the answer is worth.

    A question about a kind of fact tells apart the causes whose rules need different values of it. Any other one does what its
    author wrote it for: it settles its own cause.
    """
    shares: defaultdict[object, float] = defaultdict(float)
    for candidate in candidates:
        if question.unless:
            answer: object = _needs(candidate.cause, question.unless)
        else:
            answer = candidate.cause.id == asker.id
        shares[answer] += candidate.confidence
    return _entropy(shares.values())


def _needs(cause: Cause, kind: str) -> frozenset[object]:
    kinds = _TOLD_BY.get(kind, frozenset({kind}))
    return frozenset(condition.value for condition in cause.conditions.values() if condition.kind in kinds)


def _entropy(shares: Iterable[float]) -> float:
    """Shannon entropy in bits of shares that need not add up to one; rounded, so that equal gains are equal on every machine."""
    positive = [share for share in shares if share > 0]
    total = sum(positive)
    return round(-sum(share / total * math.log2(share / total) for share in positive), 6) if positive else 0.0
