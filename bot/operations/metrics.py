"""What is counted where it happens; whatever can be read at any time is looked up when it is asked for (see `view`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Metrics(Protocol):
    """Hears of everything that is counted. Labels are bounded: causes of the corpus, verdicts, kinds, status codes."""

    def answered(self, verdict: str, cause: str, stages_s: Mapping[str, float]) -> None:
        """An answer stands: what it says, the cause it names or "", and how many seconds each stage took."""

    def kept_silent(self, verdict: str) -> None:
        """A message was read, and the bot said nothing."""

    def refused_busy(self) -> None:
        """Somebody was told to try again, because too much waited."""

    def voted(self, kind: str) -> None:
        """Somebody said what came of an answer."""

    def reloaded(self, action: str, outcome: str) -> None:
        """A change of the corpus was asked for, and came to an end: served, refused or failed."""

    def discord_failed(self, status: str) -> None:
        """A request to Discord came back with an error status, or not at all ("connection")."""


class Unmeasured:
    """Counts nothing."""

    def answered(self, verdict: str, cause: str, stages_s: Mapping[str, float]) -> None:
        """Nothing."""

    def kept_silent(self, verdict: str) -> None:
        """Nothing."""

    def refused_busy(self) -> None:
        """Nothing."""

    def voted(self, kind: str) -> None:
        """Nothing."""

    def reloaded(self, action: str, outcome: str) -> None:
        """Nothing."""

    def discord_failed(self, status: str) -> None:
        """Nothing."""


UNMEASURED = Unmeasured()
