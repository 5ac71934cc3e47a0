"""Rules that hold in texts which show no failure of the product, and patterns that are found nearly everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.checks.examined import PATTERNS, Examined
from bot.errors import Problem
from bot.knowledge.files import Rules
from bot.knowledge.schema import CauseSpec, SymptomSpec

CODE = "too-broad"
MAX_CLAUSE_SHARE = 0.02
"""Share of the quiet texts in which a clause's signals may hold together. A pattern that is a clause of its own counts alone."""
MAX_PATTERN_SHARE = 0.5
"""Share of the quiet texts in which one pattern may be found: beyond it, it tells nothing, in whatever company."""
MIN_FOUND = 3
"""Texts; fewer are chance."""


def broad_rules(corpus: Examined) -> Iterator[Problem]:
    """A problem for each clause and each pattern that quiet texts have in common.

    What must be absent, and another vendor's marks, are left out of account: a clause that only they keep silent fires on the
    next quiet text that lacks them. That no rule fires on a quiet text is another check (bot.diagnosis.selftest).
    """
    quiet = [(example.path, corpus.hits(example.text)) for example in corpus.snapshot.quiet]
    for rules, conditions in corpus.rules():
        for level, i, clause in _clauses(rules):
            keys = {conditions[name].key for name in clause if not name.startswith("!")}
            found = [path for path, hits in quiet if keys <= hits]
            if _many(found, quiet, MAX_CLAUSE_SHARE):
                line = rules.document.line((level, i))
                yield Problem(rules.path, line, CODE, _says(f"`{', '.join(clause)}` under `{level}`", found, quiet))
        for name, condition in conditions.items():
            found = [path for path, hits in quiet if condition.key in hits]
            if condition.kind in PATTERNS and _many(found, quiet, MAX_PATTERN_SHARE):
                line = rules.document.line(("signals", name))
                yield Problem(rules.path, line, CODE, _says(f"the pattern of `{name}`", found, quiet))


def _clauses(rules: Rules[CauseSpec] | Rules[SymptomSpec]) -> Iterator[tuple[str, int, list[str]]]:
    for level in ("certain", "likely", "possible", "when"):
        for i, clause in enumerate(getattr(rules.spec, level, [])):
            yield level, i, clause


def _many(found: Sequence[str], quiet: Sequence[object], share: float) -> bool:
    return len(found) >= MIN_FOUND and len(found) > share * len(quiet)


def _says(what: str, found: Sequence[str], quiet: Sequence[object]) -> str:
    seen = f"found in {len(found)} of {len(quiet)} quiet texts, such as {found[0]}"
    return f"{what}, without what must be absent, is {seen}; ask for words that only this failure has"
