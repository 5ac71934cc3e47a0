"""When the bot speaks, and who may administer it: decided here, from facts alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.diagnosis.types import Diagnosis, Verdict
from bot.reply.types import Reply


class Place(StrEnum):
    """Where a message stands."""

    CHANNEL = "channel"  # a configured text channel
    POST = "post"  # the first message of a post in a configured forum
    THREAD = "thread"  # a thread that the bot follows: its own, or one under a configured channel or forum
    DIRECT = "direct"  # a direct message
    ELSEWHERE = "elsewhere"


class Decision(StrEnum):
    """What to do with a message."""

    IGNORE = "ignore"
    READ = "read"
    SPEAK = "speak"


class Finding(StrEnum):
    """What reading a message led to, as far as it matters for speaking."""

    FOUNDED = "founded"  # a diagnosis, or an overview that a rule stands behind; cited
    FACT = "fact"  # documentation points that answer a question; cited
    WEAK = "weak"  # a guess: an overview that no rule stands behind, or an answer without a source
    THANKS = "thanks"  # small talk: nothing that asks for an answer
    NOTHING = "nothing"  # a failure or a question that the corpus does not know


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that decide whether the bot speaks.

    machine: the author is a bot, a webhook or Discord itself.
    mentioned: the message asks the bot by naming it, or directly. replied: it is a reply to a message of the bot.
    by_asker: the author is the one whose thread it is; by_helper: the author has a helper's role.
    helped: a helper has spoken in the thread. closed: the thread is solved, locked or archived.
    spoken: the bot has spoken in the thread.
    cooling: the author, or the channel, had its share of unasked answers for now.
    quiet: it is one of the hours in which the bot does not speak unasked.
    opted_out: the author does not want to be read unasked. unseen: Discord hides what is not addressed to the bot.
    facts_unasked: questions of fact are answered unasked, too.
    finding: None until the message has been read.
    """

    place: Place
    machine: bool = False
    mentioned: bool = False
    replied: bool = False
    by_asker: bool = True
    by_helper: bool = False
    helped: bool = False
    closed: bool = False
    spoken: bool = False
    cooling: bool = False
    quiet: bool = False
    opted_out: bool = False
    unseen: bool = False
    facts_unasked: bool = False
    finding: Finding | None = None

    @property
    def asked(self) -> bool:
        """Whether the message is addressed to the bot, so that somebody waits for an answer."""
        return self.mentioned or self.replied


def decide(situation: Situation) -> Decision:
    """What to do with a message: READ it first while nothing is found yet, then SPEAK; or IGNORE it.

    Asked, the bot always answers, if only to say that it does not know; only a reply of thanks needs no answer.
    Unasked, it speaks where it is configured to, when what it found is founded and cited, and nobody else is at it.
    """
    if situation.machine:
        return Decision.IGNORE
    if situation.asked:
        if situation.finding is Finding.THANKS and not situation.mentioned:
            return Decision.IGNORE
    elif not _is_welcome(situation) or not _is_worth_saying(situation):
        return Decision.IGNORE
    return Decision.READ if situation.finding is None else Decision.SPEAK


def _is_welcome(situation: Situation) -> bool:
    """Whether the bot may speak here and now without being asked."""
    if situation.place in (Place.DIRECT, Place.ELSEWHERE):
        return False
    if situation.opted_out or situation.unseen or situation.cooling or situation.quiet or situation.closed:
        return False
    if situation.place is Place.THREAD:
        return situation.by_asker and not situation.helped
    return not situation.by_helper


def _is_worth_saying(situation: Situation) -> bool:
    """Whether what was found may be said unasked; nobody knows before the message has been read."""
    if situation.finding is Finding.FACT:
        # Where the bot has spoken, the asker's further questions are put to it.
        return situation.facts_unasked or (situation.place is Place.THREAD and situation.spoken)
    return situation.finding in (None, Finding.FOUNDED)


def finding_of(diagnosis: Diagnosis, reply: Reply, *, small_talk: bool = False) -> Finding:
    """What an answer is worth.

    An overview is founded when its symptom was shown by a rule (lines of the paste stand for it) or a rule that proves
    more than a possibility speaks for one of its causes; the fallback for failures of unknown kind is not. A repeat or
    a continuation of an answer given before needs no source of its own.
    """
    if diagnosis.verdict is Verdict.ABSTAIN:
        return Finding.THANKS if small_talk else Finding.NOTHING
    if not (reply.sources or diagnosis.repeat or diagnosis.continues):
        return Finding.WEAK
    if diagnosis.verdict is Verdict.ANSWER:
        return Finding.FACT
    return Finding.FOUNDED if diagnosis.founded else Finding.WEAK


def may_administer(*, manages_guild: bool, roles: Collection[int], admin_roles: Collection[int]) -> bool:
    """Whether a member may use the commands for admins: who manages the server, or has one of the admins' roles."""
    return manages_guild or not set(admin_roles).isdisjoint(roles)
