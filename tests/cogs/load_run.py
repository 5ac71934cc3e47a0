"""Load on several bot processes that share a database: answers a second, how long they take, and a process that is killed."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot_process import ROOT
from load_database import database_load
from postgres_server import PostgresServer, start_server
from wire import Wire, serving, until
from wire_cluster import Load, Processes, owners

from bot.knowledge.load import load_snapshot
from bot.settings import load_settings

SHARDS = 8
STEADY_EVERY_S = 0.2
IN_FLIGHT = 64
"""Messages of the burst that wait for their answer at a time."""
LONGEST = 1_900
"""Characters of a paste: longer ones come as files."""
KNOWLEDGE = ROOT / "knowledge"
PATIENCE_S = 120.0


@dataclass
class Measured:
    """What so many processes did. steady_s: how long the answers at a steady pace took. longest_s: the longest wait after one was
    killed, None where there was no other. again: answers sent once more with the same nonce."""

    processes: int
    messages: int
    a_second: float
    burst_s: list[float]
    steady_s: list[float]
    longest_s: float | None = None
    lost: int = 0
    doubled: int = 0
    again: int = 0

    def row(self) -> str:
        """A line of the table."""
        burst, steady = _percentiles(self.burst_s), _percentiles(self.steady_s)
        longest = "-" if self.longest_s is None else f"{self.longest_s:.1f} s"
        counts = f"{self.messages} | {self.lost} | {self.doubled} | {self.again}"
        return f"| {self.processes} | {self.a_second:.1f} | {burst} | {steady} | {longest} | {counts} |"


HEAD = (
    "| processes | answers a second | p50 / p95 at full load | p50 / p95 at 5 a second | longest wait after kill -9 | messages | "
    "lost | doubled | sent again |",
    "|---|---|---|---|---|---|---|---|---|",
)


@dataclass
class Scene:
    """The processes of one measurement. sent: all messages, of every load."""

    wire: Wire
    processes: Processes
    server: PostgresServer
    database: str
    texts: Sequence[str]
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(10_000_000))
    loads: list[Load] = field(default_factory=list)

    def load(self, every_s: float = STEADY_EVERY_S) -> Load:
        """A load of its own."""
        self.loads.append(Load(self.wire, self.texts, every_s, self.ids, asks=True))
        return self.loads[-1]

    async def divided(self, count: int) -> None:
        """Wait until so many processes hold as many shards as each other, and all are connected."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            held = list((await asyncio.to_thread(owners, self.server, self.database)).values())
            shares = {held.count(owner) for owner in set(held) - {""}}
            even = "" not in held and len(set(held)) == count and max(shares) - min(shares) <= 1
            if even and len(held) == SHARDS and self.wire.serving() == list(range(SHARDS)):
                return
            assert time.monotonic() < deadline, f"the shards were not divided: {held}"
            await asyncio.sleep(0.2)


def pastes() -> list[str]:
    """Real pastes: the tracebacks of the corpus, and what its causes are tested with."""
    traces = [path.read_text(encoding="utf-8") for path in sorted((KNOWLEDGE / "tracebacks").glob("*.txt"))]
    causes = load_snapshot(KNOWLEDGE).causes
    tests = [test.text for _, cause in sorted(causes.items()) for test in cause.tests if test.match]
    return [text for text in (*traces, *tests) if 0 < len(text.strip()) <= LONGEST]


async def measure_all(counts: Sequence[int], messages: int) -> list[str]:
    """The table, for each number of processes a row; says on stderr how far it is."""
    texts, cache = await asyncio.to_thread(pastes), load_settings({}).cache_dir
    cache.mkdir(parents=True, exist_ok=True)
    server = await asyncio.to_thread(lambda: start_server(durable=True, shared_buffers="256MB"))
    rows = []
    try:
        with tempfile.TemporaryDirectory(prefix="load-") as folder:
            for count in counts:
                print(f"{count} process(es) ...", file=sys.stderr)  # noqa: T201 - it takes minutes
                place = Path(folder) / str(count)
                await asyncio.to_thread(shutil.copytree, cache, place / "vectors", ignore=shutil.ignore_patterns("models"))
                measured = await measure(server, place, texts, count, messages)
                rows.append(measured.row())
                print(rows[-1], file=sys.stderr)  # noqa: T201 - the same
        alone = await database_load(server, max(counts))
    finally:
        await asyncio.to_thread(server.remove)
    about = (
        f"{os.cpu_count()} core(s), which the stand-in for Discord and PostgreSQL share; {SHARDS} shards; {len(texts)} pastes."
    )
    return [*HEAD, *rows, "", about, alone]


async def measure(server: PostgresServer, folder: Path, texts: Sequence[str], count: int, messages: int) -> Measured:
    """What so many processes do."""
    database = f"load_{count}"
    await asyncio.to_thread(server.execute, f"CREATE DATABASE {database}")
    wire = Wire(furnished=True, servers=SHARDS, shards=SHARDS, max_concurrency=SHARDS)
    more = {"KNOWLEDGE_DIR": str(KNOWLEDGE), "PYTHONPATH": str(ROOT), "QUEUE_LIMIT": "100000"}
    processes = Processes(wire, folder, folder / "vectors", server.url(database), SHARDS, more)
    async with serving(wire), processes.all():
        for number in range(count):
            await processes.start(str(number))
        scene = Scene(wire, processes, server, database, texts)
        await scene.divided(count)
        await _burst(scene, 2 * SHARDS)  # the first answer of a process loads what later ones have
        began = time.monotonic()
        burst = await _burst(scene, messages)
        took = max(wire.first_at[id_] for id_ in burst.sent) - began
        steady = scene.load()
        async with steady.running():
            await asyncio.sleep(STEADY_EVERY_S * messages / 4)
        await steady.is_answered()
        measured = Measured(count, 0, len(burst.sent) / took, burst.waits_s(), steady.waits_s())
        if count > 1:
            measured.longest_s = await _kill_one(scene, count)
        sent = [id_ for load in scene.loads for id_ in load.sent]
        measured.messages = len(sent)
        measured.lost = sum(len(load.unanswered()) for load in scene.loads)
        measured.doubled = sum(len(load.doubled()) for load in scene.loads)
        measured.again = sum(load.sent_again() for load in scene.loads)
        return measured


async def _burst(scene: Scene, messages: int) -> Load:
    """As many messages as can be, IN_FLIGHT at a time."""
    load, slots = scene.load(), asyncio.Semaphore(IN_FLIGHT)

    async def one(server: int) -> None:
        async with slots:
            id_ = await load.ask(server)
            await until(lambda: scene.wire.said(id_), PATIENCE_S)

    await asyncio.gather(*(one(number % SHARDS) for number in range(messages)))
    return load


async def _kill_one(scene: Scene, count: int) -> float:
    """Kill a process under a steady load; returns the longest wait for an answer."""
    load = scene.load()
    async with load.running():
        await asyncio.sleep(2)
        await scene.processes.end("0", signal.SIGKILL)
        await asyncio.sleep(1)
        await scene.divided(count - 1)
        await asyncio.sleep(2)
    await load.is_answered()
    return load.longest_wait_s()


def _percentiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20)
    return f"{1000 * cuts[9]:.0f} / {1000 * cuts[18]:.0f} ms"
