"""How many answers a second the database alone takes: what is read and written for each, from several processes' stores."""

from __future__ import annotations

import asyncio
import itertools
import time

from postgres_server import PostgresServer

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Level
from bot.state import Store, StoredAnswer, StoredCandidate
from bot.state.database import Database

SECONDS = 5.0
AT_ONCE = 5
"""Answers that each store works on at a time: as many as it has connections."""


def answer_to(message: int) -> StoredAnswer:
    """What is recorded of an answer in two parts."""
    return StoredAnswer(
        source_id=message,
        channel_id=20,
        author_id=30 + message % 1_000,
        verdict=Verdict.DIAGNOSIS,
        guild_id=10,
        thread_id=message,
        reply_ids=(2 * message, 2 * message + 1),
        cause="invalid-api-key",
        candidates=(StoredCandidate("invalid-api-key", Level.CERTAIN, 0.97),),
        fingerprints=frozenset({f"{message:040x}"}),
        corpus="1" * 40,
    )


async def database_load(server: PostgresServer, stores: int) -> str:
    """Measure with so many stores, each as that of a process; returns a line that says it."""
    database = "load_database"
    await asyncio.to_thread(server.execute, f"CREATE DATABASE {database}")
    numbers, done = itertools.count(1), 0
    opened = [Store(Database(server.url(database)), 30) for _ in range(stores)]
    for number, store in enumerate(opened):
        store.owner = f"{number:032x}"
        await store.open()
    until = time.monotonic() + SECONDS

    async def answer_on(store: Store) -> None:
        nonlocal done
        while time.monotonic() < until:
            message = next(numbers)
            await store.user_settings(30 + message % 1_000)
            await store.thread_solved(message)
            assert await store.claim(message)
            await store.record_answer(answer_to(message))
            done += 1

    await asyncio.gather(*(answer_on(store) for store in opened for _ in range(AT_ONCE)))
    for store in opened:
        await store.close()
    size = int(await asyncio.to_thread(server.execute, "SELECT pg_database_size(current_database())", database))
    return (
        f"The database alone, {stores} stores of {AT_ONCE} connections in one process: what {done / SECONDS:.0f} answers a "
        f"second read and write; {size / 1e6:.0f} MB after {done:,}."
    )
