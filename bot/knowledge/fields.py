"""The smallest parts of the corpus format: ids, words, days, patterns."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bot.knowledge.days import last_day
from bot.patterns import PatternError, compile_pattern

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, Field(min_length=2, max_length=600)]


def _check_day(value: str) -> str:
    last_day(value)
    return value


def _check_pattern(value: str) -> str:
    try:
        compile_pattern(value)
    except PatternError as error:
        raise ValueError(f"not a valid RE2 pattern: {error}") from None
    return value


def as_list(value: object) -> object:
    """A single value as a list of one: both are accepted where a list may stand."""
    return value if isinstance(value, list) else [value]


Pattern = Annotated[str, Field(min_length=2, max_length=1000), AfterValidator(_check_pattern)]
Day = Annotated[
    str,
    Field(pattern=r"^20\d\d(-\d\d(-\d\d)?)?$", description="a day, month or year as YYYY-MM-DD, YYYY-MM or YYYY"),
    AfterValidator(_check_day),
]
