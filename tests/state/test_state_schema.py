from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres_fixtures import name_of
from postgres_server import PASSWORD, PostgresServer
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from state_fixtures import file_url, make, stored

from bot.errors import UserError
from bot.state.schema import MIGRATIONS, NewerStateError, migrate, newest
from bot.state.tables import METADATA


async def upgrade(path: Path) -> None:
    await migrate(make_url(file_url(path)), {})


def shape(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))


async def test_an_empty_database_gets_every_table_as_the_code_describes_it(tmp_path: Path) -> None:
    await upgrade(tmp_path / "s.db")
    engine = create_engine(f"sqlite:///{tmp_path / 's.db'}")
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_the_newest_schema_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [newest()]


async def test_upgrading_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    await upgrade(path)
    before, content = shape(path), path.read_bytes()
    await upgrade(path)
    assert (shape(path), path.read_bytes()) == (before, content)
    assert len(before) > 8


async def test_what_was_recorded_survives_an_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = make(path)
    await store.record_answer(stored(1))
    await store.close()
    await upgrade(path)
    later = make(path, retention_days=36_500)
    assert await later.answer(1) == stored(1)
    await later.close()


async def test_a_schema_from_the_future_is_refused_plainly_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    await upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    content = path.read_bytes()
    store = make(path)
    with pytest.raises(NewerStateError, match=r"newer version of this bot .*9999.*DATABASE_URL or DATA_DIR") as caught:
        await store.open()
    await store.close()
    assert isinstance(caught.value, UserError)
    assert path.read_bytes() == content


async def test_of_several_processes_one_brings_an_empty_postgresql_up_to_date(
    postgres_server: PostgresServer, database_url: str
) -> None:
    await asyncio.gather(*(migrate(make_url(database_url), {}) for _ in range(5)))
    found = postgres_server.execute("SELECT version_num FROM alembic_version", name_of(database_url))
    assert found == newest()
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_postgresql_from_the_future_is_refused_plainly(postgres_server: PostgresServer, database_url: str) -> None:
    await migrate(make_url(database_url), {})
    postgres_server.execute("UPDATE alembic_version SET version_num = '9999'", name_of(database_url))
    store = make(database_url)
    with pytest.raises(NewerStateError, match=r"newer version of this bot .*9999.*DATABASE_URL or DATA_DIR") as caught:
        await store.open()
    await store.close()
    assert PASSWORD not in str(caught.value)


async def test_the_upgrade_of_a_postgresql_keeps_what_was_recorded(postgres_server: PostgresServer, database_url: str) -> None:
    await migrate(make_url(database_url), {})
    name = name_of(database_url)
    postgres_server.execute("INSERT INTO claims (source_id, at) VALUES (7, 1)", name)
    added = "processes, shards, cluster, identifies, archives, served, changes, prepared, embeddings"
    postgres_server.execute(f"DROP TABLE {added}; ALTER TABLE claims DROP COLUMN owner", name)
    postgres_server.execute("UPDATE alembic_version SET version_num = '0002'", name)
    await asyncio.gather(*(migrate(make_url(database_url), {}) for _ in range(3)))
    assert postgres_server.execute("SELECT source_id, at, owner FROM claims", name) == "7|1|"


async def test_the_tables_hold_no_type_that_only_one_database_knows() -> None:
    kinds = {type(column.type).__module__ for table in METADATA.tables.values() for column in table.columns}
    assert kinds == {"sqlalchemy.sql.sqltypes"}
