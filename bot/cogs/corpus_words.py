"""What /corpus answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.checks.run import Report
from bot.corpus_store import Change, Served
from bot.retrieval.index import Hit

Which = Literal["shared", "this server"]
"""The corpus that all servers share, or the one that a server has of its own."""
ELSEWHERE = (
    "The shared corpus serves every server I am in. Only the admins of the servers named in ADMIN_SERVERS may replace or check "
    "it; without that setting, only while I am in one server."
)
NO_OWN = "No server may have a corpus of its own here (SERVER_CORPORA is 0)."
OWN_NEEDS_FILE = (
    "A server's own corpus comes as a zip: give `file`. Only the admins of ADMIN_SERVERS may read the shared one from its folder."
)
NOTHING_FOUND = "Nothing in the corpus is near to this."
SEARCH_HEAD = "Nearest first (score, cosine, BM25, rank by meaning / by words)"
MAX_TEXT = 70
HALF = 6
"""Of two corpora, how much of each is shown."""


def unchanged(which: Which) -> str:
    """That what was wanted did not come to be."""
    return f"{_name(which)} was not changed; what was served before still is."


def refused(count: int, which: Which) -> str:
    """Why a corpus is not served."""
    where = "" if which == "shared" else " in this server"
    return f"The corpus has {count} problem{'' if count == 1 else 's'}; the one before keeps serving{where}."


def changed(change: Change, which: Which) -> str:
    """Which corpus is live now."""
    version = change.new.version[:12]
    says = (
        f"Corpus `{version}` is live."
        if which == "shared"
        else f"Corpus `{version}` is live in this server, beside the shared one."
    )
    return " ".join(part for part in (says, change.warning) if part)


def removed(served: Served) -> str:
    """That a server has no corpus of its own any more."""
    return f"Corpus `{served.version[:12]}` is removed: the shared corpus alone answers in this server."


def _name(which: Which) -> str:
    return "The shared corpus" if which == "shared" else "This server's corpus"


def checked(report: Report) -> tuple[str, list[str]]:
    """What a check found: a sentence, and the problems, errors first."""
    errors, warnings = len(report.errors), len(report.warnings)
    head = f"{errors} error(s), {warnings} warning(s)."
    if report.snapshot is not None and not errors:
        head = f"No errors, {warnings} warning(s): corpus `{report.snapshot.version[:12]}` could be served."
    lines = [*(str(problem) for problem in report.errors), *(f"warning: {problem}" for problem in report.warnings)]
    return head, [*lines, *(f"not checked: {reason}" for reason in report.skipped)]


def found(hits: Sequence[Hit], *more: Sequence[Hit]) -> list[str]:
    """A line on each document that was found: in the only corpus, or in the server's own one and then in the shared one."""
    if not more:
        return [_line(hit) for hit in hits]
    (shared,) = more
    own = [_line(hit) for hit in hits[:HALF]] or ["(nothing)"]
    return ["In this server's corpus:", *own, "In the shared corpus:", *([_line(hit) for hit in shared[:HALF]] or ["(nothing)"])]


def _line(hit: Hit) -> str:
    ranks = "/".join("-" if rank is None else str(rank) for rank in (hit.dense_rank, hit.lexical_rank))
    text = " ".join(hit.document.text.split())[:MAX_TEXT]
    scores = f"{hit.score:.4f} {hit.dense:.2f} {hit.lexical:5.1f} {ranks:>5}"
    return f"{scores}  {hit.document.kind} {hit.document.id}: {text}"
