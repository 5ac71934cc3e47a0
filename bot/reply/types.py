"""An answer before it is rendered: sections of cited sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.diagnosis.types import Evidence
from bot.knowledge.types import Source


class Style(StrEnum):
    """How the sentences of a section are set."""

    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement and the ids of the sources that support it; `lead` is set bold before it."""

    text: str
    sources: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of an answer; renderers may cut between sections and between sentences, never inside one."""

    title: str
    style: Style
    sentences: tuple[Sentence, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `headline` names it in a few words (a thread is called so); `sources` are in order of first use."""

    headline: str
    sections: tuple[Section, ...] = ()
    sources: tuple[Source, ...] = ()
