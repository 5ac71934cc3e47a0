"""Three bot processes that share a database serve the same corpus, whoever changes it, and answer all the while."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from bot_process import PARCEL, BotProcess
from postgres_server import PostgresServer
from wire import Wire, serving, until
from wire_cluster import Load, Processes
from wire_fixtures import FAILURE, vectors
from wire_payloads import GUILD, command

from bot.knowledge.load import corpus_version

__all__ = ["vectors"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHARDS = 4
SWAP_S = 1.0
"""Within this time, all processes serve the same."""
WAIT_S = 60.0
MANAGES_GUILD = "32"


@dataclass
class Bots:
    """The processes, the folder that they read the corpus from, and what they serve."""

    wire: Wire
    processes: Processes
    server: PostgresServer
    database: str
    folder: Path
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(20_000_000))

    async def served(self) -> list[str]:
        """The version that each process says it serves."""
        sql = "SELECT corpus FROM processes WHERE seen_at > extract(epoch FROM clock_timestamp()) - 15"
        return (await asyncio.to_thread(self.server.execute, sql, self.database)).split()

    async def serve(self, version: str, count: int) -> None:
        """Wait until so many processes say that they serve the version, and no other one."""
        async with asyncio.timeout(WAIT_S):
            while await self.served() != [version] * count:  # noqa: ASYNC110 - the database does not tell
                await asyncio.sleep(0.1)

    async def order(self, name: str) -> str:
        """What an admin is told who uses /corpus with this name."""
        id_ = str(next(self.ids))
        given: dict[str, Any] = command(id_, "")
        known = (body for method, path, body in self.wire.requests if method == "PUT" and path.endswith("/commands"))
        place = next(number for number, one in enumerate(next(known)) if one["name"] == "corpus")
        given["data"] = {
            "id": str(8001 + place),
            "name": "corpus",
            "type": 1,
            "options": [{"name": name, "type": 1, "options": []}],
        }
        given["member"]["permissions"] = MANAGES_GUILD
        await self.wire.dispatch("INTERACTION_CREATE", given)
        await until(lambda: self.wire.said(given["token"]), WAIT_S)
        return "\n".join(self.wire.said(given["token"]))

    def load(self) -> Load:
        """Messages in all servers."""
        return Load(self.wire, [FAILURE], 0.1, self.ids)

    def change(self, note: str) -> str:
        """Another edition of the corpus in the folder; its version."""
        sources = self.folder / "sources.yaml"
        sources.write_text(note + sources.read_text("utf-8"), "utf-8")
        return corpus_version(self.folder)


def swapped_at(bot: BotProcess, version: str) -> float:
    """When a process began to serve a version, by its log."""
    lines = [json.loads(line) for line in bot.lines if f"Corpus {version} is live, as in every process" in line]
    assert lines, bot.log
    return datetime.fromisoformat(lines[0]["time"]).timestamp()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bots(tmp_path_factory: pytest.TempPathFactory, vectors: Path, postgres_server: PostgresServer) -> AsyncIterator[Bots]:
    database = "bots_of_one_corpus"
    await asyncio.to_thread(postgres_server.execute, f"CREATE DATABASE {database}")
    place = tmp_path_factory.mktemp("corpora")
    folder = Path(shutil.copytree(PARCEL, place / "parcel"))
    wire = Wire(furnished=True, servers=SHARDS, shards=SHARDS, max_concurrency=SHARDS)
    more = {"KNOWLEDGE_DIR": str(folder), "ADMIN_SERVERS": GUILD, "LOG_FORMAT": "json"}
    processes = Processes(wire, place, vectors, postgres_server.url(database), SHARDS, more)
    async with serving(wire), processes.all():
        await asyncio.gather(*(processes.start(name) for name in ("first", "second", "third")))
        await until(lambda: wire.serving() == list(range(SHARDS)), WAIT_S)  # before its first session, a shard is told of nothing
        yield Bots(wire, processes, postgres_server, database, folder)
    await asyncio.to_thread(postgres_server.execute, f"DROP DATABASE {database} WITH (FORCE)")


async def test_a_reload_on_one_is_served_by_all_within_a_second_and_no_message_is_lost(bots: Bots) -> None:
    await bots.serve(corpus_version(PARCEL), 3)
    version = bots.change("# two\n")
    load = bots.load()
    async with load.running():
        assert f"Corpus `{version}` is live." in await bots.order("reload")
        await bots.serve(version, 3)
        await asyncio.sleep(1)
    await load.is_answered()
    times = [swapped_at(bot, version) for bot in bots.processes.running.values()]
    print(f"\nThree processes swapped within {max(times) - min(times):.3f} s")  # noqa: T201 - a figure of the README: pytest -s
    assert max(times) - min(times) < SWAP_S


async def test_the_status_lists_each_process_and_what_it_serves(bots: Bots) -> None:
    status = await bots.order("status")
    assert "**Processes:** 3" in status
    for bot in bots.processes.running.values():
        assert f":{bot.pid} serves `{corpus_version(bots.folder)}`, runs since" in status


async def test_a_new_process_with_a_newer_folder_brings_it_to_all(bots: Bots) -> None:
    version = bots.change("# three\n")
    load = bots.load()
    async with load.running():
        await bots.processes.start("fourth")
        await bots.serve(version, 4)
    await load.is_answered()
    times = [swapped_at(bot, version) for bot in bots.processes.running.values()]
    assert max(times) - min(times) < SWAP_S


async def test_a_killed_process_holds_a_change_up_no_longer_than_its_life(bots: Bots) -> None:
    before, version = corpus_version(bots.folder), bots.change("# four\n")
    assert await bots.processes.end("fourth", signal.SIGKILL) == -signal.SIGKILL
    assert f"Corpus `{version}` is live." in await bots.order("reload")
    await bots.serve(version, 3)
    assert f"Corpus `{before}` is live." in await bots.order("rollback")
    await bots.serve(before, 3)
