"""Failure, question of fact, or neither: decided before ranking, by what the message holds."""

from __future__ import annotations

from enum import StrEnum

from bot.diagnosis import wording
from bot.diagnosis.facts import FAILING
from bot.diagnosis.rules import Findings
from bot.knowledge.types import Level
from bot.reading.types import Reading, SignalKind

_LOUD = frozenset({"error", "critical"})
_FAILURE_SIGNALS = frozenset({SignalKind.HTTP_STATUS, SignalKind.WS_CLOSE, SignalKind.API_ERROR, SignalKind.EXCEPTION})
_COMPLAINT = wording.compiled(wording.COMPLAINT)
_EXPERIENCE = wording.compiled(wording.EXPERIENCE)
_QUESTION = wording.compiled(wording.QUESTION)
_OF_FACT = wording.compiled(wording.OF_FACT)
_THANKS = wording.compiled(wording.THANKS)
SHORT = 120
"""Characters up to which thanks are only thanks."""


class Intent(StrEnum):
    """What the message wants from the bot."""

    FAILURE = "failure"
    EITHER = "either"
    QUESTION = "question"
    NEITHER = "neither"


def intent(reading: Reading, findings: Findings) -> Intent:
    """What the message is.

    A failure when a program's output shows one or somebody tells of one; a question of fact; either, when somebody asks about
    something that does not go as expected and no rule knows it; or neither.
    """
    if _shows_failure(reading):
        return Intent.FAILURE
    prose = reading.prose
    asks = bool(_QUESTION.search(prose))
    if not prose.strip() or (_THANKS.search(prose) and len(prose) < SHORT and not asks):
        return Intent.NEITHER
    complains = bool(_COMPLAINT.search(prose)) or any(signal.kind in _FAILURE_SIGNALS for signal in reading.signals)
    proven = any(fired.level is not Level.POSSIBLE for fired in findings.fired.values())
    if proven and (complains or not asks):
        return Intent.FAILURE
    if complains and not _asks_of_fact(prose):
        told = any(signal.kind in _FAILURE_SIGNALS for signal in reading.signals)
        return Intent.EITHER if asks and not told and not findings.symptoms else Intent.FAILURE
    return Intent.QUESTION if asks else Intent.NEITHER


def _asks_of_fact(prose: str) -> bool:
    """A general question that only mentions failing ("which close code means a server error?")."""
    return bool(_OF_FACT.search(prose)) and not _EXPERIENCE.search(prose)


def _shows_failure(reading: Reading) -> bool:
    """Whether program output in the message reports a failure."""
    if reading.traces or any(record.level in _LOUD for record in reading.records):
        return True
    if any(s.kind in _FAILURE_SIGNALS and s.number not in reading.prose_lines for s in reading.signals):
        return True
    return any(
        line.number not in reading.prose_lines and len(line.text.strip()) > 8 and FAILING.search(line.text[:2000])
        for line in reading.lines
    )
