"""Whose failure is it? Decided by evidence: the product's marks, and other vendors' marks on the lines that failed."""

from __future__ import annotations

from enum import StrEnum

from bot.diagnosis.failing import failing_lines
from bot.diagnosis.rules import Findings
from bot.knowledge.types import Level
from bot.reading.profile import Profile
from bot.reading.types import Reading, SignalKind

LISTING = 2
"""Other vendors on one line from which it is a list of services."""
_OURS = frozenset({SignalKind.PRODUCT, SignalKind.ENDPOINT, SignalKind.MODEL})


class Owner(StrEnum):
    """The product, somebody else, or nothing in the message says."""

    OURS = "ours"
    ELSEWHERE = "elsewhere"
    OPEN = "open"


def owner(reading: Reading, findings: Findings, profile: Profile) -> Owner:
    """Whose failure the message shows.

    Another vendor owns it when its marks stand alone, or when its marks and none of the product's stand on the lines that report
    the failure. The product owns it when it is named or one of its own error codes is, or when a certain rule fired.
    """
    marks = {
        s.number
        for s in reading.signals
        if s.kind in _OURS or (s.kind is SignalKind.API_ERROR and s.value not in profile.shared_codes)
    }
    vendors = {s.number for s in reading.signals if s.kind is SignalKind.VENDOR}
    marks -= _listings(reading)
    proofs = [e for fired in findings.fired.values() if fired.level is Level.CERTAIN for e in fired.evidence]
    # What an earlier message of the conversation proved says nothing about the lines of this one.
    certain = {e.number for e in proofs if not e.earlier}
    failing = failing_lines(reading)
    reported = {trace.chain[-1].number if trace.chain else trace.end_line for trace in reading.traces}
    theirs = failing & vendors and (not failing & marks or (reported <= vendors and not reported & marks))
    if vendors and not certain - vendors and (not marks or theirs):
        return Owner.ELSEWHERE
    if marks or certain:
        return Owner.OURS
    return Owner.OPEN


def _listings(reading: Reading) -> set[int]:
    """Lines that name several other vendors: a dumped configuration lists who could be used, not who failed."""
    named: dict[int, set[str]] = {}
    for signal in reading.signals:
        if signal.kind is SignalKind.VENDOR:
            named.setdefault(signal.number, set()).add(signal.value)
    return {number for number, values in named.items() if len(values) >= LISTING}
