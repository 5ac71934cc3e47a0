"""Run labelled cases through the bot and measure the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.errors import InputError, InternalError
from bot.evaluation.breakdown import cause_scores, confusions, latency
from bot.evaluation.cases import Case, is_question, message
from bot.evaluation.metrics import judge, summarise
from bot.evaluation.questions import judge_question, summarise_questions
from bot.evaluation.report import Report


def evaluate(cases: Iterable[Case], answer: Callable[[list[Case]], list[Case]]) -> Report:
    """Answer the cases and judge each by its kind of label.

    `answer` is given messages (`id`, `text`, maybe `thread`; no labels) and returns the JSON of a diagnosis for each, in the
    same order. Raises InternalError when it does not.
    """
    labelled = list(cases)
    answers = answer([message(case) for case in labelled])
    asked, answered = [case["id"] for case in labelled], [one.get("id") for one in answers]
    if asked != answered:
        raise InternalError(f"{len(asked)} messages, {len(answered)} answers, or not in the order of the messages")
    pairs = list(zip(labelled, answers, strict=True))
    rows = tuple(judge(case, one) for case, one in pairs if not is_question(case))
    question_rows = tuple(judge_question(case, one) for case, one in pairs if is_question(case))
    times = (one.get("timing_ms", {}).get("total") for one in answers)
    return Report(
        failures=summarise(rows) if rows else None,
        questions=summarise_questions(question_rows) if question_rows else None,
        causes=cause_scores(rows),
        confusions=confusions(rows),
        latency=latency(time for time in times if time is not None),
        rows=rows,
        question_rows=question_rows,
    )


def write_json(report: Report, path: Path) -> None:
    """Write the report as one JSON object; raises InputError when the file cannot be written."""
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error}") from None
