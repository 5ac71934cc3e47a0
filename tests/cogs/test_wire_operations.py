"""The operations server of a real bot process."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
from bot_process import bot_process, environment
from wire import Wire, serving
from wire_faults import Fault
from wire_fixtures import Scene, vectors

__all__ = ["vectors"]


def port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def get(number: int, path: str) -> tuple[int, Any]:
    """Status and content of an answer."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{number}{path}") as response:
        return response.status, await (response.json() if response.content_type == "application/json" else response.text())


async def becomes(number: int, status: int) -> Any:
    """What /readyz says once it answers with this status."""
    async with asyncio.timeout(20):
        while True:
            found, said = await get(number, "/readyz")
            if found == status:
                return said
            await asyncio.sleep(0.05)


async def test_a_bot_is_ready_once_connected_not_while_its_database_is_locked_and_counts_what_it_does(
    tmp_path: Path, vectors: Path
) -> None:
    number = port()
    async with serving(Wire(furnished=True)) as wire:
        env = environment(wire, tmp_path, vectors, {"METRICS_PORT": str(number)})
        async with bot_process(wire, env) as bot:
            scene = Scene(wire, bot)
            said = await becomes(number, 200)
            assert (said["missing"], said["shards"], said["database"]) == ({}, [0], True)
            assert await get(number, "/healthz") == (200, {"status": "alive"})
            wire.faults = [Fault("POST", f"/channels/3001/messages/{scene.next_id()}/threads", 403, 50013)]
            await scene.ask()
            await scene.logs("Message 7001: diagnosis")
            await scene.goes_on()
            await scene.logs("Message 7002: diagnosis")
            _, text = await get(number, "/metrics")
            for line in (
                'support_bot_answers_total{cause="weight-exceeded",verdict="diagnosis"} 2.0',
                'support_bot_discord_errors_total{status="403"} 1.0',
                'support_bot_gateway_connected{shard="0"} 1.0',
                "support_bot_shards 1.0",
                "support_bot_database_up 1.0",
            ):
                assert line in text
            with closing(sqlite3.connect(tmp_path / "data/state/state.sqlite3", isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                said = await becomes(number, 503)
                assert list(said["missing"]) == ["database"]
                assert (await get(number, "/healthz"))[0] == 200
                other.execute("ROLLBACK")
            assert await bot.stop() == 0


async def test_while_discord_is_away_the_process_is_alive_and_not_ready(tmp_path: Path, vectors: Path) -> None:
    number = port()
    async with serving(Wire(furnished=True, faults=[Fault("GET", "/users/@me", 503, times=1)])) as wire:
        env = environment(wire, tmp_path, vectors, {"METRICS_PORT": str(number)})
        async with bot_process(wire, env) as bot:
            await becomes(number, 200)
            assert "No connection to Discord" in bot.log
            assert bot.log.count("/healthz, /readyz and /metrics are on") == 1
            assert await bot.stop() == 0


async def test_a_port_in_use_is_told_and_the_bot_answers_all_the_same(tmp_path: Path, vectors: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with serving(Wire(furnished=True)) as wire:
            env = environment(wire, tmp_path, vectors, {"METRICS_PORT": str(taken.getsockname()[1])})
            async with bot_process(wire, env) as bot:
                await Scene(wire, bot).goes_on()
                assert "METRICS_PORT: 127.0.0.1:" in bot.log
                assert await bot.stop() == 0
