"""What /corpus status answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.corpus_store import Origin, Served
from bot.corpus_store.record import Record
from bot.insights.stale import stale_sources
from bot.knowledge.types import Snapshot
from bot.state import AuditEntry

if TYPE_CHECKING:
    from bot.cluster import Peer

MAX_STALE = 4
MAX_CHANGES = 5
MAX_OWN_CHANGES = 3
MAX_PROCESSES = 16
UNKNOWN_PROCESSES = "**Processes:** they cannot be listed at the moment: the database cannot be used."


def shared(
    snapshot: Snapshot, record: Record, problem: str, entries: Sequence[AuditEntry], today: date, max_age_days: int
) -> list[str]:
    """Lines on the corpus that serves every server; `entries`: the audit, newest first."""
    lines = [f"**Corpus `{snapshot.version[:12]}`** {_origin(record.live)}", _counts(snapshot)]
    if record.previous is not None:
        before = f"`{record.previous.version[:12]}` {_origin(record.previous)}"
        lines.append(f"**Before:** {before}; `/corpus rollback` serves it again.")
    if problem:
        lines.append(f"**At the start:** {_plain(problem, 300)}")
    return [*lines, _stale(snapshot, today, max_age_days), *_changes(entries, "corpus-", MAX_CHANGES)]


def own(
    snapshot: Snapshot | None, record: Record, problem: str, entries: Sequence[AuditEntry], today: date, max_age_days: int
) -> list[str]:
    """Lines on the corpus of the server that asks; without a snapshot it does not answer (yet), and `problem` may say why."""
    version = record.live.version[:12] if record.live is not None else "?"
    lines = [f"**This server's own corpus `{version}`** {_origin(record.live)}"]
    if problem:
        lines.append(f"**It does not answer:** {_plain(problem, 300)}. The shared corpus alone does.")
    elif snapshot is None:
        lines.append("It is being loaded; the shared corpus alone answers meanwhile.")
    else:
        lines += [_counts(snapshot), _stale(snapshot, today, max_age_days)]
    if record.previous is not None:
        lines.append(f"**Before:** `{record.previous.version[:12]}` {_origin(record.previous)}")
    return [*lines, *_changes(entries, "server-corpus-", MAX_OWN_CHANGES)]


def processes(peers: Sequence[Peer], version: str, *, named: bool) -> list[str]:
    """A line on each process that shares the database: what it serves, and since when it runs; those that differ are marked.

    named: what they are called and complain of is told, too.
    """
    lines = [f"**Processes:** {len(peers)}"]
    # What needs a look is shown first, so that it is not what is left out.
    for peer in sorted(peers, key=lambda peer: peer.corpus == version and not peer.problem)[:MAX_PROCESSES]:
        serves = f"`{_plain(peer.corpus, 12)}`" if peer.corpus else "no corpus"
        mark = "" if peer.corpus in ("", version) else " **(differs)**"
        problem = f": {_plain(peer.problem, 120)}" if peer.problem and named else ""
        name = _plain(peer.name, 60) if named else "one"
        lines.append(f"- {name} serves {serves}{mark}, runs since <t:{int(peer.started_at)}:f>{problem}")
    return [*lines, f"- … and {len(peers) - MAX_PROCESSES} more"] if len(peers) > MAX_PROCESSES else lines


def _counts(snapshot: Snapshot) -> str:
    counts = {
        "causes": len(snapshot.causes),
        "symptoms": len(snapshot.symptoms),
        "documentation points": len(snapshot.points),
        "sources": len(snapshot.sources),
        "examples": len(snapshot.examples),
        "quiet texts": len(snapshot.quiet),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items()) + "."


def _stale(snapshot: Snapshot, today: date, max_age_days: int) -> str:
    stale = stale_sources(snapshot, today, max_age_days)
    rest = f" … and {len(stale) - MAX_STALE} more" if len(stale) > MAX_STALE else ""
    return f"**Stale sources:** {'; '.join(_plain(line, 80) for line in stale[:MAX_STALE]) + rest if stale else 'none'}."


def _changes(entries: Sequence[AuditEntry], kind: str, limit: int) -> Iterator[str]:
    changes = [entry for entry in entries if entry.action.startswith(kind)][:limit]
    if changes:
        yield "**Last changes:**"
    for entry in changes:
        what = entry.action.removeprefix(kind)
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
