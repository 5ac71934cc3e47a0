"""Failure, question of fact, or neither: decided before ranking, by what the message holds."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Any

from bot.diagnosis import wording, wording_abroad
from bot.diagnosis.failing import FAILURE_SIGNALS, failing_lines
from bot.diagnosis.rules import Findings
from bot.knowledge.folding import fold
from bot.knowledge.types import Level
from bot.reading.types import Reading

# Each in English, and in other languages.
_COMPLAINT = wording.compiled(wording.COMPLAINT), wording.compiled(wording_abroad.COMPLAINT)
_EXPERIENCE = wording.compiled(wording.EXPERIENCE), wording.compiled(wording_abroad.EXPERIENCE)
_QUESTION = wording.compiled(wording.QUESTION), wording.compiled(wording_abroad.QUESTION)
_OF_FACT = wording.compiled(wording.OF_FACT), wording.compiled(wording_abroad.OF_FACT)
_SOLVED = wording.compiled(wording.SOLVED), wording.compiled(wording_abroad.SOLVED)
_DENIAL = wording.compiled(wording.DENIAL), wording.compiled(wording_abroad.DENIAL)
_TOLD = wording.compiled(wording.TOLD)
_CALLS = wording.compiled(wording.CALLS)
_THANKS = wording.compiled(wording.THANKS), wording.compiled(wording_abroad.THANKS)
ASIDE_REST = 0.4
"""Share of a message's words that may be left beside calls to somebody, for it to be only those."""
SHORT = 120
"""Characters up to which thanks are only thanks."""


class Intent(StrEnum):
    """What the message wants from the bot."""

    FAILURE = "failure"
    EITHER = "either"
    QUESTION = "question"
    THANKS = "thanks"
    SOLVED = "solved"
    DENIAL = "denial"
    ASIDE = "aside"
    NEITHER = "neither"


def intent(reading: Reading, findings: Findings, *, english: bool = True) -> Intent:
    """What the message is; of one that is not in English, the wordings of other languages count too.

    A failure when a program's output shows one or somebody tells of one; a question of fact; either, when somebody asks about
    something that does not go as expected and no rule knows it; a denial, "that is not it"; that it is solved; thanks; an aside,
    said to somebody else; or neither.
    `findings` are those of this message alone: what an earlier one proved makes no failure of small talk.
    """
    if failing_lines(reading):
        return Intent.FAILURE
    prose = reading.prose
    said = partial(_said, prose, "" if english else fold(prose))
    if not prose.strip():
        return Intent.NEITHER
    if said(_DENIAL):
        return Intent.DENIAL
    # Who calls for help, or asks somebody to do something, asks for no fact.
    plain = _CALLS.sub(" ", prose)
    asks = _said(plain, "" if english else fold(plain), _QUESTION)
    if not asks and len(plain.split()) <= len(prose.split()) * ASIDE_REST:
        return Intent.ASIDE
    if len(prose) < SHORT and not asks:
        if said(_SOLVED):
            return Intent.SOLVED
        if said(_THANKS):
            return Intent.THANKS
    complains = said(_COMPLAINT) or any(signal.kind in FAILURE_SIGNALS for signal in reading.signals)
    proven = any(fired.level is not Level.POSSIBLE for fired in findings.fired.values())
    if proven and (complains or not asks):
        return Intent.FAILURE
    # A general question that only mentions failing ("which close code means a server error?").
    of_fact = said(_OF_FACT) and not said(_EXPERIENCE) and not findings.symptoms
    if complains and not of_fact:
        told = any(signal.kind in FAILURE_SIGNALS for signal in reading.signals)
        return Intent.EITHER if asks and not told and not findings.symptoms and not _TOLD.search(prose) else Intent.FAILURE
    return Intent.QUESTION if asks else Intent.NEITHER


def _said(prose: str, folded: str, wordings: tuple[Any, Any]) -> bool:
    """Whether the prose has one of the English wordings, or its folded form one of another language; empty is never searched."""
    return bool(wordings[0].search(prose) or (folded and wordings[1].search(folded)))
