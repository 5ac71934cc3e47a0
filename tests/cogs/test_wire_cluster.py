from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from postgres_fixtures import through
from postgres_proxy import PausingProxy
from postgres_server import PostgresServer
from wire import Wire, serving, until
from wire_cluster import Load, Processes, owners
from wire_faults import Fault
from wire_fixtures import FAILURE, vectors

from bot.cluster.processes import LIFE_S

__all__ = ["vectors"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHARDS = 6
TAKEOVER_S = 30.0
"""What is promised."""
SETTLE_S = 60.0


@dataclass
class Cluster:
    """Three bots that share a database, the third over a network that can fall silent."""

    wire: Wire
    processes: Processes
    server: PostgresServer
    proxy: PausingProxy
    database: str
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(10_000_000))

    async def owners(self) -> dict[int, str]:
        """Which process holds which shard."""
        return await asyncio.to_thread(owners, self.server, self.database)

    async def shares(self) -> list[int]:
        """How many shards each running process holds, the fewest first."""
        held = Counter((await self.owners()).values())
        return sorted(held[str(bot.pid)] for bot in self.processes.running.values())

    async def divided(self, *shares: int, within_s: float = SETTLE_S) -> float:
        """Wait until the running processes hold so many shards each, and all are connected; returns how long it took."""
        began = time.monotonic()
        while await self.shares() != list(shares) or self.wire.serving() != list(range(SHARDS)):
            assert time.monotonic() < began + within_s, f"{await self.shares()}, connected: {self.wire.serving()}"
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    def load(self) -> Load:
        """Messages on all shards."""
        return Load(self.wire, [FAILURE], 0.1, self.ids)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(
    tmp_path_factory: pytest.TempPathFactory, vectors: Path, postgres_server: PostgresServer
) -> AsyncIterator[Cluster]:
    database = "bots_of_one_cluster"
    await asyncio.to_thread(postgres_server.execute, f"CREATE DATABASE {database}")
    url = postgres_server.url(database)
    wire = Wire(furnished=True, servers=SHARDS, shards=SHARDS, max_concurrency=3)
    processes = Processes(wire, tmp_path_factory.mktemp("bots"), vectors, url, SHARDS)
    async with serving(wire), PausingProxy(postgres_server.port) as proxy, processes.all():
        await processes.start("first")
        await asyncio.gather(processes.start("second"), processes.start("third", through(postgres_server, proxy, url)))
        yield Cluster(wire, processes, postgres_server, proxy, database)
    await asyncio.to_thread(postgres_server.execute, f"DROP DATABASE {database} WITH (FORCE)")


def tell(load: Load, what: str) -> None:
    """Show the figures of the README: pytest -s."""
    print(f"\n{load.figures(what)}")  # noqa: T201 - see above


async def test_processes_divide_the_shards_and_each_server_is_answered(cluster: Cluster) -> None:
    await cluster.divided(2, 2, 2)
    load = cluster.load()
    for server in range(SHARDS):
        await load.ask(server)
    await load.is_answered()


async def test_what_a_killed_process_held_is_taken_over_in_time_and_no_message_is_lost_or_doubled(cluster: Cluster) -> None:
    load = cluster.load()
    doomed = str(cluster.processes.running["second"].pid)
    held = next(shard for shard, owner in (await cluster.owners()).items() if owner == doomed)
    async with load.running():
        await asyncio.sleep(2)
        # One answer is on its way: Discord takes it, and the process does not live to know.
        half_sent = await load.ask(held)
        fault = Fault("POST", f"/channels/{half_sent}/messages$", gate=asyncio.Event())
        cluster.wire.faults = [fault]
        await until(lambda: fault.hits)
        assert await cluster.processes.end("second", signal.SIGKILL) == -signal.SIGKILL
        assert fault.gate is not None
        fault.gate.set()
        await cluster.divided(3, 3)
    await load.is_answered()
    assert len(cluster.wire.posts(f"/channels/{half_sent}/messages")) == 2
    tell(load, "One of three processes is killed")
    assert load.longest_wait_s() < TAKEOVER_S


async def test_a_process_that_joins_gets_its_share(cluster: Cluster) -> None:
    load = cluster.load()
    async with load.running():
        await cluster.processes.start("fourth")
        await cluster.divided(2, 2, 2)
        await asyncio.sleep(1)
    await load.is_answered()
    tell(load, "A third process joins")
    assert load.longest_wait_s() < LIFE_S


async def test_while_the_database_restarts_nothing_is_lost_or_doubled(cluster: Cluster) -> None:
    before = await cluster.owners()
    load = cluster.load()
    async with load.running():
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.server.restart)
        await asyncio.sleep(5)
    await load.is_answered()
    tell(load, "The database restarts")
    assert await cluster.owners() == before


async def test_a_process_cut_off_from_the_database_stops_in_time_and_comes_back(cluster: Cluster) -> None:
    cut_off = cluster.processes.running["third"]
    load = cluster.load()
    async with load.running():
        await asyncio.sleep(1)
        cluster.proxy.pause()
        paused = time.monotonic()
        await until(lambda: "rest here until it does" in cut_off.log, LIFE_S)
        assert time.monotonic() - paused < LIFE_S
        while str(cut_off.pid) in (await cluster.owners()).values():
            assert time.monotonic() < paused + TAKEOVER_S
            await asyncio.sleep(0.1)
        await until(lambda: cluster.wire.serving() == list(range(SHARDS)), TAKEOVER_S)
        cluster.proxy.resume()
        await cluster.divided(2, 2, 2)
    await load.is_answered()
    tell(load, "One of three processes is cut off from the database for longer than it lives")
    assert load.longest_wait_s() < TAKEOVER_S


async def test_a_process_that_is_stopped_hands_its_shards_over_at_once(cluster: Cluster) -> None:
    load = cluster.load()
    async with load.running():
        await asyncio.sleep(1)
        assert await cluster.processes.end("first", signal.SIGTERM) == 0
        await cluster.divided(3, 3)
        await asyncio.sleep(1)
    await load.is_answered()
    tell(load, "One of three processes is stopped")
    assert load.longest_wait_s() < LIFE_S


async def test_new_sessions_were_begun_no_faster_than_discord_allows(cluster: Cluster) -> None:
    assert len(cluster.wire.identifies) >= 2 * SHARDS
    assert cluster.wire.hasty == 0
    assert all("Traceback" not in bot.log for bot in cluster.processes.running.values())
