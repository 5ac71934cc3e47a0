"""What /corpus answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.checks.run import Report
from bot.corpus_store import Change, Origin, Served
from bot.corpus_store.record import Record
from bot.insights.stale import stale_sources
from bot.knowledge.types import Snapshot
from bot.retrieval.index import Hit
from bot.state import AuditEntry

UNCHANGED = "The corpus was not changed; the one before keeps serving."
ELSEWHERE = (
    "One corpus serves every server I am in. Only the admins of the servers named in ADMIN_SERVERS may replace or check it; "
    "without that setting, only while I am in one server."
)
NOTHING_FOUND = "Nothing in the corpus is near to this."
SEARCH_HEAD = "Nearest first (score, cosine, BM25, rank by meaning / by words)"
MAX_STALE = 4
MAX_CHANGES = 5
MAX_TEXT = 70


def refused(count: int) -> str:
    """Why a corpus is not served."""
    return f"The corpus has {count} problem{'' if count == 1 else 's'}; the one before keeps serving."


def changed(change: Change) -> str:
    """Which corpus is live now."""
    return " ".join(part for part in (f"Corpus `{change.new.version[:12]}` is live.", change.warning) if part)


def checked(report: Report) -> tuple[str, list[str]]:
    """What a check found: a sentence, and the problems, errors first."""
    errors, warnings = len(report.errors), len(report.warnings)
    head = f"{errors} error(s), {warnings} warning(s)."
    if report.snapshot is not None and not errors:
        head = f"No errors, {warnings} warning(s): corpus `{report.snapshot.version[:12]}` could be served."
    lines = [*(str(problem) for problem in report.errors), *(f"warning: {problem}" for problem in report.warnings)]
    return head, [*lines, *(f"not checked: {reason}" for reason in report.skipped)]


def status(
    snapshot: Snapshot, record: Record, problem: str, entries: Sequence[AuditEntry], today: date, max_age_days: int
) -> list[str]:
    """Lines on the corpus that is served; `entries`: the audit, newest first."""
    counts = {
        "causes": len(snapshot.causes),
        "symptoms": len(snapshot.symptoms),
        "documentation points": len(snapshot.points),
        "sources": len(snapshot.sources),
        "examples": len(snapshot.examples),
        "quiet texts": len(snapshot.quiet),
    }
    lines = [f"**Corpus `{snapshot.version[:12]}`** {_origin(record.live)}"]
    lines.append(", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    if record.previous is not None:
        before = f"`{record.previous.version[:12]}` {_origin(record.previous)}"
        lines.append(f"**Before:** {before}; `/corpus rollback` serves it again.")
    if problem:
        lines.append(f"**At the start:** {_plain(problem, 300)}")
    stale = stale_sources(snapshot, today, max_age_days)
    rest = f" … and {len(stale) - MAX_STALE} more" if len(stale) > MAX_STALE else ""
    lines.append(f"**Stale sources:** {'; '.join(_plain(line, 80) for line in stale[:MAX_STALE]) + rest if stale else 'none'}.")
    lines += _changes(entries)
    return lines


def found(hits: Sequence[Hit]) -> list[str]:
    """A line on each document that was found."""
    lines = []
    for hit in hits:
        ranks = "/".join("-" if rank is None else str(rank) for rank in (hit.dense_rank, hit.lexical_rank))
        text = " ".join(hit.document.text.split())[:MAX_TEXT]
        scores = f"{hit.score:.4f} {hit.dense:.2f} {hit.lexical:5.1f} {ranks:>5}"
        lines.append(f"{scores}  {hit.document.kind} {hit.document.id}: {text}")
    return lines


def _changes(entries: Sequence[AuditEntry]) -> Iterator[str]:
    changes = [entry for entry in entries if entry.action.startswith("corpus-")][:MAX_CHANGES]
    if changes:
        yield "**Last changes:**"
    for entry in changes:
        what = entry.action.removeprefix("corpus-")
        yield f"- <t:{entry.at}:f> <@{entry.user_id}> {what}: {_plain(entry.detail, 100)}"


def _origin(served: Served | None) -> str:
    """Where a corpus came from, and who chose it when."""
    if served is None:
        return ""
    where = f"from the upload `{_plain(served.name, 60)}`" if served.origin is Origin.UPLOAD else "from the folder on disk"
    who = f", chosen by <@{served.user_id}> <t:{served.at}:f>" if served.user_id else ", read at the start"
    return where + who


def _plain(text: str, length: int) -> str:
    """A text without what Discord would set, on one line."""
    return "".join(char for char in " ".join(text.split()) if char not in "`*_~|<>")[:length]
