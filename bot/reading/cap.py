"""Keeps the head and the tail of a paste that is too long to analyse, so that no secret is cut in two before it is hidden."""

from __future__ import annotations

from bot.reading.profile import Profile
from bot.reading.redact import REACH, redact, redact_part
from bot.reading.types import Redaction
from bot.reading.views import Range

GAP = "… {} characters left out …"


def redact_capped(text: str, profile: Profile, limit: int) -> tuple[str, tuple[Redaction, ...], int]:
    """A text without secrets, of at most about `limit` characters, what was hidden in it, and how many characters were left out.

    A longer text keeps its head and its tail, cut at line borders where there are any near, with a line between them that says
    what was left out. Lines of the head keep their numbers; those after the gap count on from the line that names it.
    """
    if len(text) <= limit:
        return *redact(text, profile), 0
    cut, start = find_gap(text, limit)
    head, hidden = redact_part(text[: cut + REACH], profile, (0, cut))
    first = max(start - REACH, 0)
    tail, hidden_after = redact_part(text[first:], profile, (start - first, len(text) - first))
    before = head + ("" if head.endswith("\n") else "\n") + GAP.format(start - cut) + "\n"
    above = before.count("\n")
    return before + tail, (*hidden, *(Redaction(one.kind, one.number + above) for one in hidden_after)), start - cut


def find_gap(text: str, limit: int) -> Range:
    """The range to leave out of the middle of a text longer than `limit`: more of the end stays, where programs report."""
    head, tail = max(limit * 2 // 5, 1), max(limit * 3 // 5, 1)
    cut = text.rfind("\n", 0, head) + 1
    start = text.find("\n", len(text) - tail) + 1
    cut = cut if cut > head // 2 else head
    start = start if 0 < start < len(text) - tail // 2 else len(text) - tail
    return cut, start
