"""Cases whose text the corpus itself holds: they were tuned on, so they measure nothing."""

from __future__ import annotations

from bot.evaluation.cases import Case
from bot.knowledge.types import Cause, Snapshot, Symptom

EXCERPT = 6
"""Words from which a text inside another is hardly there by chance."""


def corpus_texts(snapshot: Snapshot) -> frozenset[str]:
    """Every text that somebody wrote into the corpus as a thing to recognise or to be silent on: tests, phrases, questions."""
    rules: list[Cause | Symptom] = [*snapshot.causes.values(), *snapshot.symptoms.values()]
    texts = [test.text for rule in rules for test in rule.tests]
    texts += [phrase for rule in rules for phrase in rule.phrases]
    texts += [question for point in snapshot.points.values() for question in point.questions]
    texts += [example.text for example in (*snapshot.examples, *snapshot.quiet)]
    return frozenset(map(_key, texts))


def is_held(case: Case, texts: frozenset[str]) -> bool:
    """Whether a case's text is one of them, white space aside."""
    return _key(case["text"]) in texts


def holds_excerpt(case: Case, texts: frozenset[str]) -> bool:
    """Whether one of them, of EXCERPT words or more, stands inside a case's text: such a case is not left out, but is no news."""
    key = f" {_key(case['text'])} "
    return any(f" {text} " in key for text in texts if text.count(" ") >= EXCERPT - 1)


def _key(text: str) -> str:
    return " ".join(text.split())
