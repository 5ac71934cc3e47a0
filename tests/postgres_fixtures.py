"""A PostgreSQL server for all tests of a run, a database for each test, and a network before it that can fall silent."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from postgres_proxy import PausingProxy
from postgres_server import PostgresServer, start_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server with pgvector; a test that stops it starts it again."""
    server = start_server()
    yield server
    server.remove()


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database that is empty."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty state, of each kind of database: a test that uses it is run on both."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'state' / 'state.sqlite3'}"
    return str(request.getfixturevalue("database_url"))


@pytest.fixture
async def postgres_proxy(postgres_server: PostgresServer) -> AsyncIterator[PausingProxy]:
    """A proxy before the server; `through` names a database behind it."""
    async with PausingProxy(postgres_server.port) as proxy:
        yield proxy


def name_of(url: str) -> str:
    """The database that a URL names."""
    return urlsplit(url).path.removeprefix("/")


def through(server: PostgresServer, proxy: PausingProxy, url: str) -> str:
    """The same database over the proxy."""
    return server.url(name_of(url), port=proxy.port)
