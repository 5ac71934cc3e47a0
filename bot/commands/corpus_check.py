"""`corpus check`: every problem of the knowledge folder, one a line."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.checks.run import Report, check_corpus
from bot.knowledge.types import Snapshot
from bot.settings import Settings


def check(folder: Path, settings: Settings, *, strict: bool) -> int:
    """Print the problems of a corpus and a summary; returns 1 if there is an error, or with `strict` any problem."""
    report = check_corpus(folder, settings, datetime.now(UTC).date())
    for problem in sorted((*report.errors, *report.warnings)):
        print(problem)
    for reason in report.skipped:
        print(f"not checked: {reason}", file=sys.stderr)
    print(_summary(report))
    return 1 if report.snapshot is None or report.errors or (strict and report.warnings) else 0


def _summary(report: Report) -> str:
    errors, warnings = len(report.errors), len(report.warnings)
    if report.snapshot is None or errors:
        split = f": {_count(errors, 'error')}, {_count(warnings, 'warning')}" if warnings else ""
        return f"{errors + warnings} problems{split}"
    found = f"{_count(warnings, 'warning')}, no errors" if warnings else "No problems"
    return f"{found}: {', '.join(_parts(report.snapshot))}"


def _parts(snapshot: Snapshot) -> list[str]:
    tests = sum(len(cause.tests) for cause in snapshot.causes.values()) + sum(len(s.tests) for s in snapshot.symptoms.values())
    return [
        _count(len(snapshot.causes), "cause"),
        _count(len(snapshot.symptoms), "symptom"),
        _count(len(snapshot.points), "point"),
        _count(tests, "test"),
        _count(len(snapshot.quiet), "quiet text"),
    ]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
