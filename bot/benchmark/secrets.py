"""Tries whether every planted secret is hidden, and how many ordinary values are hidden with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.benchmark.notations import NOT_SPLIT
from bot.benchmark.ordinary import ordinary_texts
from bot.benchmark.planted import Planted, left_of, planted, wrapped
from bot.reading.profile import Profile
from bot.reading.redact import redact

LONG = 20
"""Characters of a secret from which each part of it can still be known when it is split."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How many planted secrets of a kind were hidden whole: on one line, and split by a line wrap."""

    kind: str
    whole: int
    whole_hidden: int
    split: int
    split_hidden: int


@dataclass(frozen=True, slots=True)
class SecretsReport:
    """Recall by kind, the texts in which something was left, and how many of the ordinary texts were changed."""

    recalls: tuple[Recall, ...]
    leaks: tuple[Planted, ...]
    ordinary: int
    changed: int

    @property
    def recall(self) -> float:
        """The share of planted secrets that were hidden whole."""
        tried = sum(one.whole + one.split for one in self.recalls)
        return 1 - len(self.leaks) / tried if tried else 1.0


def try_secrets(profile: Profile) -> SecretsReport:
    """The report for a profile's own kinds of keys and the general ones."""
    counts: dict[str, list[int]] = {}
    leaks: list[Planted] = []
    for one in planted(profile):
        count = counts.setdefault(one.kind, [0, 0, 0, 0])
        for index, texts in ((0, [one]), (2, _splits(one))):
            for text in texts:
                hidden = not left_of(text.secret, redact(text.text, profile)[0])
                count[index] += 1
                count[index + 1] += hidden
                if not hidden:
                    leaks.append(text)
    ordinary = ordinary_texts()
    changed = sum(redact(text, profile)[0] != text for text in ordinary)
    recalls = tuple(Recall(kind, *count) for kind, count in counts.items())
    return SecretsReport(recalls, tuple(leaks), len(ordinary), changed)


def table(report: SecretsReport) -> str:
    """The report as a Markdown table and one sentence."""
    lines = ["| Kind | Planted | Hidden | Split by a line wrap | Hidden |", "|---|---:|---:|---:|---:|"]
    for one in report.recalls:
        split = f"{one.split} | {one.split_hidden}" if one.split else "- | -"
        lines.append(f"| {one.kind} | {one.whole} | {one.whole_hidden} | {split} |")
    lines.append(
        f"\nRecall {report.recall:.4f}; of {report.ordinary} texts without a secret {report.changed} were changed "
        f"({100 * report.changed / report.ordinary:.2f} %)."
    )
    return "\n".join(lines)


def _splits(one: Planted) -> Iterable[Planted]:
    """Split texts of what can still be known when it is split: long keys, and values behind their name."""
    if (
        len(one.secret) < LONG
        or one.kind in ("private-key", "e-mail", "piped")
        or one.wrapping.removeprefix("named: ") in NOT_SPLIT
    ):
        return ()
    return wrapped(one)
