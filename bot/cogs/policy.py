"""When the bot speaks, and who may administer it: decided here, from facts alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.diagnosis.types import Verdict


class Place(StrEnum):
    """Where a message stands."""

    CHANNEL = "channel"  # a configured text channel
    POST = "post"  # the first message of a post in a configured forum
    THREAD = "thread"  # a thread that the bot follows: its own, or one under a configured channel or forum
    ELSEWHERE = "elsewhere"


class Decision(StrEnum):
    """What to do with a message."""

    IGNORE = "ignore"
    READ = "read"
    SPEAK = "speak"


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that decide whether the bot speaks.

    machine: the author is a bot, a webhook or Discord itself.
    mentioned: the message asks the bot by mentioning it.
    by_asker: the author is the one whose thread it is; by_helper: the author has a helper's role.
    helped: a helper has spoken in the thread.
    cooling: the author, or the channel, had its share of unasked answers for now.
    verdict: None until the message has been read.
    """

    place: Place
    machine: bool = False
    mentioned: bool = False
    by_asker: bool = True
    by_helper: bool = False
    helped: bool = False
    cooling: bool = False
    verdict: Verdict | None = None


def decide(situation: Situation) -> Decision:
    """What to do with a message: READ it first while there is no verdict, then SPEAK; or IGNORE it."""
    if situation.machine:
        return Decision.IGNORE
    if not situation.mentioned:
        if situation.place is Place.ELSEWHERE or situation.cooling or situation.verdict is Verdict.ABSTAIN:
            return Decision.IGNORE
        if situation.place is Place.THREAD:
            if situation.helped or not situation.by_asker:
                return Decision.IGNORE
        elif situation.by_helper:
            return Decision.IGNORE
    return Decision.READ if situation.verdict is None else Decision.SPEAK


def may_administer(*, manages_guild: bool, roles: Collection[int], admin_roles: Collection[int]) -> bool:
    """Whether a member may use the commands for admins: who manages the server, or has one of the admins' roles."""
    return manages_guild or not set(admin_roles).isdisjoint(roles)
