"""A store on a database of its own, and answers to put into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Level
from bot.state import Store, StoredAnswer, StoredCandidate
from bot.state.database import Database

DAY = 86_400


def file_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def make(place: Path | str, *, retention_days: int = 30, retry_after_s: float = 0.0) -> Store:
    """A store in a file, or at a URL, that does not wait for locks and tries again at once."""
    url = file_url(place) if isinstance(place, Path) else place
    return Store(Database(url, busy_timeout_s=0.05, retry_after_s=retry_after_s), retention_days)


def stored(source_id: int, **values: Any) -> StoredAnswer:
    """A diagnosed answer in a thread."""
    given: dict[str, Any] = {
        "source_id": source_id,
        "channel_id": 20,
        "author_id": 30,
        "verdict": Verdict.DIAGNOSIS,
        "guild_id": 10,
        "thread_id": 40,
        "reply_ids": (source_id * 10, source_id * 10 + 1),
        "cause": "quota-exceeded",
        "candidates": (
            StoredCandidate("quota-exceeded", Level.CERTAIN, 0.91),
            StoredCandidate("payment-issue", Level.POSSIBLE, 0.05),
        ),
        "fingerprints": frozenset({"aaaa", "bbbb"}),
        "corpus": "1" * 40,
        "created_at": 1_750_000_000,
    }
    return StoredAnswer(**{**given, **values})
