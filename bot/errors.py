"""The project's errors.

BotError
├── UserError            shown to the person who caused it, as it is: exit code 2 on the command line
│   ├── SettingError     a setting is missing or has a value that cannot be used
│   ├── InputError       what was given to read cannot be read
│   ├── CorpusError      the knowledge folder does not pass its checks; carries every Problem found
│   ├── ModelError       the embedding model cannot be loaded or is not the expected one
│   └── StateError       the state (answers, votes, settings) cannot be read or written
└── InternalError        for the log: something that should not happen did
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass


class BotError(Exception):
    """Root of every error this project raises on purpose."""


class UserError(BotError):
    """An error whose text is written for the person who can mend it."""


class SettingError(UserError):
    """A setting is missing or unusable; the text names it and says what to put there."""


class InputError(UserError):
    """The input cannot be read; the text says which input and why."""


class ModelError(UserError):
    """The embedding model cannot be used; the text names it and what to do."""


class StateError(UserError):
    """The state cannot be used; the text says what went wrong with which database."""


class InternalError(BotError):
    """Something that should not happen did; for the log, never for a reply."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One located error of the corpus: `path` relative to the corpus, 1-based `line`, a stable `code`."""

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}: {self.message}"


class CorpusError(UserError):
    """The corpus does not pass its checks; `problems` holds every one of them, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def describe_mistake(error: BaseException) -> str:
    """A mistake of ours for the log: its kind and where it was made, without its text, which may quote a message."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
