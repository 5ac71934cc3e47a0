"""Bringing a database to the present schema, and refusing one that is ahead of this program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StateError
from bot.state.postgres import CONNECT_S, is_postgres, make_engine

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_226_014_386_911_041_025
"""The advisory lock under which one process at a time upgrades a PostgreSQL database."""
UPGRADE_S = 60.0
"""How long a statement of an upgrade may take, the wait for another process's upgrade included."""


class NewerStateError(StateError):
    """The database was written by a newer version of the bot: waiting does not help, and writing would do harm."""


async def migrate(url: URL, connect_args: dict[str, object]) -> None:
    """Upgrade the database to the newest schema, in a thread of its own; an up-to-date one is left alone.

    Of several processes one upgrades, and the others wait for it. connect_args: of SQLite's driver.
    Raises NewerStateError, SQLAlchemyError or OSError.
    """
    await asyncio.to_thread(lambda: asyncio.run(_migrate(url, connect_args)))


async def _migrate(url: URL, connect_args: dict[str, object]) -> None:
    if not is_postgres(url):
        await _run(create_async_engine(url, connect_args=connect_args, poolclass=NullPool), _upgrade)
    elif not await _run(make_engine(url, statement_s=CONNECT_S, poolclass=NullPool), _is_newest):
        await _run(make_engine(url, statement_s=UPGRADE_S, patient=True, poolclass=NullPool), _upgrade_alone)


async def _run(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def newest() -> str:
    """The newest schema: revisions are numbered, and each file is named after its own."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def schema_of(connection: Connection) -> str:
    """The schema of a database; "" when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _is_newest(connection: Connection) -> bool:
    return schema_of(connection) == newest()


def _upgrade_alone(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    if _is_newest(connection):
        return
    # Imported here: a database that is up to date, as it is at almost every start, needs no Alembic, which takes long to import.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_heads()
    ahead = [revision for revision in current if revision not in known]
    if ahead:
        place = connection.engine.url.render_as_string(hide_password=True)
        raise NewerStateError(
            f"The state in {place} was written by a newer version of this bot "
            f"(its schema is {ahead[0]}, this version knows up to {script.get_current_head()}). Start that version, or let "
            "DATABASE_URL or DATA_DIR name another place."
        )
    if set(current) != set(script.get_heads()):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
