"""What changed between two versions of the corpus, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.knowledge.diff_rules import describe_rules
from bot.knowledge.types import Cause, Point, Snapshot, Symptom

MAX_NAMED = 6
"""Ids named in one sentence, and entries whose changes are told one by one; the rest is counted."""

Entry = TypeVar("Entry", Cause, Symptom)


def describe_change(old: Snapshot, new: Snapshot) -> list[str]:
    """One sentence for each kind of entry that was added, removed or changed, each followed by what changed inside.

    Empty when the corpora say the same, whatever comments and the order of files are.
    """
    parts: list[tuple[str, Mapping[str, object], Mapping[str, object]]] = [
        ("causes", _placeless(old.causes), _placeless(new.causes)),
        ("symptoms", _placeless(old.symptoms), _placeless(new.symptoms)),
        ("points", old.points, new.points),
        ("sources", old.sources, new.sources),
        ("tracebacks", {e.id: e.text for e in old.examples}, {e.id: e.text for e in new.examples}),
        ("quiet texts", _quiet(old, new), _quiet(new, old)),
    ]
    changes = []
    for name, before, after in parts:
        changed = [i for i in after if i in before and after[i] != before[i]]
        for word, ids in (
            ("added", [i for i in after if i not in before]),
            ("removed", [i for i in before if i not in after]),
            ("changed", changed),
        ):
            if ids:
                changes.append(f"{name} {word}: {_named(ids)}")
        changes += [f"  {i}: {inside}" for i in changed[:MAX_NAMED] if (inside := "; ".join(_inside(before[i], after[i])))]
    if old.glossary.languages != new.glossary.languages:
        changes.append("glossary.yaml changed")
    if old.profile != new.profile or old.about != new.about:
        changes.append("product.yaml changed")
    return changes


def _placeless(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries without the lines of their tests, which move when a comment is written above them."""
    return {i: replace(entry, tests=tuple(replace(test, line=0) for test in entry.tests)) for i, entry in entries.items()}


def _quiet(these: Snapshot, others: Snapshot) -> dict[str, str]:
    """The quiet texts that the others lack, by place: a text that only moved in its list is the same."""
    known = {example.text for example in others.quiet}
    return {example.path.rpartition(":")[0]: example.text for example in these.quiet if example.text not in known}


def _inside(old: object, new: object) -> Iterator[str]:
    if isinstance(old, (Cause, Symptom)) and isinstance(new, (Cause, Symptom)):
        yield from describe_rules(old, new)
    if isinstance(old, Point) and isinstance(new, Point):
        names = (("text", "claim"), ("source", "page"), ("as_of", "date"), ("keys", "keys"), ("questions", "questions"))
        for field, word in (*names, ("was", "what the documents said before")):
            if getattr(old, field) != getattr(new, field):
                yield f"{word} changed"


def _named(ids: list[str]) -> str:
    rest = len(ids) - MAX_NAMED
    return ", ".join(ids[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")
