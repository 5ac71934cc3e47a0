"""What is said after "Not it": the next candidate, or that there is none and what to send."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.types import Cause, Snapshot
from bot.reply.cite import Citer
from bot.reply.types import Reply, Section, Sentence, Style

MAX_QUESTIONS = 4


def next_candidate(snapshot: Snapshot, cause: Cause, confidence: float) -> Reply:
    """One more cause that was considered, with its fixes and what would decide it; `confidence` is what it had."""
    citer = Citer(snapshot)
    lead = citer.sentence(cause.summary, lead=f"{cause.title} (per {citer.docs}):")
    found = Sentence(f"it had {confidence:.0%} of my confidence in the first answer.", lead="The next candidate:")
    sections = (
        Section("", Style.PARAGRAPH, (found, lead)),
        Section("How to fix it", Style.BULLETS, tuple(citer.sentence(fix) for fix in cause.fixes)),
        _questions("To be sure, send", [cause]),
    )
    return _reply(citer, cause.title, sections)


def no_candidate(snapshot: Snapshot, rejected: Iterable[Cause]) -> Reply:
    """Nothing is left; `rejected` are the causes that people called wrong, whose questions may still decide."""
    citer = Citer(snapshot)
    lead = Sentence("I know no other cause that fits what I read.", lead="No further candidate.")
    general = Sentence("the full error or traceback with the log lines before it, and the call with its parameters.")
    asked = _questions("", rejected).sentences
    help_at = Sentence(f"<{snapshot.about['help']}>", lead="People help at")
    sections = (
        Section("", Style.PARAGRAPH, (lead,)),
        Section("To go on, send", Style.BULLETS, (general, *asked)),
        Section("", Style.PARAGRAPH, (help_at,)),
    )
    return _reply(citer, "No further candidate", sections)


def _questions(title: str, causes: Iterable[Cause]) -> Section:
    texts = dict.fromkeys(question.text for cause in causes for question in cause.ask)
    return Section(title, Style.BULLETS, tuple(Sentence(text) for text in list(texts)[:MAX_QUESTIONS]))


def _reply(citer: Citer, headline: str, sections: tuple[Section, ...]) -> Reply:
    shown = tuple(section for section in sections if section.sentences)
    return Reply(headline, shown, tuple(citer.snapshot.sources[i] for i in citer.used(shown)))
