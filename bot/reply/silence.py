"""The honest answer to an explicit question that the corpus cannot answer: what was read, and what to send."""

from __future__ import annotations

from bot.knowledge.types import Snapshot
from bot.reading.timeline import open_spans, retry_failures, silences_before_close
from bot.reading.types import Reading, SignalKind
from bot.reply.types import Section, Sentence, Style


def silence_sections(snapshot: Snapshot, reading: Reading) -> list[Section]:
    """Says that the answer is not in the corpus, and what of the message was understood."""
    name = snapshot.about["name"]
    lead = Sentence(f"I found nothing here that my {name} knowledge explains.", lead="Not in my knowledge.")
    read = tuple(Sentence(fact) for fact in _understood(snapshot, reading))
    help_at = f"People help at <{snapshot.about['help']}>."
    send = Sentence(f"the full error text or log around it, what you called and with which parameters. {help_at}")
    return [
        Section("", Style.PARAGRAPH, (lead,)),
        Section("What I read", Style.BULLETS, read or (Sentence("no error, log line or question that I recognise"),)),
        Section("If it is about " + name + ", send", Style.BULLETS, (send,)),
    ]


def _understood(snapshot: Snapshot, reading: Reading) -> list[str]:
    facts = [
        f"a {t.language} stack trace{_type(t.exception_type)} (lines {t.start_line}-{t.end_line})" for t in reading.traces[:3]
    ]
    for what, pairs in (
        ("a connection that was open for {:.1f} s", open_spans(reading.events)),
        ("nothing sent for {:.1f} s before a close", silences_before_close(reading.events)),
        ("a retry that failed after {:.1f} s", retry_failures(reading.events)),
    ):
        facts += [f"{what.format(pair.seconds)} (lines {pair.start.number}-{pair.end.number})" for pair in pairs[:1]]
    titles = {vendor.id: vendor.title or vendor.id for vendor in snapshot.profile.vendors}
    seen: dict[str, str] = {}
    for signal in reading.signals:
        if signal.kind is SignalKind.VENDOR:
            seen.setdefault(f"signs of {titles.get(signal.value, signal.value)}", f"line {signal.number}")
        elif signal.kind is SignalKind.HTTP_STATUS:
            seen.setdefault(f"HTTP status {signal.value}", f"line {signal.number}")
        elif signal.kind is SignalKind.WS_CLOSE:
            seen.setdefault(f"WebSocket close code {signal.value}", f"line {signal.number}")
    return facts + [f"{what} ({where})" for what, where in list(seen.items())[:4]]


def _type(name: str | None) -> str:
    return ": `" + name.replace("`", "'")[:80] + "`" if name else ""
