"""What changed between two versions of the corpus, in words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.types import Snapshot

MAX_NAMED = 6
"""Ids named in one sentence; the rest is counted."""


def describe_change(old: Snapshot, new: Snapshot) -> list[str]:
    """One sentence for each kind of entry that was added, removed or changed; empty when the corpora are the same."""
    parts: list[tuple[str, Mapping[str, object], Mapping[str, object]]] = [
        ("causes", old.causes, new.causes),
        ("symptoms", old.symptoms, new.symptoms),
        ("points", old.points, new.points),
        ("sources", old.sources, new.sources),
        ("tracebacks", {e.id: e.text for e in old.examples}, {e.id: e.text for e in new.examples}),
        ("quiet texts", {e.path: e.text for e in old.quiet}, {e.path: e.text for e in new.quiet}),
    ]
    changes = []
    for name, before, after in parts:
        for word, ids in (
            ("added", [i for i in after if i not in before]),
            ("removed", [i for i in before if i not in after]),
            ("changed", [i for i in after if i in before and after[i] != before[i]]),
        ):
            if ids:
                changes.append(f"{name} {word}: {_named(ids)}")
    if old.profile != new.profile or old.about != new.about:
        changes.append("product.yaml changed")
    return changes


def _named(ids: list[str]) -> str:
    rest = len(ids) - MAX_NAMED
    return ", ".join(ids[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")
