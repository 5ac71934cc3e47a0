"""A finding, and how checks are run so that one that fails keeps no other from running."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import UserError

log = logging.getLogger(__name__)


class Level(StrEnum):
    """How bad a finding is: only an error keeps the bot from doing what the settings ask for."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a setting or a part of the bot, and what to do; nothing is to be done where all is well."""

    level: Level
    about: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.level:8}{self.about}: {self.found}{f' → {self.advice}' if self.advice else ''}"


def fine(about: str, found: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, about, found)


def warning(about: str, found: str, advice: str) -> Finding:
    """Something may not be as it is meant."""
    return Finding(Level.WARNING, about, found, advice)


def error(about: str, found: str, advice: str) -> Finding:
    """Something does not work."""
    return Finding(Level.ERROR, about, found, advice)


def run_check(about: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a check found; a failure of the check is a finding, too."""
    try:
        return list(check())
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with the machine, the other checks are made
        return [_failed(about, problem)]


async def run_network_check(about: str, check: Awaitable[Iterable[Finding]], timeout_s: float) -> list[Finding]:
    """The same of a check that asks somebody else, who may never answer."""
    try:
        async with asyncio.timeout(timeout_s):
            return list(await check)
    except TimeoutError:
        return [error(about, f"no answer within {timeout_s:.0f} s", "Look whether a firewall, a proxy or the address is wrong.")]
    except Exception as problem:  # noqa: BLE001 - as above
        return [_failed(about, problem)]


def _failed(about: str, problem: Exception) -> Finding:
    if isinstance(problem, UserError):
        return error(about, " ".join(str(problem).split()), "Do what the text says, and run `python -m bot doctor` again.")
    log.debug("The check of %s failed", about, exc_info=problem)
    return error(about, f"the check itself failed ({type(problem).__name__})", "LOG_LEVEL=DEBUG shows where.")
