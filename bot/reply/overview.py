"""The answer while the cause is open: what is certain, the documented candidates, how to tell them apart."""

from __future__ import annotations

from bot.diagnosis.types import Diagnosis, Hypothesis
from bot.knowledge.types import Advice, Candidate
from bot.reply.cite import Citer, first_lines
from bot.reply.types import Section, Sentence, Style

MAX_CANDIDATES = 6
STRONG = 0.3
"""Confidence from which a cause comes before the order that the corpus's author chose."""


def overview_sections(citer: Citer, diagnosis: Diagnosis) -> list[Section]:
    """Lead, candidates with the most probable first, and the next steps."""
    symptom = diagnosis.symptom
    assert symptom is not None, "an overview has a symptom"
    says = symptom.says or ()
    lead = [citer.sentence(says[0], lead=f"{symptom.title}:")] if says else [Sentence("", lead=f"{symptom.title}.")]
    lead += [citer.sentence(advice) for advice in says[1:]]
    return [
        Section("", Style.PARAGRAPH, tuple(lead), first_lines(diagnosis.symptom_evidence)),
        Section(f"What it can be (per {citer.docs})", Style.BULLETS, tuple(candidate_sentences(citer, diagnosis))),
        Section("Quick next steps to diagnose", Style.BULLETS, tuple(citer.sentence(step) for step in symptom.steps)),
    ]


def candidate_sentences(citer: Citer, diagnosis: Diagnosis) -> list[Sentence]:
    """The candidates that are still open, one sentence each."""
    symptom = diagnosis.symptom
    assert symptom is not None
    listed: list[Candidate] = []
    if symptom.id != citer.snapshot.about["fallback"]:
        listed = list(symptom.candidates)
    named = {cause for candidate in listed for cause in candidate.causes}
    extra = [h for h in diagnosis.hypotheses if h.cause.id not in named and (h.confidence >= STRONG or not listed)]
    out = {out.cause.id for out in diagnosis.ruled_out}
    share = {h.cause.id: h.confidence for h in diagnosis.hypotheses}
    open_ones = [c for c in listed if not set(c.causes) <= out]
    ordered = sorted(open_ones, key=lambda c: not any(share.get(i, 0.0) >= STRONG for i in c.causes))
    sentences = [_of_cause(citer, hypothesis) for hypothesis in extra]
    sentences += [_of_candidate(citer, candidate) for candidate in ordered]
    return sentences[:MAX_CANDIDATES]


def _of_cause(citer: Citer, hypothesis: Hypothesis) -> Sentence:
    return citer.sentence(hypothesis.cause.fixes[0], lead=f"{hypothesis.cause.title}:")


def _of_candidate(citer: Citer, candidate: Candidate) -> Sentence:
    cite = tuple(dict.fromkeys(point for advice in candidate.advice for point in advice.cite))
    return citer.sentence(Advice(" ".join(advice.text for advice in candidate.advice), cite), lead=f"{candidate.title}:")
