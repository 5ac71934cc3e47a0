"""What rules look at: the texts of a reading by scope, its typed values, and the events of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.diagnosis.translate import language_of, translate
from bot.knowledge.types import NO_GLOSSARY, Glossary, Language
from bot.patterns import PatternSet
from bot.reading.types import Event, Reading, Signal, SignalKind

MAX_LINE = 20_000
MAX_QUOTE = 180
"""Characters of a pasted line that an answer repeats."""
FAILING = PatternSet(
    (
        r"\b(?:error|exception|fail(?:s|ed|ing|ure)?|clos(?:ed|ing)|disconnect(?:ed|ing)|refused|denied|rejected|fatal|panic"
        r"|warn(?:ing)?|timed? ?out|invalid|cannot|could not|unable)\b",
    )
)
_LOUD = frozenset({"warning", "error", "critical"})
_ERROR_SIGNALS = frozenset({SignalKind.WS_CLOSE, SignalKind.API_ERROR, SignalKind.API_MESSAGE, SignalKind.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Item:
    """One searchable text and the pasted line it stands on."""

    text: str
    number: int
    pasted: str = ""
    """The pasted line, where the text is its English."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One reading, the events of the whole conversation up to and including it, and the glossary for other languages."""

    reading: Reading
    events: tuple[Event, ...]
    glossary: Glossary = NO_GLOSSARY
    language: Language | None = field(init=False, default=None)
    """The language of the prose, where it is another than English."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "language", language_of(self.reading.prose, self.glossary))

    def signals(self, kind: SignalKind) -> Iterator[Signal]:
        """The reading's signals of one kind."""
        return (signal for signal in self.reading.signals if signal.kind is kind)

    def items(self, scope: str) -> Iterable[Item]:
        """The texts that a pattern of this scope is searched in."""
        reading = self.reading
        if scope == "text":
            return [Item(line.text[:MAX_LINE], line.number) for line in reading.lines]
        if scope == "prose":
            return self._prose()
        if scope == "error":
            return self._errors()
        if scope == "exception":
            return [Item(signal.value, signal.number) for signal in self.signals(SignalKind.EXCEPTION)]
        if scope == "frame":
            return [Item(f"{f.file or ''}:{f.function or ''}", f.number) for trace in reading.traces for f in trace.frames]
        return [Item(signal.value, signal.number) for signal in self.signals(SignalKind(scope))]

    def _prose(self) -> list[Item]:
        """The user's own words, and their English where they are in another language."""
        lines = [line for line in self.reading.lines if line.number in self.reading.prose_lines]
        items = [Item(line.text[:MAX_LINE], line.number) for line in lines]
        language = self.language
        if language is None:
            return items
        return [*items, *(Item(translate(item.text, language), item.number, item.text) for item in items)]

    def _errors(self) -> list[Item]:
        """Lines that report a failure, not the user's words about it."""
        found = {(s.number, s.text) for s in self.reading.signals if s.kind in _ERROR_SIGNALS or s.kind is SignalKind.EXCEPTION}
        found |= {(r.number, r.message) for r in self.reading.records if r.level in _LOUD}
        found |= {
            (line.number, line.text)
            for line in self.reading.lines
            if line.number not in self.reading.prose_lines and FAILING.bears(line.text[:MAX_LINE])
        }
        return [Item(text[:MAX_LINE], number) for number, text in sorted(found)]


def quote(text: str, start: int = 0, end: int = 0) -> str:
    """The part of a line around [start, end) that is short enough to show, with … where it was cut."""
    text = text.replace("\t", " ")
    stripped = text.strip()
    if len(stripped) <= MAX_QUOTE:
        return stripped
    left = max(0, min(start - MAX_QUOTE // 3, len(text) - MAX_QUOTE))
    if end - left > MAX_QUOTE and start < end:
        left = max(0, start - 20)
    piece = text[left : left + MAX_QUOTE].strip()
    return ("…" if left > 0 else "") + piece + ("…" if left + MAX_QUOTE < len(text) else "")
