"""Which fixes of a cause concern this paste: its language and framework first, those of other languages not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.knowledge.types import Advice
from bot.reading.types import Reading, SignalKind

LANGUAGES = {
    "python": "python",
    "javascript": "javascript",
    "typescript": "javascript",
    "node": "javascript",
    "react": "javascript",
    "java": "java",
    "kotlin": "java",
    "android": "java",
    "swift": "swift",
    "c#": "csharp",
    "unity": "csharp",
    "go": "go",
    "rust": "rust",
    "php": "php",
    "ruby": "ruby",
    "dart": "dart",
    "flutter": "dart",
}
"""Names of languages and of what is written in them only, as the beginning of a fix and a runtime call them."""
TRACES = {"python_pytest": "python", "browser_js": "javascript", "react_native": "javascript", "scala": "java"}
"""Languages of traces that are called otherwise above."""
_LEAD = re.compile(r"\s*([^:`\n]{2,32}):")
_WORD = re.compile(r"[a-z#+]+")
_CODE = re.compile(r"`([^`]{4,80})`")
_SURROUNDINGS = frozenset({SignalKind.PACKAGE, SignalKind.LIBRARY, SignalKind.RUNTIME})


def relevant(fixes: Sequence[Advice], reading: Reading) -> tuple[Advice, ...]:
    """The fixes without those for another language than the paste's, those that name what the paste shows first.

    Stable: among equals the author's order. All of them when none would be left.
    """
    languages, text = _languages(reading), _text(reading)
    kept = [fix for fix in fixes if not languages or not (for_ := _named(fix)) or for_ & languages]
    return tuple(sorted(kept or fixes, key=lambda fix: (not _quotes(fix, text), _elsewhere(fix, text))))


def _languages(reading: Reading) -> frozenset[str]:
    """The languages of the traces, or where there are none, those that runtimes and files show."""
    found = {TRACES.get(trace.language) or LANGUAGES.get(trace.language, trace.language) for trace in reading.traces}
    if not found:
        found = {LANGUAGES.get(s.value, "") for s in reading.signals if s.kind is SignalKind.RUNTIME}
    known = frozenset(LANGUAGES.values())
    return frozenset(found) & known


def _named(fix: Advice) -> frozenset[str]:
    """The languages that the beginning of a fix names."""
    lead = _LEAD.match(fix.text)
    words = _WORD.findall(lead.group(1).lower()) if lead else []
    return frozenset(LANGUAGES[word] for word in words if word in LANGUAGES)


def _quotes(fix: Advice, text: str) -> bool:
    """Whether the fix quotes something that the paste's failure says."""
    return any(len(code) >= 8 and " " in code and code.lower() in text for code in _CODE.findall(fix.text))


def _elsewhere(fix: Advice, text: str) -> bool:
    """Whether the fix begins with the name of something that the paste does not show."""
    lead = _LEAD.match(fix.text)
    if lead is None or _named(fix):
        return False
    first = lead.group(1).strip().split()[0]
    return first[:1].isupper() and any(letter.isupper() for letter in first[1:]) and first.lower() not in text


def _text(reading: Reading) -> str:
    """What fixes are compared with, in lower case: the failing errors, what is installed, and where it lies."""
    parts: Iterable[str] = (
        *(f"{trace.exception_type}: {trace.message}" for trace in reading.traces),
        *(frame.file or "" for trace in reading.traces for frame in trace.frames),
        *(signal.value for signal in reading.signals if signal.kind in _SURROUNDINGS),
        *(record.logger for record in reading.records[:200]),
        reading.prose,
    )
    return "\n".join(parts).lower()
