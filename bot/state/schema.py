"""Bringing a database to the present schema, and refusing one that is ahead of this program."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StateError

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerStateError(StateError):
    """The database was written by a newer version of the bot: waiting does not help, and writing would do harm."""


async def migrate(url: URL, connect_args: dict[str, object]) -> None:
    """Upgrade the database to the newest schema, in a thread of its own; an up-to-date one is left alone.

    Raises NewerStateError, SQLAlchemyError or OSError.
    """
    await asyncio.to_thread(lambda: asyncio.run(_migrate(url, connect_args)))


async def _migrate(url: URL, connect_args: dict[str, object]) -> None:
    engine = create_async_engine(url, connect_args=connect_args, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def newest() -> str:
    """The newest schema: revisions are numbered, and each file is named after its own."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _is_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [newest()]


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
