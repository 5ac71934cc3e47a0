"""The corpus in memory: immutable, checked, ready to be searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.reading.profile import Profile


class Level(StrEnum):
    """How much a fired rule proves."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Source:
    """A cited page. `reviewed` is the day (ISO) on which somebody last compared our claims with it."""

    id: str
    title: str
    url: str
    reviewed: str


@dataclass(frozen=True, slots=True)
class Former:
    """What the documents said before a claim; `until`: the last day, month or year known in which they did, or ""."""

    text: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One documented claim in our own words. `keys` are exact strings of the page that pin the claim to it."""

    id: str
    text: str
    source: str
    as_of: str
    keys: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    was: Former | None = None

    @property
    def statement(self) -> str:
        """The claim, and where the documents have changed, what they said before it: an older text may still be in use."""
        if self.was is None:
            return self.text
        return f"{self.text} ({f'Until {self.was.until}' if self.was.until else 'Before'}: {self.was.text})"


@dataclass(frozen=True, slots=True)
class Condition:
    """One named signal of a rule: a `kind` (see bot.diagnosis.conditions) and what it must equal or match."""

    name: str
    kind: str
    value: object
    why: str = ""

    @property
    def key(self) -> tuple[str, object]:
        """What makes two conditions the same, whatever they are called."""
        return self.kind, self.value


@dataclass(frozen=True, slots=True)
class Clause:
    """Signals that must all be present, and signals that must all be absent."""

    present: tuple[str, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """If the clause holds, the cause is out; `says` is the sentence that tells the reader why, with its points."""

    clause: Clause
    says: str
    cite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do or to know, with the points that support it."""

    text: str
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask the user; `unless` names the kind of signal that answers it."""

    text: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A text on which a cause's rule must, or must not, fire. `level` is the least level a match must reach."""

    text: str
    match: bool
    line: int
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One decision a user has to take: what it is, how it is recognised, what to do about it."""

    id: str
    title: str
    area: str
    summary: Advice
    conditions: Mapping[str, Condition]
    rules: Mapping[Level, tuple[Clause, ...]]
    exclusions: tuple[Exclusion, ...]
    suppresses: tuple[str, ...]
    fixes: tuple[Advice, ...]
    ask: tuple[Question, ...]
    phrases: tuple[str, ...]
    tests: tuple[RuleTest, ...]
    path: str
    keys: frozenset[tuple[str, object]] = frozenset()
    """Keys of all its conditions: when none of them holds, no rule of the cause can."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of an overview: the causes it stands for, a short name, and what tells them apart or mends them."""

    causes: tuple[str, ...]
    title: str
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a failure looks like when its cause is still open: the documented candidates, best first, and how to decide.

    `says` is what is certain about the symptom itself (for instance: this client hides the server's reason).
    """

    id: str
    title: str
    conditions: Mapping[str, Condition]
    when: tuple[Clause, ...]
    says: tuple[Advice, ...]
    candidates: tuple[Candidate, ...]
    steps: tuple[Advice, ...]
    ask: tuple[Question, ...]
    phrases: tuple[str, ...]
    tests: tuple[RuleTest, ...]
    path: str
    rank: int = 0
    """Of several symptoms that fit, the one with the highest rank speaks."""


@dataclass(frozen=True, slots=True)
class Example:
    """A real pasted failure of known cause, for retrieval and as a test."""

    id: str
    text: str
    cause: str
    path: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the glossary; everything is folded (see bot.knowledge.glossary).

    common: its function words, which say that a text is in this language and nothing else. words: whole words, and phrases with
    single spaces, to English. stems: beginnings of words to English, or phrases whose last word is a beginning; `heads` are the
    words before it. parts: what is looked for anywhere, in scripts that are
    written without spaces. prefixes: what is written in front of a word without a space (articles, prepositions).
    openers: the first word of every phrase, so that phrases are looked for only where one can begin.
    """

    code: str
    common: frozenset[str]
    words: Mapping[str, str]
    stems: Mapping[str, str]
    parts: Mapping[str, str]
    heads: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    openers: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        openers = frozenset(phrase.partition(" ")[0] for phrase in (*self.words, *self.stems) if " " in phrase)
        object.__setattr__(self, "openers", openers)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The languages that are understood, in the order that decides ties, and the folded words of the corpus's own English."""

    languages: tuple[Language, ...] = ()
    english: frozenset[str] = frozenset()


NO_GLOSSARY = Glossary()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole corpus, as it was when it was loaded. `version` is a hash of its files.

    `stale`: the points whose page no longer holds what pins them to it, as far as the last check of the links knows.
    """

    version: str
    profile: Profile
    about: Mapping[str, str]
    sources: Mapping[str, Source]
    points: Mapping[str, Point]
    causes: Mapping[str, Cause]
    symptoms: Mapping[str, Symptom]
    examples: tuple[Example, ...] = ()
    quiet: tuple[Example, ...] = field(default=())
    glossary: Glossary = NO_GLOSSARY
    stale: frozenset[str] = frozenset()
