"""What is said of a further message in a conversation, and of what a message rules out: only what is new."""

from __future__ import annotations

from collections.abc import Iterable

from bot.diagnosis.changes import EXCLUDED
from bot.diagnosis.types import Diagnosis, Evidence, RuledOut, Verdict
from bot.reply.cite import Citer, first_lines
from bot.reply.overview import candidate_sentences
from bot.reply.types import Section, Sentence, Style


def followup_sections(citer: Citer, diagnosis: Diagnosis) -> list[Section]:
    """The same conclusion on new lines: what they add, and what stays open."""
    shown_now = [out for out in diagnosis.ruled_out if any(not evidence.earlier for evidence in out.evidence)]
    added = ruled_out_sections(citer, shown_now, title="What this adds: ruled out")
    if diagnosis.verdict is Verdict.DIAGNOSIS:
        top = diagnosis.hypotheses[0]
        lead = citer.sentence(top.cause.summary, lead="The same cause:")
        new = tuple(evidence for evidence in top.evidence if not evidence.earlier)
        return [Section("", Style.PARAGRAPH, (lead,), first_lines(new)), *added]
    assert diagnosis.symptom is not None, "an overview has a symptom"
    lead = Sentence("", lead=f"Still open: {diagnosis.symptom.title}.")
    new = tuple(evidence for evidence in diagnosis.symptom_evidence if not evidence.earlier)
    left = Section("What it can still be", Style.BULLETS, tuple(candidate_sentences(citer, diagnosis)))
    return [*added, Section("", Style.PARAGRAPH, (lead,), first_lines(new)), left]


def repeat_sections(citer: Citer, diagnosis: Diagnosis) -> list[Section]:
    """A failure that was answered here before: its line, and what still stands."""
    top = diagnosis.hypotheses[0] if diagnosis.hypotheses else None
    seen = (*(top.evidence if top else ()), *diagnosis.symptom_evidence)
    lines = tuple(evidence for evidence in seen if not evidence.earlier)[:1]
    lead = Sentence("nothing in it changes the answer above.", lead="The same failure again:")
    still = ruled_out_sections(citer, diagnosis.ruled_out, title="Still ruled out")
    return [Section("", Style.PARAGRAPH, (lead,), lines), *still]


def ruled_out_sections(citer: Citer, ruled_out: Iterable[RuledOut], *, title: str = "Ruled out") -> list[Section]:
    """What the paste speaks against, with the lines that do."""
    sentences = []
    for out in ruled_out:
        where = "; ".join(_place(evidence) for evidence in out.evidence)
        sentences.append(citer.sentence(out.because, lead=f"{out.cause.title}:", after=f" ({where})" if where else ""))
    return [Section(title, Style.BULLETS, tuple(sentences))] if sentences else []


def change_sections(diagnosis: Diagnosis) -> list[Section]:
    """How the conclusion differs from the one given before; what is newly ruled out has a section of its own."""
    changes = [change for change in diagnosis.changes if not change.startswith(EXCLUDED)]
    return [Section("What this adds", Style.BULLETS, tuple(Sentence(change) for change in changes))]


def _place(evidence: Evidence) -> str:
    line = f"line {evidence.number}" + (" of an earlier message" if evidence.earlier else "")
    return f"{line}, {evidence.why}" if evidence.why else line
