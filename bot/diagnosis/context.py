"""A message in its conversation: what of the earlier ones still speaks, and whether this one goes on about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.diagnosis.conditions import ConditionIndex, Hits, Key, merge
from bot.diagnosis.conversation import TYPED, Conversation, facts_of, fingerprints
from bot.diagnosis.failing import failing_lines
from bot.diagnosis.intent import Intent
from bot.diagnosis.rules import Findings, apply_rules
from bot.diagnosis.types import RuledOut
from bot.knowledge.types import Advice, Level, Snapshot
from bot.reading.types import Reading

MENTIONS = frozenset({"product", "topic", "vendor"})
"""Kinds of conditions that small talk meets, too."""
DENIED = Advice("you say that it is not this", ())


def in_context(
    index: ConditionIndex, conversation: Conversation, reading: Reading, now: Hits, alone: Findings
) -> tuple[Findings, Hits]:
    """What the rules say of the conversation so far, and the conditions they say it from.

    A message whose own lines decide is a failure of its own: what earlier ones proved must not speak over it. Neither must the
    proof of a failure that was decided before speak for a later one; what is used (models, versions) still holds.
    """
    if any(match.level is not Level.POSSIBLE for match in alone.fired.values()):
        return excluding(alone, conversation, index.snapshot), now
    another = conversation.decided and failing_lines(reading) and not fingerprints(reading) & conversation.fingerprints
    together = merge(facts_of(conversation.hits) if another else conversation.hits, now)
    return excluding(apply_rules(index, together), conversation, index.snapshot), together


def excluding(findings: Findings, conversation: Conversation, snapshot: Snapshot) -> Findings:
    """The findings without the causes that the user has denied, unless a certain rule proves one."""
    proven = {i for i, match in findings.fired.items() if match.level is Level.CERTAIN}
    denied = sorted((conversation.denied & snapshot.causes.keys()) - proven)
    if not denied:
        return findings
    out = {i: RuledOut(snapshot.causes[i], DENIED, ()) for i in denied}
    fired = {i: match for i, match in findings.fired.items() if i not in out}
    return replace(findings, fired=fired, ruled_out={**findings.ruled_out, **out})


def continues(conversation: Conversation, new: Iterable[Key], alone: Findings, wants: Intent) -> bool:
    """Whether a message that is no complaint goes on about the failure: it tells a fact that was not known.

    While the cause is open any such fact counts; once it is decided, or beside thanks, only a typed one (a model, an endpoint, a
    plan, a time) or one that a rule knows.
    """
    if not conversation.ours or conversation.last is None:
        return False
    told = {kind for kind, _ in new}
    if conversation.open and wants is Intent.NEITHER:
        return bool(told - MENTIONS)
    return bool(told & TYPED) or bool(alone.fired)
