"""After "Not it": which candidate comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.knowledge.types import Cause, Snapshot
from bot.reply.candidate import next_candidate, no_candidate
from bot.reply.types import Reply
from bot.state import StoredAnswer


def candidates(answer: StoredAnswer) -> list[str]:
    """What the answer offers, in order: first what it said itself ("" where it named no cause), then each further cause."""
    main = answer.cause or ""
    return [main, *(candidate.cause for candidate in answer.candidates if candidate.cause != main)]


def shown(answer: StoredAnswer, turn: int) -> str | None:
    """The cause that stands above a button; None when the answer offers nothing of that number."""
    offered = candidates(answer)
    return offered[turn] if turn < len(offered) else None


def corpus_of(snapshots: Sequence[Snapshot], answer: StoredAnswer) -> Snapshot:
    """Of the corpora that answer where the answer stands, the one that gave it, or else the one that knows most of its causes."""
    named = candidates(answer)
    return next(
        (snapshot for snapshot in snapshots if snapshot.version == answer.corpus),
        max(snapshots, key=lambda snapshot: sum(cause in snapshot.causes for cause in named)),
    )


def after(snapshot: Snapshot, answer: StoredAnswer, turn: int) -> tuple[int | None, Reply]:
    """The number of the next candidate that the live corpus knows and nobody has rejected, and what to say.

    The number is None when nothing is left: the reply then says so, and what to send.
    """
    sure = {candidate.cause: candidate.confidence for candidate in answer.candidates}
    for number, cause in enumerate(candidates(answer)):
        if number > turn and cause in snapshot.causes and cause not in answer.rejected:
            return number, next_candidate(snapshot, snapshot.causes[cause], sure[cause])
    return None, no_candidate(snapshot, _known(snapshot, answer))


def _known(snapshot: Snapshot, answer: StoredAnswer) -> Iterator[Cause]:
    return (snapshot.causes[cause] for cause in candidates(answer) if cause in snapshot.causes)
