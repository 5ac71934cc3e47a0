"""One message read by two corpora, a server's own and the shared one: which answer is given, and what both remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Verdict
from bot.engine import Answer, Engine

WORTH: Mapping[Verdict, int] = {Verdict.DIAGNOSIS: 2, Verdict.OVERVIEW: 1, Verdict.ANSWER: 1, Verdict.ABSTAIN: 0}


def answer_with_both(shared: Engine, own: Engine, text: str, conversation: Conversation) -> Answer:
    """The own corpus' answer, unless the shared one knows better; its conversation is carried `beside` the shared one's.

    Each corpus knows forms of secrets of its own: what either finds is hidden from both. Raises ModelError.
    """
    before = conversation.beside or Conversation()
    general = shared.answer(text, conversation)
    special = own.answer(general.reading.text, before, before=general.reading)
    if _worth(general) <= _worth(special):
        given = special
    elif len(special.reading.redactions) > len(general.reading.redactions):
        given = general = shared.answer(special.reading.text, conversation, before=special.reading)
    else:
        given = general
    if given is special:
        # What failures look like is kept for all servers: in the shared corpus' words alone.
        given = replace(special, templates=general.templates)
    both = replace(general.conversation, beside=special.conversation)
    return replace(given, conversation=both, timing_ms=_sum(general.timing_ms, special.timing_ms))


def _worth(answer: Answer) -> tuple[int, bool]:
    """How much an answer says; of two overviews, the one that lines of the paste stand for says more."""
    return WORTH[answer.diagnosis.verdict], answer.diagnosis.verdict is Verdict.OVERVIEW and answer.diagnosis.founded


def _sum(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """The times of both, which followed each other, stage by stage."""
    return {stage: round(first.get(stage, 0.0) + second.get(stage, 0.0), 2) for stage in (*first, *second)}
