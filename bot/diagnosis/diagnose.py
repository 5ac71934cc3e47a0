"""From a reading and the conversation so far to a verdict, its causes, and what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.diagnosis.changes import with_changes
from bot.diagnosis.conditions import ConditionIndex, Hits, Key
from bot.diagnosis.context import continues, excluding, in_context
from bot.diagnosis.conversation import TYPED, Conversation, fingerprints, known_kinds
from bot.diagnosis.facts import Facts
from bot.diagnosis.intent import Intent, intent
from bot.diagnosis.ownership import Owner, owner
from bot.diagnosis.points import find_points, names_other_product
from bot.diagnosis.query import search_texts
from bot.diagnosis.questions import questions
from bot.diagnosis.rank import DIAGNOSIS_FROM, rank
from bot.diagnosis.rules import Findings, apply_rules
from bot.diagnosis.translate import in_english, into_english
from bot.diagnosis.types import Diagnosis, Hypothesis, Verdict
from bot.diagnosis.votes import Ballot
from bot.diagnosis.weights import Weights
from bot.knowledge.types import Level, Snapshot, Symptom
from bot.reading.types import Reading, SignalKind
from bot.retrieval.index import Hit, Index, Kind

ANSWER_FROM = 0.5
"""Similarity to a point from which a complaint that is also a question may be answered as one."""
ALIKE_FROM = 0.5
"""Similarity to a cause from which a complaint that does not name the product is taken for one about it."""
KINDS: tuple[Kind, Kind] = ("point", "cause")
SIMILAR_CAUSES, SIMILAR_EXAMPLES = 15, 6
"""How many causes and example failures vote for their likeness."""
MAX_CAUSES = 5
SILENT = frozenset({Intent.NEITHER, Intent.THANKS, Intent.SOLVED, Intent.ASIDE})
"""What needs no answer."""


@dataclass(frozen=True, slots=True)
class Diagnostician:
    """Draws conclusions with one snapshot; immutable, safe to share between threads."""

    snapshot: Snapshot
    conditions: ConditionIndex
    index: Index
    weights: Weights

    def diagnose(self, reading: Reading, conversation: Conversation) -> tuple[Diagnosis, Conversation]:
        """The conclusion about one message, and the conversation it leaves behind."""
        facts = Facts(reading, (*conversation.events, *reading.events), self.snapshot.glossary)
        now = self.conditions.hits(facts)
        alone = apply_rules(self.conditions, now)
        new = now.keys() - conversation.hits.keys()
        conversation = conversation.corrected(reading, now)
        findings, held = in_context(self.conditions, conversation, reading, now, alone)
        who = owner(reading, findings, self.snapshot.profile)
        if who is Owner.OPEN and conversation.ours:
            who = Owner.OURS
        said = into_english(reading, facts.language, self.snapshot)
        wants = intent(reading, alone, english=said is reading)
        if wants is Intent.DENIAL:
            wants = Intent.FAILURE if conversation.decided else Intent.NEITHER
            conversation = conversation.denying()
            findings = excluding(findings, conversation, self.snapshot)
        answers = wants in (Intent.NEITHER, Intent.THANKS) and continues(conversation, new, alone, wants)
        if answers:
            wants = Intent.FAILURE
        if wants is Intent.SOLVED:
            conversation = conversation.settled()
        if who is Owner.ELSEWHERE or wants in SILENT:
            diagnosis = Diagnosis(Verdict.ABSTAIN)
        elif wants is Intent.QUESTION or (wants is Intent.EITHER and self._nearer_to_points(said)):
            diagnosis = self._answer(said, who)
        else:
            diagnosis = self._explain(said, self._ballot(said, findings, held, who), conversation)
            seen = fingerprints(reading)
            news = any(kind in TYPED for kind, _ in new)
            if seen and seen <= conversation.fingerprints and not news and diagnosis.verdict is not Verdict.ABSTAIN:
                diagnosis = replace(diagnosis, repeat=True)
            changed = diagnosis.changes or not diagnosis.continues or _is_about(diagnosis, new)
            if answers and conversation.decided and not changed:
                diagnosis = Diagnosis(Verdict.ABSTAIN)  # a fact that changes nothing needs no answer
        ours = diagnosis.verdict is not Verdict.ABSTAIN
        explains = diagnosis.verdict in (Verdict.DIAGNOSIS, Verdict.OVERVIEW)
        return diagnosis, conversation.after(reading, now, diagnosis if explains else conversation.last, ours)

    def full_ballot(self, reading: Reading) -> Ballot:
        """Everything that votes about a message of its own."""
        held = self.conditions.hits(Facts(reading, reading.events, self.snapshot.glossary))
        findings = apply_rules(self.conditions, held)
        who = owner(reading, findings, self.snapshot.profile)
        return Ballot(findings, shown(findings), held, self._similar(in_english(reading, self.snapshot)), who)

    def _ballot(self, said: Reading, findings: Findings, held: Hits, who: Owner) -> Ballot:
        """What votes about a message; a certain rule needs no search, so that it answers without the model."""
        certain = any(fired.level is Level.CERTAIN for fired in findings.fired.values())
        return Ballot(findings, shown(findings), held, () if certain else self._similar(said), who)

    def _similar(self, said: Reading) -> Sequence[Hit]:
        """Causes and examples like the message."""
        # One search a kind: the examples, however many, must not push causes out of the list.
        texts = search_texts(said)
        causes = self.index.search(texts[0], ("cause",), SIMILAR_CAUSES)
        return [*causes, *(hit for text in texts for hit in self.index.search(text, ("example",), SIMILAR_EXAMPLES))]

    def _answer(self, reading: Reading, who: Owner) -> Diagnosis:
        points = find_points(self.snapshot, self.index, reading, who)
        return Diagnosis(Verdict.ANSWER, points=points) if points else Diagnosis(Verdict.ABSTAIN)

    def _nearer_to_points(self, reading: Reading) -> bool:
        """Whether the message resembles a documented fact more than any known failure."""
        nearest = {kind: self.index.search(reading.prose, (kind,), 1) for kind in KINDS}
        points, causes = (max((hit.dense for hit in nearest[kind]), default=0.0) for kind in KINDS)
        return points >= max(causes, ANSWER_FROM)

    def _explain(self, said: Reading, ballot: Ballot, conversation: Conversation) -> Diagnosis:
        findings, symptom = ballot.findings, ballot.symptom
        ranking = rank(self.conditions, ballot, self.weights)
        if not _is_for_us(self.snapshot, said, ballot):
            return Diagnosis(Verdict.ABSTAIN, rest=ranking.rest)
        best = ranking.hypotheses[0] if ranking.hypotheses else None
        decided = best is not None and best.confidence >= DIAGNOSIS_FROM and (symptom is None or _proven(best, findings))
        if not decided and symptom is None:
            symptom = self.snapshot.symptoms[self.snapshot.about["fallback"]]
        diagnosis = Diagnosis(
            verdict=Verdict.DIAGNOSIS if decided else Verdict.OVERVIEW,
            hypotheses=ranking.hypotheses[:MAX_CAUSES],
            ruled_out=tuple(sorted(findings.ruled_out.values(), key=lambda out: out.cause.id)),
            symptom=symptom,
            symptom_evidence=findings.symptoms[0].evidence if findings.symptoms else (),
            questions=questions(
                conversation.known | known_kinds(said),
                ranking.hypotheses,
                symptom,
                decided=decided,
                asked_before=conversation.asked,
            ),
            rest=ranking.rest,
        )
        return with_changes(diagnosis, conversation.last)


def _is_for_us(snapshot: Snapshot, reading: Reading, ballot: Ballot) -> bool:
    """Whether to speak about a failure.

    The product is named, the message tells of a known symptom, or a rule that proves something fired, or one that explains the
    very error a trace ends with. Beside a word of the product's field any rule will do, and so will a complaint in plain words
    that resembles a known cause.
    """
    findings = ballot.findings
    if ballot.owner is Owner.OURS or ballot.symptom is not None:
        return True
    if any(f.level is not Level.POSSIBLE for i, f in findings.fired.items() if i not in findings.suppressed):
        return True
    failing = {trace.chain[-1].number if trace.chain else trace.end_line for trace in reading.traces}
    if failing & {evidence.number for match in findings.fired.values() for evidence in match.evidence}:
        return True
    topics = {signal.number for signal in reading.signals if signal.kind is SignalKind.TOPIC}
    if not topics or names_other_product(snapshot, reading.prose):
        return False
    told = bool(topics & reading.prose_lines) and not reading.traces
    alike = told and any(hit.document.kind == "cause" and hit.dense >= ALIKE_FROM for hit in ballot.similar)
    return bool(findings.fired) or alike


def shown(findings: Findings) -> Symptom | None:
    """The symptom that speaks, where one shows."""
    return findings.symptoms[0].symptom if findings.symptoms else None


def _proven(hypothesis: Hypothesis, findings: Findings) -> bool:
    """Whether a rule speaks for the cause: likeness alone does not settle what a symptom leaves open."""
    fired = findings.fired.get(hypothesis.cause.id)
    return fired is not None and fired.level is not Level.POSSIBLE


def _is_about(diagnosis: Diagnosis, new: Iterable[Key]) -> bool:
    """Whether something that was not known before is a condition of the first cause."""
    return any(not hypothesis.cause.keys.isdisjoint(new) for hypothesis in diagnosis.hypotheses[:1])
