"""Run labelled cases through the bot and measure the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.errors import InternalError
from bot.evaluation.breakdown import cause_scores, confusions, latency
from bot.evaluation.calibration import calibration_bins
from bot.evaluation.cases import Case, is_question, message
from bot.evaluation.metrics import judge
from bot.evaluation.questions import judge_question, summarise_questions
from bot.evaluation.report import Report
from bot.evaluation.summary import summarise

Pair = tuple[Case, Case]
"""A labelled case and the answer that it got."""


def answer_cases(cases: Iterable[Case], answer: Callable[[list[Case]], list[Case]]) -> list[Pair]:
    """Each case with its answer.

    `answer` is given messages (`id`, `text`, maybe `thread`; no labels) and returns the JSON of a diagnosis for each, in the
    same order. Raises InternalError when it does not.
    """
    labelled = list(cases)
    answers = answer([message(case) for case in labelled])
    asked, answered = [case["id"] for case in labelled], [one.get("id") for one in answers]
    if asked != answered:
        raise InternalError(f"{len(asked)} messages, {len(answered)} answers, or not in the order of the messages")
    return list(zip(labelled, answers, strict=True))


def measure(pairs: Sequence[Pair]) -> Report:
    """Judge each answer by its kind of label."""
    rows = tuple(judge(case, one) for case, one in pairs if not is_question(case))
    question_rows = tuple(judge_question(case, one) for case, one in pairs if is_question(case))
    times = (one.get("timing_ms", {}).get("total") for _, one in pairs)
    return Report(
        failures=summarise(rows) if rows else None,
        questions=summarise_questions(question_rows) if question_rows else None,
        causes=cause_scores(rows),
        confusions=confusions(rows),
        calibration=calibration_bins(rows),
        latency=latency(time for time in times if time is not None),
        rows=rows,
        question_rows=question_rows,
    )


def evaluate(cases: Iterable[Case], answer: Callable[[list[Case]], list[Case]]) -> Report:
    """Answer the cases and measure the answers."""
    return measure(answer_cases(cases, answer))
