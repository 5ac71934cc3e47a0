"""PostgreSQL behind the state: restarted, away, or behind a network that fell silent, it stops nothing, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from postgres_fixtures import name_of, through
from postgres_proxy import PausingProxy
from postgres_server import PASSWORD, PostgresServer
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection
from state_fixtures import make, stored

from bot.errors import StateError
from bot.settings import load_settings
from bot.state import Outcome, Store, make_store
from bot.state.database import Database
from bot.state.failures import RefusedError
from bot.state.postgres import connect, dsn, failures

AWAY_S = 20.0
"""Longer than any promise: what takes so long hangs."""


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def answer(store: Store, first: int, number: int) -> None:
    """Take on and answer some messages."""
    for source in range(first, first + number):
        assert await store.claim(source)
        await store.record_answer(stored(source))


async def all_there(url: str, sources: range) -> None:
    """What was answered is in the database, whole."""
    later = make(url, retention_days=36_500)
    assert [await later.answer(source) for source in sources] == [stored(source) for source in sources]
    assert [source for source in sources if await later.claim(source)] == []
    await later.close()


async def test_a_restart_in_the_middle_of_work_loses_nothing(
    postgres_server: PostgresServer, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = make(database_url, retention_days=36_500)
    await store.open()
    work = asyncio.gather(*(answer(store, first, 40) for first in (100, 200, 300)))
    await asyncio.sleep(0.1)
    await asyncio.to_thread(postgres_server.restart)
    async with asyncio.timeout(AWAY_S):
        await work
        await store.close()
    for first in (100, 200, 300):
        await all_there(database_url, range(first, first + 40))
    assert PASSWORD not in caplog.text


async def test_the_first_use_after_a_restart_works(postgres_server: PostgresServer, database_url: str) -> None:
    database = Database(database_url, retry_after_s=0.0)
    for _ in range(2):
        assert await database.run(lambda c: c.scalar(text("SELECT 7")), reads=True) == 7
        await asyncio.to_thread(postgres_server.restart, "fast")
        await asyncio.sleep(0.05)
    assert await database.run(lambda c: c.scalar(text("SELECT 7")), reads=True) == 7
    await database.close()


async def test_a_server_that_is_away_at_the_start_is_told_once_and_used_later(
    postgres_server: PostgresServer, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = make(database_url, retention_days=36_500)
    await asyncio.to_thread(postgres_server.stop)
    try:
        await store.open()
        await answer(store, 1, 3)
        assert await store.answer(2) == stored(2)
        assert await store.latest_in_thread(40) == stored(3)
        with pytest.raises(StateError, match=r"DATABASE_URL, 127\.0\.0\.1: .*refused") as caught:
            await store.set_guild_setting(10, "key", 1)
        assert PASSWORD not in str(caught.value)
        assert len(complaints(caplog)) == 1
    finally:
        await asyncio.to_thread(postgres_server.start)
    await store.close()
    await all_there(database_url, range(1, 4))
    assert PASSWORD not in caplog.text


async def test_a_network_that_falls_silent_is_an_error_within_seconds_and_made_up_for(
    postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = make(through(postgres_server, postgres_proxy, database_url), retention_days=36_500, retry_after_s=60.0)
    await answer(store, 1, 3)
    postgres_proxy.pause()
    began = time.perf_counter()
    await asyncio.gather(*(answer(store, first, 5) for first in (10, 20, 30)))
    assert await store.answer(32) == stored(32)
    await store.set_outcome(1, Outcome.FIXED)
    with pytest.raises(StateError):
        await store.audit_log()
    assert time.perf_counter() - began < AWAY_S
    assert len(store._outbox) > 0
    assert "no answer" in complaints(caplog)[0]
    postgres_proxy.resume()
    vars(store)["_database"].try_again()
    await store.flush()
    assert len(store._outbox) == 0
    await store.close()
    for first in (10, 20, 30):
        await all_there(database_url, range(first, first + 5))


async def test_closing_while_the_network_is_silent_does_not_hang(
    postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = make(through(postgres_server, postgres_proxy, database_url))
    await answer(store, 1, 3)
    postgres_proxy.pause()
    writing = asyncio.ensure_future(store.record_answer(stored(9)))
    await asyncio.sleep(0.1)
    writing.cancel()
    async with asyncio.timeout(AWAY_S):
        await store.close()
    assert "1 change(s) of the state could not be written" in caplog.text


async def test_a_start_behind_a_silent_network_does_not_hang(
    postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str
) -> None:
    postgres_proxy.pause()
    store = make(through(postgres_server, postgres_proxy, database_url), retry_after_s=60.0)
    async with asyncio.timeout(AWAY_S):
        await store.open()
        assert await store.claim(1)
        await store.close()


async def test_a_lock_that_another_holds_is_an_error_before_the_connection_is_given_up(database_url: str) -> None:
    database = Database(database_url, retry_after_s=0.0)
    await database.run(lambda c: c.execute(text("SELECT 1")))
    holder = await connect(make_url(database_url))
    async with holder.transaction():
        await holder.execute("LOCK TABLE audit")
        with pytest.raises(StateError, match="lock timeout"):
            await database.run(lambda c: c.execute(text("SELECT * FROM audit")), reads=True)
    await holder.close()
    await database.run(lambda c: c.execute(text("SELECT * FROM audit")), reads=True)
    await database.close()


@pytest.mark.parametrize(
    ("values", "told"),
    [({"corpus": "x" * 65}, "character varying(64)"), ({"cause": "a\0b"}, "0x00"), ({"channel_id": 1 << 63}, "DataError")],
)
async def test_what_the_database_does_not_take_is_told_and_holds_up_nothing(
    database_url: str, caplog: pytest.LogCaptureFixture, values: dict[str, object], told: str
) -> None:
    store = make(database_url, retention_days=36_500, retry_after_s=60.0)
    await store.record_answer(stored(1, **values))
    await answer(store, 2, 1)
    assert store.available
    await store.close()
    await all_there(database_url, range(2, 3))
    (line,) = complaints(caplog)
    assert told in line
    assert str(1 << 63) not in line


async def test_what_the_caller_wrote_is_refused_to_the_caller(database_url: str) -> None:
    store = make(database_url)
    with pytest.raises(RefusedError, match="does not take this"):
        await store.set_guild_setting(10, "k" * 65, 1)
    await store.close()


@pytest.mark.parametrize("over", ["tcp", "socket"])
async def test_the_url_of_a_platform_is_used_as_it_is(postgres_server: PostgresServer, database_url: str, over: str) -> None:
    name = name_of(database_url)
    url = postgres_server.url(name) if over == "tcp" else postgres_server.socket_url(name)
    url = url.replace("postgresql+asyncpg", "postgres")
    more = "sslmode=prefer&channel_binding=prefer&connect_timeout=10"
    store = make_store(load_settings({"DATABASE_URL": f"{url}{'&' if '?' in url else '?'}{more}"}))
    await store.open()
    assert store.available
    assert await store.claim(1)
    await store.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+asyncpg://u:p%40ss%2F@h/d?ssl=require", "postgresql://u:p%40ss%2F@h/d?sslmode=require"),
        ("postgresql+asyncpg://u@h:1/d?sslmode=verify-full&keepalives=1", "postgresql://u@h:1/d?sslmode=verify-full"),
    ],
)
def test_a_url_is_read_as_the_driver_spells_it(url: str, expected: str) -> None:
    assert dsn(make_url(url)) == expected


@pytest.mark.parametrize("query", ["sslmode=nonsense", "sslmode=verify-full&sslrootcert=/nowhere/root.crt"])
async def test_a_url_that_cannot_be_used_is_told_without_its_password(
    database_url: str, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    store = make(f"{database_url}?{query}")
    await store.open()
    await store.close()
    with pytest.raises(failures()):
        await connect(make_url(f"{database_url}?{query}"))
    assert len(complaints(caplog)) == 1
    assert "DATABASE_URL" in complaints(caplog)[0]
    assert PASSWORD not in caplog.text


async def test_work_cut_off_by_a_vanished_process_does_not_keep_its_locks(database_url: str) -> None:
    connection = await connect(make_url(database_url))
    assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"
    assert await connection.fetchval("SHOW lock_timeout") == "4s"
    assert await connection.fetchval("SHOW tcp_user_timeout") == "15000"
    await connection.close()


async def test_work_may_be_given_more_time(database_url: str) -> None:
    database = Database(database_url, retry_after_s=0.0)

    async def slow(connection: AsyncConnection) -> int:
        await connection.execute(text("SELECT pg_sleep(0.6)"))
        return 1

    with pytest.raises(StateError, match=r"no answer within 0\.3 s"):
        await database.run(slow, limit_s=0.3)
    assert await database.run(slow, limit_s=AWAY_S) == 1
    await database.close()
