"""The server that the tests run on is what they take it for."""

from __future__ import annotations

import asyncio
import time

import asyncpg
import pytest
from postgres_fixtures import name_of, through
from postgres_proxy import PausingProxy
from postgres_server import PostgresServer


def dsn(url: str) -> str:
    return url.replace("+asyncpg", "")


@pytest.mark.parametrize("over", ["tcp", "socket"])
async def test_the_server_has_vectors_over_tcp_and_over_a_socket(
    postgres_server: PostgresServer, database_url: str, over: str
) -> None:
    url = database_url if over == "tcp" else postgres_server.socket_url(name_of(database_url))
    connection = await asyncpg.connect(dsn(url))
    await connection.execute("CREATE EXTENSION vector")
    assert await connection.fetchval("SELECT '[1,2]'::vector <#> '[3,4]'::vector") == -11
    await connection.close()


async def test_a_crash_breaks_connections_and_keeps_what_was_committed(
    postgres_server: PostgresServer, database_url: str
) -> None:
    connection = await asyncpg.connect(dsn(database_url))
    await connection.execute("CREATE TABLE kept (id int)")
    await connection.execute("INSERT INTO kept VALUES (7)")
    await asyncio.to_thread(postgres_server.restart)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()
    assert postgres_server.execute("SELECT id FROM kept", name_of(database_url)) == "7"


async def test_a_paused_network_holds_what_is_sent_until_it_is_back(
    postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str
) -> None:
    connection = await asyncpg.connect(dsn(through(postgres_server, postgres_proxy, database_url)))
    postgres_proxy.pause()
    asked = asyncio.ensure_future(connection.fetchval("SELECT 5"))
    fresh = asyncio.ensure_future(asyncpg.connect(dsn(through(postgres_server, postgres_proxy, database_url))))
    done, _ = await asyncio.wait({asked, fresh}, timeout=0.3)
    assert not done
    began = time.perf_counter()
    postgres_proxy.resume()
    assert await asked == 5
    await (await fresh).close()
    assert time.perf_counter() - began < 5
    postgres_proxy.cut()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()
