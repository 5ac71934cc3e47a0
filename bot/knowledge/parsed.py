"""One file of the corpus: its YAML in the form that the format asks for, and every problem with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from bot.errors import Problem
from bot.knowledge import located
from bot.knowledge.files import Entry

M = TypeVar("M", bound=BaseModel)

REMEMBERED = 4_096
"""Files whose content is remembered from one load to the next."""
_MESSAGES = {
    "extra_forbidden": ("unknown-key", "this key is not part of the format"),
    "missing": ("missing-key", "this key is required"),
}


def parse_one(model: type[M], name: str, text: str, problems: list[Problem]) -> tuple[M, located.Located] | None:
    """A file that holds one mapping, with the lines of its values; None if it cannot be used. Adds to `problems`."""
    parsed, found = _parsed(_read_one, model, name, text)
    problems += found
    return cast("tuple[M, located.Located] | None", parsed)


def parse_list(model: type[M], name: str, text: str, problems: list[Problem]) -> list[Entry[M]]:
    """The entries of a file that holds a list, without those that cannot be used. Adds to `problems`."""
    parsed, found = _parsed(_read_many, model, name, text)
    problems += found
    return cast("list[Entry[M]]", parsed)


@lru_cache(maxsize=REMEMBERED)
def _parsed(
    read: Callable[[type[M], str, str, list[Problem]], object], model: type[M], name: str, text: str
) -> tuple[object, tuple[Problem, ...]]:
    """What a file holds, and its problems; remembered, because a reload finds most files as they were."""
    problems: list[Problem] = []
    return read(model, name, text, problems), tuple(problems)


def _read_one(model: type[M], name: str, text: str, problems: list[Problem]) -> tuple[M, located.Located] | None:
    document, found = located.parse(text, name)
    problems += found
    if found:
        return None
    if not isinstance(document.data, dict):
        problems.append(Problem(name, 1, "wrong-type", "this file holds one mapping of keys to values"))
        return None
    spec = _validate(model, document, (), name, problems)
    return None if spec is None else (spec, document)


def _read_many(model: type[M], name: str, text: str, problems: list[Problem]) -> list[Entry[M]]:
    document, found = located.parse(text, name)
    problems += found
    if found:
        return []
    if not isinstance(document.data, list):
        problems.append(Problem(name, 1, "wrong-type", "this file holds a list of entries"))
        return []
    specs = ((i, _validate(model, document, (i,), name, problems)) for i in range(len(document.data)))
    return [Entry(spec, name, document.line((i,))) for i, spec in specs if spec is not None]


def _validate(model: type[M], document: located.Located, at: located.Path, name: str, problems: list[Problem]) -> M | None:
    data = document.data
    for step in at:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = at + detail["loc"]
            code, says = _MESSAGES.get(detail["type"], ("wrong-value", detail["msg"].removeprefix("Value error, ")))
            key = ".".join(str(step) for step in detail["loc"]) or "entry"
            problems.append(Problem(name, document.line(path), code, f"`{key}`: {says}"))
    return None
