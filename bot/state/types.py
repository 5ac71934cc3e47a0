"""What goes into the state and comes out of it: ids, verdicts and times (whole seconds since 1970), never a word of a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Level


class Outcome(StrEnum):
    """What people said of an answer."""

    FIXED = "fixed"
    MISSED = "missed"
    HUMAN = "human"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class StoredCandidate:
    """One cause that was considered, by its id in the corpus."""

    cause: str
    level: Level
    confidence: float


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One failure or question that was seen, and what was answered.

    source_id: the message it is about, the key of everything. guild_id: None in direct messages. thread_id: None when the answer
    stands in the channel itself. reply_ids: the bot's messages, in order; empty when it stayed silent. cause: id of the diagnosed
    cause, None while it is open. candidates: best first. corpus: the version that answered. rejected: what people called wrong,
    as cause ids ("" for an overview). created_at: 0 lets the store set it. templates: masked messages of the failures, by
    fingerprint; kept while the cause is open, and not given back.
    """

    source_id: int
    channel_id: int
    author_id: int
    verdict: Verdict
    guild_id: int | None = None
    thread_id: int | None = None
    reply_ids: tuple[int, ...] = ()
    cause: str | None = None
    candidates: tuple[StoredCandidate, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    corpus: str = ""
    created_at: int = 0
    outcome: Outcome | None = None
    rejected: frozenset[str] = frozenset()
    templates: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Post:
    """A post that is made once a period: when a process took it on, and the message, None until it is made."""

    at: int
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed what, and when. guild_id: None for what concerns the whole bot."""

    guild_id: int | None
    user_id: int
    action: str
    detail: str
    at: int


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A failure that no cause explains: how often it was seen, and where the latest one stands, so that it can be read again.

    template: its masked message, or "".
    """

    fingerprint: str
    count: int
    channel_id: int
    source_id: int
    template: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The counts of one day (UTC, ISO)."""

    day: str
    seen: int = 0
    answered: int = 0
    fixed: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Insights:
    """Counts over a period.

    seen: everything recorded; failures: what of it was no mere question. answered: what the bot spoke on, by verdict.
    classified: what got a cause. missed: answers that somebody called wrong, whatever came of them later.
    """

    seen: int = 0
    classified: int = 0
    answered: Mapping[Verdict, int] = field(default_factory=dict)
    fixed: int = 0
    missed: int = 0
    human: int = 0
    dismissed: int = 0
    unexplained: tuple[Unexplained, ...] = ()
    days: tuple[Day, ...] = ()
    failures: int = 0
