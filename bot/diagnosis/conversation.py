"""What one conversation has shown so far, without any of its text beyond the quoted lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.diagnosis.conditions import Hits, merge
from bot.diagnosis.types import Diagnosis, Evidence, Verdict
from bot.reading.types import Event, Reading

MAX_EVENTS = 400
MAX_CONDITIONS = 2000
_VARIABLE = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+(?:\.\d+)?")
_LOUD = frozenset({"warning", "error", "critical"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state carried from message to message; a new conversation is `Conversation()`.

    hits: conditions that held in any message. events: the timeline so far. fingerprints: failures already seen.
    known: kinds of signals any message showed, so that nobody is asked for what was said.
    """

    hits: Hits = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    ours: bool = False
    last: Diagnosis | None = None
    turns: int = 0

    @property
    def open(self) -> bool:
        """Whether the last conclusion left the cause open, so that facts alone continue the conversation."""
        return self.ours and self.last is not None and self.last.verdict is Verdict.OVERVIEW

    def after(self, reading: Reading, hits: Hits, diagnosis: Diagnosis, ours: bool) -> Conversation:
        """The conversation with one more message; evidence from it is marked as earlier for the next."""
        earlier = {k: tuple(replace(e, earlier=True) for e in lines) for k, lines in merge(self.hits, hits).items()}
        return Conversation(
            hits=_first(earlier, MAX_CONDITIONS),
            events=(*self.events, *reading.events)[-MAX_EVENTS:],
            fingerprints=self.fingerprints | fingerprints(reading),
            known=self.known | known_kinds(reading),
            ours=self.ours or ours,
            last=diagnosis,
            turns=self.turns + 1,
        )


def _first(hits: Mapping[tuple[str, object], tuple[Evidence, ...]], count: int) -> Hits:
    return dict(list(hits.items())[:count])


def known_kinds(reading: Reading) -> frozenset[str]:
    """The kinds of signals a message shows, and "trace" when it holds a stack trace."""
    return frozenset({signal.kind.value for signal in reading.signals} | ({"trace"} if reading.traces else set()))


def fingerprints(reading: Reading) -> frozenset[str]:
    """One fingerprint for each failure of a message: what failed and where, without numbers, ids and times."""
    parts = {
        f"{trace.exception_type}|{_mask(trace.message)}|{_place(trace.innermost.file) if trace.innermost else ''}|"
        f"{trace.innermost.function if trace.innermost else ''}"
        for trace in reading.traces
    }
    parts |= {f"{record.logger}|{_mask(record.message)}" for record in reading.records if record.level in _LOUD}
    return frozenset(hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:16] for part in parts)


def _mask(text: str) -> str:
    return _VARIABLE.sub("#", text.splitlines()[0][:300].lower()) if text else ""


def _place(file: str | None) -> str:
    return re.split(r"[\\/]", file or "")[-1]
