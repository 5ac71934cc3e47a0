"""Answers to questions of fact against their labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.diagnosis.types import Verdict
from bot.evaluation.cases import Case
from bot.evaluation.shares import Interval, interval, share

# What does not tell pages apart: scheme and www., query and fragment, a closing slash.
INCIDENTAL = re.compile(r"^https?://(?:www\.)?|[#?].*$|/$")


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What happened to one question.

    right1, right3: the first / the first three points of an answer together hold every group of `must`. cited: one of those
    three cites an accepted page. silent: the bot abstained, which is right only where the question cannot be answered.
    """

    id: str
    answerable: bool
    verdict: str
    right1: bool
    right3: bool
    cited: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class QuestionSummary:
    """Shares over the answerable questions (right1, right3, cited) and over the others (silent); over none, None."""

    answerable: int
    right1: float | None
    right1_ci: Interval
    right3: float | None
    right3_ci: Interval
    cited: float | None
    cited_ci: Interval
    unanswerable: int
    silent: float | None
    silent_ci: Interval


def judge_question(case: Case, answer: Case) -> QuestionRow:
    """Compare the answer to a question (the JSON of one diagnosis) with its labels."""
    verdict, points = answer["verdict"], answer.get("points") or []
    answered = case["answerable"] and verdict == Verdict.ANSWER
    urls = {source["id"]: source["url"] for source in answer.get("sources", [])}
    accepted = {page(url) for url in case.get("urls", [])}
    return QuestionRow(
        id=case["id"],
        answerable=case["answerable"],
        verdict=verdict,
        right1=answered and _holds(case["must"], points[:1]),
        right3=answered and _holds(case["must"], points[:3]),
        cited=case["answerable"] and any(page(urls.get(point.get("source")) or "") in accepted for point in points[:3]),
        silent=verdict == Verdict.ABSTAIN,
    )


def summarise_questions(rows: Sequence[QuestionRow]) -> QuestionSummary:
    """The metrics over judged questions."""
    answerable = [row for row in rows if row.answerable]
    right1, right3 = [row.right1 for row in answerable], [row.right3 for row in answerable]
    cited, silent = [row.cited for row in answerable], [row.silent for row in rows if not row.answerable]
    return QuestionSummary(
        answerable=len(answerable),
        right1=share(right1),
        right1_ci=interval(right1),
        right3=share(right3),
        right3_ci=interval(right3),
        cited=share(cited),
        cited_ci=interval(cited),
        unanswerable=len(silent),
        silent=share(silent),
        silent_ci=interval(silent),
    )


def page(url: str) -> str:
    """What two addresses of the same page have in common: no scheme, no query or fragment, no slash at the end of the whole."""
    return INCIDENTAL.sub("", url)


def _holds(groups: Sequence[Sequence[str]], points: Sequence[Case]) -> bool:
    """Whether every group has a pattern that is found in the points' texts, whatever the case of letters."""
    text = "\n".join(point["text"] for point in points)
    return all(any(re.search(pattern, text, re.IGNORECASE) for pattern in group) for group in groups)
