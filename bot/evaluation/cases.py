"""Labelled cases from JSON lines files, checked before anything is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.errors import InputError

Case = dict[str, Any]
"""One labelled message: `id`, `text`, maybe `thread`, and the labels of a failure (`gold`) or of a question (`answerable`)."""

MESSAGE_FIELDS = ("id", "text", "thread")
"""What the bot is shown of a case: never a label."""


def is_question(case: Case) -> bool:
    """Whether the case is a question of fact; otherwise it is a failure."""
    return "gold" not in case


def message(case: Case) -> Case:
    """The case without its labels."""
    return {field: case[field] for field in MESSAGE_FIELDS if field in case}


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """The cases of the files, in order; raises InputError that lists every malformed line as `file:line: what is wrong`."""
    cases: list[Case] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read: {error}") from None
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            case, fault = _parse(line)
            if case is not None and case["id"] in seen:
                fault = f"the id {case['id']!r} is already used at {seen[case['id']]}"
            if fault or case is None:
                faults.append(f"{place}: {fault}")
            else:
                seen[case["id"]] = place
                cases.append(case)
    if faults:
        raise InputError("\n".join(faults))
    return cases


def _parse(line: str) -> tuple[Case | None, str]:
    """The case of a line, or None and what is wrong with it."""
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, f"not JSON: {error}"
    if not isinstance(case, dict):
        return None, "not a JSON object"
    for field in ("id", "text"):
        if not isinstance(case.get(field), str) or not case[field]:
            return None, f"{field!r} must be a text"
    fault = _question_fault(case) if is_question(case) else _failure_fault(case)
    return (None, fault) if fault else (case, "")


def _failure_fault(case: Case) -> str:
    return (
        ""
        if _texts(case["gold"]) and case["gold"]
        else '\'gold\' must be a list of at least one cause id, "insufficient" or "none"'
    )


def _question_fault(case: Case) -> str:
    if "answerable" not in case:
        return "a case needs 'gold' (a failure) or 'answerable' (a question)"
    if not isinstance(case["answerable"], bool):
        return "'answerable' must be true or false"
    if not case["answerable"]:
        return ""
    must, urls = case.get("must"), case.get("urls")
    if not isinstance(must, list) or not must or not all(_texts(group) and group for group in must):
        return "'must' must be a list of groups, each a list of regular expressions"
    if not _texts(urls):
        return "'urls' must be a list of page addresses"
    for pattern in (pattern for group in must for pattern in group):
        try:
            re.compile(pattern)
        except re.error as error:
            return f"'must' holds an invalid regular expression {pattern!r}: {error}"
    return ""


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
