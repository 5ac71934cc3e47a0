"""What this process remembers of the state itself, for the time the database cannot be used."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Generic, TypeVar

from bot.state.types import Outcome, StoredAnswer

K = TypeVar("K")
V = TypeVar("V")

MAX_KEPT = 1_000


class Kept(OrderedDict[K, V], Generic[K, V]):
    """A mapping that holds the MAX_KEPT entries set last."""

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > MAX_KEPT:
            self.popitem(last=False)


class RecentAnswers:
    """The answers recorded by this process, as they were changed since."""

    def __init__(self) -> None:
        self._answers: Kept[int, StoredAnswer] = Kept()

    def put(self, answer: StoredAnswer) -> None:
        """Remember an answer."""
        self._answers[answer.source_id] = answer

    def get(self, source_id: int) -> StoredAnswer | None:
        """The answer to a message."""
        return self._answers.get(source_id)

    def by_reply(self, reply_id: int) -> StoredAnswer | None:
        """The answer that one of the bot's messages belongs to."""
        return next((answer for answer in self._answers.values() if reply_id in answer.reply_ids), None)

    def latest(self, thread_id: int) -> StoredAnswer | None:
        """The answer to the latest message of a thread."""
        return max(self._spoken(thread_id), key=lambda answer: answer.source_id, default=None)

    def solved(self, thread_id: int) -> bool:
        """Whether some answer in the thread fixed it."""
        return any(answer.outcome is Outcome.FIXED for answer in self._spoken(thread_id))

    def conclude(self, source_id: int, outcome: Outcome | None) -> None:
        """Note what came of an answer."""
        if (answer := self._answers.get(source_id)) is not None:
            self._answers[source_id] = replace(answer, outcome=outcome)

    def reject(self, source_id: int, cause: str) -> None:
        """Note that somebody called the cause wrong."""
        if (answer := self._answers.get(source_id)) is not None:
            self._answers[source_id] = replace(answer, rejected=answer.rejected | {cause})

    def forget(self, source_id: int) -> None:
        """Drop an answer."""
        self._answers.pop(source_id, None)

    def _spoken(self, thread_id: int) -> list[StoredAnswer]:
        return [answer for answer in self._answers.values() if answer.thread_id == thread_id and answer.reply_ids]
