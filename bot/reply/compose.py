"""From a diagnosis to an answer: what is said, in which order, with which sources."""

from __future__ import annotations

from collections.abc import Iterable

from bot.diagnosis.types import Diagnosis, Verdict
from bot.knowledge.types import Snapshot
from bot.reading.secret_kinds import PERSONAL
from bot.reading.types import Reading, Redaction
from bot.reply.cite import Citer, first_lines
from bot.reply.followup import change_sections, followup_sections, repeat_sections, ruled_out_sections
from bot.reply.overview import overview_sections
from bot.reply.relevance import relevant
from bot.reply.silence import silence_sections
from bot.reply.types import Reply, Section, Sentence, Style

ALSO_FROM = 0.08
"""Confidence from which another cause is worth a mention beside a diagnosis."""
MAX_POINTS = 3
LEAK_LEAD = "Secret in your message:"
"""Opens the sentence on a secret; a surface that told its author in private leaves the sentence out."""


def compose(snapshot: Snapshot, reading: Reading, diagnosis: Diagnosis) -> Reply:
    """The answer to one message; a section never holds a statement of the product without a source."""
    citer = Citer(snapshot)
    headline = _headline(snapshot, diagnosis)
    if diagnosis.repeat:
        sections = repeat_sections(citer, diagnosis)
    elif diagnosis.continues:
        sections = followup_sections(citer, diagnosis)
    elif diagnosis.verdict is Verdict.DIAGNOSIS:
        sections = _diagnosed(citer, reading, diagnosis)
    elif diagnosis.verdict is Verdict.OVERVIEW:
        sections = overview_sections(citer, diagnosis)
    elif diagnosis.verdict is Verdict.ANSWER:
        sections = _answered(citer, diagnosis)
    else:
        sections = silence_sections(snapshot, reading)
    if diagnosis.verdict in (Verdict.DIAGNOSIS, Verdict.OVERVIEW):
        if not diagnosis.repeat and not diagnosis.continues:
            sections = [*change_sections(diagnosis), *sections, *ruled_out_sections(citer, diagnosis.ruled_out)]
        sections += _questions(diagnosis)
    shown = [
        section for section in [*sections, *_left_out(reading), *_redactions(reading)] if section.sentences or section.evidence
    ]
    return Reply(headline, tuple(shown), tuple(snapshot.sources[i] for i in citer.used(shown)))


def _headline(snapshot: Snapshot, diagnosis: Diagnosis) -> str:
    if diagnosis.verdict is Verdict.DIAGNOSIS:
        return diagnosis.hypotheses[0].cause.title
    if diagnosis.verdict is Verdict.OVERVIEW and diagnosis.symptom is not None:
        return diagnosis.symptom.title
    return snapshot.sources[diagnosis.points[0].source].title if diagnosis.points else "Not in my knowledge"


def _diagnosed(citer: Citer, reading: Reading, diagnosis: Diagnosis) -> list[Section]:
    top = diagnosis.hypotheses[0]
    word = "Cause" if top.level == "certain" else "Most likely cause"
    lead = citer.sentence(top.cause.summary, lead=f"{word} (per {citer.docs}):")
    fixes = relevant(top.cause.fixes, reading)
    sections = [
        Section("", Style.PARAGRAPH, (lead,), first_lines(top.evidence)),
        Section("How to fix it", Style.BULLETS, tuple(citer.sentence(fix) for fix in fixes)),
    ]
    others = [h for h in diagnosis.hypotheses[1:] if h.confidence >= ALSO_FROM]
    if others:
        named = tuple(citer.sentence(h.cause.summary, lead=h.cause.title + ":") for h in others[:2])
        sections.append(Section("If that is not it", Style.BULLETS, named))
    return sections


def _answered(citer: Citer, diagnosis: Diagnosis) -> list[Section]:
    first, *more = (citer.point(point) for point in diagnosis.points[:MAX_POINTS])
    lead = Sentence(first.text, first.sources, lead=f"Per {citer.docs}:")
    return [Section("", Style.PARAGRAPH, (lead,)), Section("Related", Style.BULLETS, tuple(more))]


def _questions(diagnosis: Diagnosis) -> list[Section]:
    if diagnosis.decided is not None and diagnosis.decided.level == "certain":
        return []
    title = "To be sure, send" if diagnosis.verdict is Verdict.DIAGNOSIS else "To decide, send"
    return [Section(title, Style.BULLETS, tuple(Sentence(question) for question in diagnosis.questions))]


def _left_out(reading: Reading) -> list[Section]:
    if not reading.dropped:
        return []
    text = f"the message is long: I read its beginning and its end and left out {reading.dropped:,} characters between them."
    return [Section("", Style.PARAGRAPH, (Sentence(text, lead="Not read:"),))]


def _redactions(reading: Reading) -> list[Section]:
    """What was hidden: keys, which their owner must revoke, apart from what only tells who somebody is."""
    keys = [redaction for redaction in reading.redactions if redaction.kind not in PERSONAL]
    personal = [redaction for redaction in reading.redactions if redaction.kind in PERSONAL]
    sentences = []
    if keys:
        what = f"your message holds {_hidden(keys)}. I do not repeat it; whoever read it may use it"
        sentences.append(Sentence(f"{what}, so revoke it and make a new one.", lead=LEAK_LEAD))
    if personal:
        sentences.append(Sentence(f"{_hidden(personal)}.", lead="Also hidden here:" if keys else "Hidden here:"))
    return [Section("", Style.PARAGRAPH, tuple(sentences))]


def _hidden(redactions: Iterable[Redaction]) -> str:
    kinds: dict[str, list[int]] = {}
    for redaction in redactions:
        kinds.setdefault(PERSONAL.get(redaction.kind, redaction.kind.replace("-", " ")), []).append(redaction.number)
    return "; ".join(f"{kind} ({_lines(numbers)})" for kind, numbers in kinds.items())


def _lines(numbers: Iterable[int]) -> str:
    ordered = sorted(set(numbers))
    return ("line " if len(ordered) == 1 else "lines ") + ", ".join(map(str, ordered[:5])) + (" …" if len(ordered) > 5 else "")
