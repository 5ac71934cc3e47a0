from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot_process import ENDLESS, bot_process, environment
from wire import Wire, serving, until
from wire_faults import Fault
from wire_fixtures import FAILURE, Scene, vectors
from wire_payloads import ME, command, question

from bot.cogs.support import DRAIN_S

__all__ = ["vectors"]

MARGIN_S = 5.0
STATE = "data/state/state.sqlite3"


@asynccontextmanager
async def running(folder: Path, vectors: Path) -> AsyncIterator[Scene]:
    """A bot of its own, which keeps what it writes in the folder."""
    async with serving(Wire(furnished=True)) as wire, bot_process(wire, environment(wire, folder, vectors)) as bot:
        yield Scene(wire, bot)


def recorded(folder: Path) -> list[int]:
    """The messages whose answers are in the state."""
    with sqlite3.connect(folder / STATE) as connection:
        return [row[0] for row in connection.execute("SELECT source_id FROM answers ORDER BY source_id")]


async def test_told_to_stop_the_bot_finishes_what_is_in_flight_and_exits_cleanly(tmp_path: Path, vectors: Path) -> None:
    async with running(tmp_path, vectors) as scene:
        gate = asyncio.Event()
        scene.wire.faults = [
            Fault("POST", "/channels/3001/messages/7001/threads", gate=gate),
            Fault("PATCH", f"/webhooks/{ME}/token-7002/", gate=gate),
        ]
        await scene.ask()
        await scene.wire.dispatch("INTERACTION_CREATE", command(scene.new_id(), FAILURE))
        await until(lambda: all(fault.hits for fault in scene.wire.faults))
        stopping = asyncio.create_task(scene.bot.stop())
        await scene.logs("Stopping")
        gate.set()
        assert await stopping == 0
        await scene.is_answered("7001")
        assert len(scene.wire.said("token-7002")) == 1
        await until(lambda: not scene.wire.open_sockets)
        assert recorded(tmp_path) == [7001, 7002]


async def test_what_does_not_end_holds_the_bot_up_for_ten_seconds_at_most(tmp_path: Path, vectors: Path) -> None:
    async with running(tmp_path, vectors) as scene:
        scene.wire.faults = [Fault("POST", "/channels/3001/messages/7002/threads", gate=asyncio.Event())]
        await scene.ask(ENDLESS)
        await scene.ask()
        await until(lambda: scene.wire.faults[0].hits)
        begin = time.monotonic()
        assert await scene.bot.stop() == 0
        assert time.monotonic() - begin < DRAIN_S + MARGIN_S
        assert "2 answer(s) under way were given up" in scene.bot.log
        assert "Traceback" not in scene.bot.log


async def test_killed_and_started_again_the_bot_answers_no_message_twice(tmp_path: Path, vectors: Path) -> None:
    async with serving(Wire(furnished=True)) as wire:
        async with bot_process(wire, environment(wire, tmp_path, vectors)) as bot:
            scene = Scene(wire, bot)
            answered = await scene.ask()
            await scene.logs(f"Message {answered}: diagnosis")
            await until(lambda: recorded(tmp_path) == [int(answered)])
            assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
        async with bot_process(wire, environment(wire, tmp_path, vectors)) as bot:
            scene = Scene(wire, bot, ids=int(answered))
            await wire.dispatch("MESSAGE_CREATE", question(answered, FAILURE))
            await until(lambda: len(wire.posts(f"/{answered}/threads")) == 2)
            await scene.goes_on()
            assert len(wire.posts(f"/channels/{answered}/messages")) == 1
            assert await bot.stop() == 0


async def test_with_a_locked_database_the_bot_answers_and_writes_its_records_later(tmp_path: Path, vectors: Path) -> None:
    async with running(tmp_path, vectors) as scene:
        await scene.goes_on()
        await until(lambda: recorded(tmp_path) == [7001])
        other = sqlite3.connect(tmp_path / STATE, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        held = await scene.ask()
        await scene.is_answered(held)
        await scene.logs("The state cannot be used (database is locked)")
        await scene.goes_on()
        other.execute("ROLLBACK")
        other.close()
        assert await scene.bot.stop() == 0
        assert recorded(tmp_path) == [7001, int(held), int(held) + 1]


async def test_with_a_full_disk_the_bot_answers_and_says_so_in_the_log(tmp_path: Path, vectors: Path) -> None:
    async with running(tmp_path, vectors) as scene:
        await scene.goes_on()
        await until(lambda: recorded(tmp_path) == [7001])
        # No file of the process may grow any more: its writes fail as they do on a full disk.
        resource.prlimit(scene.bot.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for _ in range(3):
            await scene.goes_on()
        await scene.logs("The state cannot be used (")
        assert await scene.bot.stop() == 0
        assert "change(s) of the state could not be written" in scene.bot.log
        assert recorded(tmp_path) == [7001]


async def test_on_a_disk_that_is_full_from_the_start_the_bot_answers_all_the_same(tmp_path: Path, vectors: Path) -> None:
    async with serving(Wire(furnished=True)) as wire:
        env = environment(wire, tmp_path, vectors, {"FAULT_NO_WRITES": "1"})
        async with bot_process(wire, env) as bot:
            scene = Scene(wire, bot)
            await scene.goes_on()
            await scene.logs("The state cannot be used (")
            assert await bot.stop() == 0


async def test_interrupted_an_idle_bot_stops_at_once(tmp_path: Path, vectors: Path) -> None:
    async with running(tmp_path, vectors) as scene:
        begin = time.monotonic()
        assert await scene.bot.stop(signal.SIGINT) == 0
        assert time.monotonic() - begin < MARGIN_S
        assert "Traceback" not in scene.bot.log
