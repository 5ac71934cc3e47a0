"""One moment of the database, for as long as it takes to read it, while the bot goes on."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy import URL, Connection, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StateError
from bot.state.failures import describe
from bot.state.postgres import is_postgres, make_engine

STATEMENT_S = 3_600.0
"""How long a statement of a backup or a restore may take."""
BUSY_S = 30.0
"""How long they wait for a SQLite file that another program writes."""


@asynccontextmanager
async def snapshot(url: URL, beside: Path) -> AsyncIterator[AsyncConnection]:
    """A connection that sees one moment. beside: a folder for the copy of a SQLite file; raises StateError or OSError."""
    try:
        if is_postgres(url):
            async with _connected(make_engine(url, statement_s=STATEMENT_S, patient=True, poolclass=NullPool)) as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                yield connection
        else:
            # A copy, which takes a moment: reading a large file for long would keep the bot from writing.
            with tempfile.TemporaryDirectory(dir=beside) as folder:
                copy = Path(folder) / "state.sqlite3"
                _copy(_file_of(url), copy)
                plain = URL.create("sqlite+aiosqlite", database=str(copy))
                async with _connected(create_async_engine(plain, poolclass=NullPool)) as connection:
                    yield connection
    except (SQLAlchemyError, sqlite3.Error, TimeoutError) as error:
        raise StateError(f"DATABASE_URL: the state cannot be read ({describe(error)}).") from error


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        try:
            connection = await engine.connect()
        except OSError as error:  # told apart from one of the file that is written
            raise StateError(f"DATABASE_URL: the state cannot be read ({describe(error)}).") from error
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await engine.dispose()


def _file_of(url: URL) -> Path:
    path = Path(url.database or "")
    if not path.is_file():
        raise StateError(f"There is no state in {path}: let DATABASE_URL or DATA_DIR name where it is.")
    return path


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as connection,
        closing(sqlite3.connect(target)) as copy,
    ):
        connection.backup(copy)


def columns_of(connection: Connection) -> dict[str, set[str]]:
    """The columns of each table that the database has: one of an older schema lacks some."""
    inspector = inspect(connection)
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()}
