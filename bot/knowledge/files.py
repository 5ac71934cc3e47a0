"""The corpus as parsed, before its references are resolved: every entry with the place it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.knowledge import schema
from bot.knowledge.located import Located

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Entry(Generic[M]):
    """One entry of a list file."""

    spec: M
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Rules(Generic[M]):
    """One cause or symptom file, or the glossary."""

    spec: M
    path: str
    document: Located


@dataclass(slots=True)
class Files:
    """Everything a corpus folder holds; `tracebacks` and `quiet` are (text, path) and (path, line, text)."""

    product: schema.ProductSpec | None = None
    sources: list[Entry[schema.SourceSpec]] = field(default_factory=list)
    points: list[Entry[schema.PointSpec]] = field(default_factory=list)
    causes: list[Rules[schema.CauseSpec]] = field(default_factory=list)
    symptoms: list[Rules[schema.SymptomSpec]] = field(default_factory=list)
    tracebacks: dict[str, tuple[str, str]] = field(default_factory=dict)
    quiet: list[tuple[str, int, str]] = field(default_factory=list)
    glossary: Rules[schema.GlossarySpec] | None = None
    version: str = ""
