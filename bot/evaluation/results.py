"""Results for keeps: everything as JSON, and the numbers that decide as a Markdown page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.evaluation.report import Report, headlines, number


@dataclass(frozen=True, slots=True)
class Results:
    """One run: the command and the day (ISO) it ran on, the version of the corpus, and what was measured.

    scored: the report that counts. left_out: the ids of cases that it leaves out. excerpts: the ids of scored cases that hold a
    text of the corpus as an excerpt. everything: the report with those left out, for comparison. files: both reports of each
    file of cases. variants: simpler ways of answering, over the same cases as `scored`.
    """

    command: str
    day: str
    corpus: str
    scored: Report
    left_out: tuple[str, ...]
    excerpts: tuple[str, ...]
    everything: Report
    files: Mapping[str, tuple[Report, Report]]
    variants: Mapping[str, Report]

    @property
    def cases(self) -> str:
        """How many cases there were, and how many of them count."""
        scored = _cases(self.scored)
        inside = f"; {len(self.excerpts)} of those scored hold one of its texts as an excerpt" if self.excerpts else ""
        if not self.left_out:
            return f"{scored} cases, all scored{inside}"
        out = f"{len(self.left_out)} left out, whose text the corpus holds"
        return f"{scored + len(self.left_out)} cases, {scored} scored; {out}{inside}"

    @property
    def by_file(self) -> dict[str, Report]:
        """The reports of each file and of all, with those left out below where there are any."""
        named: dict[str, Report] = {}
        for name, (scored, everything) in {**self.files, "all": (self.scored, self.everything)}.items():
            named[name] = scored
            if _cases(scored) != _cases(everything):
                named[f"{name}, with those left out"] = everything
        return named

    def as_json(self) -> dict[str, Any]:
        """The scored report with its rows, and of the others the metrics."""
        about = {
            "command": self.command,
            "day": self.day,
            "corpus": self.corpus,
            "left_out": self.left_out,
            "excerpts": self.excerpts,
        }
        return {
            **self.scored.as_json(),
            **about,
            "everything": _metrics(self.everything),
            "files": {
                name: {"scored": _metrics(scored), "everything": _metrics(everything)}
                for name, (scored, everything) in self.files.items()
            },
            "variants": {name: _metrics(report) for name, report in self.variants.items()},
        }

    def as_markdown(self) -> str:
        """A page with the numbers by file and by variant, and the calibration."""
        blocks = [
            "# Results",
            f"`{self.command}`, {self.day}, corpus `{self.corpus}`: {self.cases}. In brackets: 95 % bootstrap intervals.",
            _page_table("cases", self.by_file),
        ]
        if self.variants:
            blocks.append(_page_table("variant", {**self.variants, "rules and both searches, as served": self.scored}))
        if self.scored.calibration:
            rows = [
                (f"{b.low:.1f} to {b.high:.1f}", str(b.n), number(b.confidence), number(b.right)) for b in self.scored.calibration
            ]
            blocks.append(_markdown(("confidence", "diagnoses", "mean", "right"), rows))
        return "\n\n".join(blocks) + "\n"


def write_text(text: str, path: Path) -> None:
    """Write a file; raises InputError when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error}") from None


def write_json(values: Mapping[str, Any], path: Path) -> None:
    """Write JSON values; raises InputError when the file cannot be written."""
    write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", path)


def _cases(report: Report) -> int:
    return len(report.rows) + len(report.question_rows)


def _metrics(report: Report) -> dict[str, Any]:
    """A report without what it says of single cases."""
    parts = {"failures": report.failures, "questions": report.questions, "latency": report.latency}
    return {name: asdict(part) if part else None for name, part in parts.items()}


def _page_table(name: str, reports: Mapping[str, Report]) -> str:
    """One line for each report; a column that none of them measured is left out."""
    lines = {title: headlines(report) for title, report in reports.items()}
    columns = [key for key in next(iter(lines.values())) if any(line[key][0] is not None for line in lines.values())]
    rows = []
    for title, line in lines.items():
        cells = [number(line[key][0]) + (f" {number(line[key][1])}" if line[key][1] else "") for key in columns]
        rows.append((title, str(_cases(reports[title])), *cells))
    return _markdown((name, "n", *columns), rows)


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
