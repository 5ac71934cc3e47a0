"""What diagnosis concludes from a reading, with every vote that led there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.types import Advice, Cause, Level, Point, Symptom


class Verdict(StrEnum):
    """The four kinds of answer."""

    DIAGNOSIS = "diagnosis"
    OVERVIEW = "overview"
    ANSWER = "answer"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of the paste that speaks for a cause, and why. `quote` holds no secret; `earlier`: in an earlier message."""

    number: int
    quote: str
    why: str
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """One voter's say on one cause: `value` in its own unit, times `weight`, is added to the cause's score (log-odds)."""

    voter: str
    value: float
    weight: float

    @property
    def score(self) -> float:
        """What the vote adds to the cause's score."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A cause with its probability among all causes, "about something else" and "cannot be decided"."""

    cause: Cause
    confidence: float
    level: Level
    evidence: tuple[Evidence, ...]
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """A class beside the causes, for instance "cannot be decided", with its probability."""

    name: str
    confidence: float
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A cause that the paste speaks against; `because` says how, `number` is the line that shows it."""

    cause: Cause
    because: Advice
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The conclusion about one message of a conversation.

    changes: what the message changed, in words. repeat: the same failure was answered here before, and nothing is new.
    continues: the conclusion is the one given before, on new lines.
    """

    verdict: Verdict
    hypotheses: tuple[Hypothesis, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    symptom: Symptom | None = None
    symptom_evidence: tuple[Evidence, ...] = ()
    points: tuple[Point, ...] = ()
    questions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    repeat: bool = False
    continues: bool = False
    rest: tuple[Rest, ...] = ()

    @property
    def decided(self) -> Hypothesis | None:
        """The one cause that stands out; None while it is open."""
        return self.hypotheses[0] if self.verdict is Verdict.DIAGNOSIS and self.hypotheses else None

    @property
    def founded(self) -> bool:
        """Whether it is one cause, or an overview that lines of the paste stand for by more than a possibility."""
        proven = any(h.evidence and h.level is not Level.POSSIBLE for h in self.hypotheses)
        return self.verdict is Verdict.DIAGNOSIS or bool(self.symptom_evidence) or proven
