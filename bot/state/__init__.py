"""What the bot remembers between runs: which messages it answered, how that went, and settings. Never what anybody wrote."""

from bot.state.store import Store, make_store
from bot.state.types import AuditEntry, Day, Insights, Outcome, Post, StoredAnswer, StoredCandidate, Unexplained

__all__ = [
    "AuditEntry",
    "Day",
    "Insights",
    "Outcome",
    "Post",
    "Store",
    "StoredAnswer",
    "StoredCandidate",
    "Unexplained",
    "make_store",
]
