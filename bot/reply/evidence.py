"""How an answer came about: the lines, the votes of rules and searches, the pages, and how sure each candidate is."""

from __future__ import annotations

from bot.diagnosis.types import Diagnosis, Evidence, Hypothesis, Verdict
from bot.knowledge.types import Snapshot
from bot.reply.cite import Citer
from bot.reply.followup import ruled_out_sections
from bot.reply.types import Reply, Section, Sentence, Style

MAX_HYPOTHESES = 4
MAX_LINES = 6
"""Lines quoted for each candidate."""
LEAST_VOTE = 0.05
"""Log-odds below which a vote is not worth a word."""


def evidence(snapshot: Snapshot, diagnosis: Diagnosis) -> Reply:
    """Everything behind an answer; nothing in it holds a secret, for it quotes what reading left."""
    citer = Citer(snapshot)
    sections = [_symptom(diagnosis), *(_hypothesis(citer, h) for h in diagnosis.hypotheses[:MAX_HYPOTHESES]), _rest(diagnosis)]
    sections += ruled_out_sections(citer, diagnosis.ruled_out)
    if diagnosis.verdict is Verdict.ANSWER:
        found = tuple(citer.point(point) for point in diagnosis.points)
        sections.append(Section("Documented facts, nearest first", Style.BULLETS, found))
    shown = [section for section in sections if section.sentences or section.evidence]
    if not shown:
        nothing = Sentence("no rule fired, and nothing I know is like it.", lead="No evidence:")
        shown = [Section("", Style.PARAGRAPH, (nothing,))]
    return Reply("Evidence", tuple(shown), tuple(snapshot.sources[i] for i in citer.used(shown)))


def _symptom(diagnosis: Diagnosis) -> Section:
    if diagnosis.symptom is None:
        return Section("", Style.PARAGRAPH)
    lead = Sentence(f"`{diagnosis.symptom.id}`", lead=f"Symptom: {diagnosis.symptom.title}")
    return Section("", Style.PARAGRAPH, (lead,), _lines(diagnosis.symptom_evidence))


def _hypothesis(citer: Citer, hypothesis: Hypothesis) -> Section:
    """A candidate: how sure, what voted for it and how much, the page, the lines."""
    cause = hypothesis.cause
    sure = Sentence(f"{hypothesis.level}, {hypothesis.confidence:.0%}; `{cause.id}`", lead=f"{cause.title}:")
    votes = [f"{vote.voter} {vote.score:+.2f}" for vote in hypothesis.votes if abs(vote.score) >= LEAST_VOTE]
    voted = Sentence(" · ".join(votes) or "nothing of weight", lead="Votes (log-odds):")
    documented = citer.sentence(cause.summary, lead="Documented:")
    return Section("", Style.PARAGRAPH, (sure, voted, documented), _lines(hypothesis.evidence))


def _rest(diagnosis: Diagnosis) -> Section:
    said = "; ".join(f"{rest.name} {rest.confidence:.0%}" for rest in diagnosis.rest)
    return Section("", Style.PARAGRAPH, (Sentence(said, lead="Instead of a cause:"),) if said else ())


def _lines(found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (not e.earlier, e.number)))[:MAX_LINES]
