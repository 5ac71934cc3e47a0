from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bot_process import bot_process, environment
from openapi_requests import problems_of
from wire import Wire, serving, until
from wire_fixtures import FAILURE, vectors
from wire_payloads import CHANNEL, command, question

from bot.cogs.waiting import BUSY

__all__ = ["vectors"]

BURST = 300
PATIENCE_S = 60.0
LATE_S = 2.0
"""Discord takes a connection for dead after a whole interval of some 41 s without a heartbeat."""
PASTE = "\n".join([*(f"2026-05-01 10:00:{n:02} INFO printed label {n} of the batch" for n in range(34)), FAILURE])
"""As long as a message can be."""


def asked_for(number: int) -> tuple[str, dict[str, Any]]:
    """One of a burst of explicit requests: every third is a command, the others name the bot."""
    if number % 3 == 0:
        return "INTERACTION_CREATE", command(str(number), PASTE)
    return "MESSAGE_CREATE", question(str(number), PASTE, author=f"5{number}", mentions=True)


def unasked(number: int) -> tuple[str, dict[str, Any]]:
    """One of a burst of pastes in the support channel, each by somebody else."""
    return "MESSAGE_CREATE", question(str(number), PASTE, author=f"6{number}")


@pytest.mark.parametrize("ask", [asked_for, unasked], ids=["asked", "unasked"])
async def test_of_three_hundred_pastes_at_once_none_is_lost_and_the_heartbeats_are_on_time(
    ask: Callable[[int], tuple[str, dict[str, Any]]], tmp_path: Path, vectors: Path
) -> None:
    async with serving(Wire(furnished=True, heartbeat_ms=250)) as wire:
        async with bot_process(wire, environment(wire, tmp_path, vectors)) as bot:
            numbers = range(10_001, 10_001 + BURST)

            def answers() -> list[str]:
                own = [said for n in numbers for key in (str(n), f"token-{n}") for said in wire.said(key)]
                return [*own, *wire.said(CHANNEL)]

            begin = time.monotonic()
            for number in numbers:
                await wire.dispatch(*ask(number))
            await until(lambda: len(answers()) >= BURST, PATIENCE_S)
            seconds = time.monotonic() - begin
            refused = answers().count(BUSY)
            print(  # noqa: T201 - the figures of the README, shown by pytest -s
                f"\n{BURST} pastes at once: {BURST - refused} answered, {refused} told to try again, in {seconds:.1f} s; "
                f"heartbeats at most {1000 * wire.largest_delay_s():.0f} ms late"
            )
            assert await bot.stop() == 0
        assert len(answers()) == BURST
        assert all(len(wire.said(str(n))) + len(wire.said(f"token-{n}")) <= 1 for n in numbers)
        assert wire.largest_delay_s() < LATE_S
        assert len(wire.intents) == 1
        assert "Traceback" not in bot.log
        assert problems_of(wire.requests) == []
        assert refused == 0 if ask is unasked else 0 < refused < BURST
