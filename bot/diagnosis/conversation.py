"""What one conversation has shown so far, without any of its text beyond the quoted lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.diagnosis.conditions import Hits, merge
from bot.diagnosis.types import Diagnosis, Evidence, Verdict
from bot.knowledge.types import Level
from bot.reading.told_times import told_times
from bot.reading.types import Event, Reading, SignalKind

FACTS = frozenset({"endpoint", "model", "output_format", "package", "plan", "product", "topic"})
"""Kinds of conditions that say what is used, not what failed: they outlive the failure they were told with."""
SINGLE = frozenset({"model", "output_format", "plan", "endpoint"})
"""Kinds of facts of which the last one told is true."""
TYPED = FACTS - {"product", "topic"} | {"api_error", "http_status", "ws_close", "gap"}
"""Kinds of conditions that are facts, not words."""
MAX_EVENTS = 400
MAX_CONDITIONS = 2000
_VARIABLE = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+(?:\.\d+)?")
_SHOWN = frozenset({SignalKind.API_ERROR, SignalKind.WS_CLOSE, SignalKind.HTTP_STATUS})
"""What a failure shows that has neither a trace nor a log."""
_LOUD = frozenset({"warning", "error", "critical"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state carried from message to message; a new conversation is `Conversation()`.

    hits: conditions that held in any message. events: the timeline so far. fingerprints: failures already seen.
    known: kinds of signals any message showed, so that nobody is asked for what was said.
    asked: the questions put so far. denied: causes that the user says it is not. last: the last conclusion about a failure.
    beside: the same messages as another corpus reads them, where two answer.
    """

    hits: Hits = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    ours: bool = False
    last: Diagnosis | None = None
    turns: int = 0
    beside: Conversation | None = None

    @property
    def open(self) -> bool:
        """Whether the last conclusion left the cause open."""
        return self.ours and self.last is not None and self.last.verdict is Verdict.OVERVIEW

    @property
    def decided(self) -> bool:
        """Whether the last conclusion was one cause."""
        return self.last is not None and self.last.verdict is Verdict.DIAGNOSIS

    def corrected(self, reading: Reading, now: Hits) -> Conversation:
        """The conversation without what the message says anew: another model, plan or time takes the place of the one before."""
        said = {signal.kind.value for signal in reading.signals} & SINGLE
        said |= {"gap"} if any(kind == "gap" for kind, _ in now) else set()
        if not said:
            return self
        return replace(self, hits={k: lines for k, lines in self.hits.items() if k[0] not in said})

    def denying(self) -> Conversation:
        """The conversation after "that is not it": the last cause is out, unless the pastes prove it."""
        if self.last is None or not self.decided or self.last.hypotheses[0].level is Level.CERTAIN:
            return self
        return replace(self, denied=self.denied | {self.last.hypotheses[0].cause.id})

    def settled(self) -> Conversation:
        """The conversation after its failure was solved: what was used is still known, what had failed is past."""
        return replace(self, hits=facts_of(self.hits), last=None, denied=frozenset())

    def after(self, reading: Reading, hits: Hits, last: Diagnosis | None, ours: bool) -> Conversation:
        """The conversation with one more message; evidence from it is marked as earlier for the next."""
        earlier = {
            k: tuple(Evidence(e.number, e.quote, e.why, earlier=True) for e in lines)
            for k, lines in merge(self.hits, hits).items()
        }
        return replace(
            self,
            hits=_first(earlier, MAX_CONDITIONS),
            events=(*self.events, *reading.events)[-MAX_EVENTS:],
            fingerprints=self.fingerprints | fingerprints(reading),
            known=self.known | known_kinds(reading),
            ours=self.ours or ours,
            asked=self.asked.union(last.questions if last else ()),
            last=last,
            turns=self.turns + 1,
        )


def _first(hits: Mapping[tuple[str, object], tuple[Evidence, ...]], count: int) -> Hits:
    return dict(list(hits.items())[:count])


def known_kinds(reading: Reading) -> frozenset[str]:
    """The kinds of signals a message shows, "trace" when it holds a stack trace with its error, and "gap" for a time told."""
    told = any(True for line in reading.lines if line.number in reading.prose_lines for _ in told_times(line.text))
    traced = any(trace.exception_type for trace in reading.traces)
    kinds = {signal.kind.value for signal in reading.signals}
    return frozenset(kinds | ({"trace"} if traced else set()) | ({"gap"} if told or len(reading.events) > 1 else set()))


def facts_of(hits: Hits) -> Hits:
    """Of the conditions that held, those that say what is used."""
    return {k: lines for k, lines in hits.items() if k[0] in FACTS}


def fingerprints(reading: Reading) -> frozenset[str]:
    """One fingerprint for each failure of a message: what failed and where, without numbers, ids and times."""
    return frozenset(fingerprint for fingerprint, _, _ in named_failures(reading))


def named_failures(reading: Reading) -> list[tuple[str, str, str]]:
    """Each failure of a message: its fingerprint, what reported it (an exception's type, a logger, a code), and what it says."""
    found = []
    for trace in reading.traces:
        place = f"{_place(trace.innermost.file)}|{trace.innermost.function}" if trace.innermost else "|"
        found.append((f"{trace.exception_type}|{_mask(trace.message)}|{place}", trace.exception_type or "", trace.message))
    loud = [record for record in reading.records if record.level in _LOUD]
    found += [(f"{record.logger}|{_mask(record.message)}", record.logger, record.message) for record in loud]
    if not found:
        shown = [signal for signal in reading.signals if signal.kind in _SHOWN]
        found = [(f"{s.kind}|{s.value}|{_mask(s.detail)}", f"{s.kind} {s.value}", s.detail) for s in shown]
    return [(hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:16], kind, says) for part, kind, says in found]


def _mask(text: str) -> str:
    return _VARIABLE.sub("#", text.splitlines()[0][:300].lower()) if text else ""


def _place(file: str | None) -> str:
    return re.split(r"[\\/]", file or "")[-1]
