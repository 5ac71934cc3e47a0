"""Taking a backup back, into the same kind of database or the other: all of it, or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Table, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup import folders
from bot.backup.contents import TABLES, Manifest
from bot.backup.opened import Backup, opened
from bot.backup.snapshot import BUSY_S, STATEMENT_S
from bot.corpus_store.start import corpus_folder
from bot.errors import InputError, StateError
from bot.settings import Settings
from bot.state.failures import describe, refused
from bot.state.life import LIFE_S, NOW
from bot.state.postgres import is_postgres, make_engine
from bot.state.schema import migrate
from bot.state.store import state_url
from bot.state.tables import ARCHIVES, AUDIT, CHANGES, PREPARED, PROCESSES, SERVED

BATCH = 500
"""Rows written at a time."""
LOCKED = (PROCESSES, ARCHIVES, CHANGES, PREPARED, *TABLES.values())
"""What nobody else may write meanwhile."""


def restore_backup(settings: Settings, path: Path, *, replace: bool = False) -> Manifest:
    """Put what a file holds into the database that the settings name; replace: in place of what is there.

    Raises InputError when the file or the database does not allow it, StateError when the database cannot be used. Either way
    nothing has changed.
    """
    url = state_url(settings)
    with opened(path) as backup:
        try:
            if not is_postgres(url):
                Path(url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            asyncio.run(_migrate_and_restore(url, backup, corpus_folder(settings), replace=replace))
        except (SQLAlchemyError, sqlite3.Error) as error:
            if isinstance(error, SQLAlchemyError) and refused(error):
                raise InputError(f"{path}: the database does not take a value of it ({describe(error)}).") from None
            raise StateError(f"DATABASE_URL: the state cannot be restored ({describe(error)}); nothing has changed.") from error
        except OSError as error:
            setting = "DATABASE_URL" if is_postgres(url) else "DATA_DIR"
            raise StateError(f"{setting}: the state cannot be restored ({describe(error)}); nothing has changed.") from error
        return backup.manifest


async def _migrate_and_restore(url: URL, backup: Backup, root: Path, *, replace: bool) -> None:
    await migrate(url, {"timeout": BUSY_S})
    async with _transaction(url) as connection:
        await _restore(connection, backup, root, replace=replace)


@asynccontextmanager
async def _transaction(url: URL) -> AsyncIterator[AsyncConnection]:
    if is_postgres(url):
        engine = make_engine(url, statement_s=STATEMENT_S, patient=True, poolclass=NullPool)
    else:
        engine = create_async_engine(url, connect_args={"timeout": BUSY_S}, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _restore(connection: AsyncConnection, backup: Backup, root: Path, *, replace: bool) -> None:
    shared = connection.dialect.name == "postgresql"
    await _lock(connection, shared=shared)
    if shared:
        await _refuse_live(connection)
    present = [table for table in TABLES.values() if await _count(connection, table)]
    if (present or (not shared and folders.scopes(root))) and not replace:
        names = ", ".join(table.name for table in present) or "corpora"
        raise InputError(f"The database holds a state already ({names}). --replace removes it and puts the backup in its place.")
    served = list(backup.rows(SERVED.name))
    for name, table in TABLES.items():
        await connection.execute(delete(table))
        rows = backup.rows(name) if table is not SERVED else iter(served if shared else [])
        await _insert(connection, table, rows)
    if shared:
        await _restore_archives(connection, backup)
        await _go_on_counting(connection)
        return
    switch = folders.Switch(root, served)
    switch.prepare(backup.corpora())
    try:
        switch.apply()
        await connection.commit()
    except BaseException:
        switch.undo()
        raise
    switch.finish()


async def _lock(connection: AsyncConnection, *, shared: bool) -> None:
    """Keep everybody else from writing until the transaction ends."""
    if shared:
        await connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_S:g}s'"))
        names = ", ".join(table.name for table in LOCKED)
        await connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    else:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _refuse_live(connection: AsyncConnection) -> None:
    live = (await connection.execute(select(PROCESSES.c.name).where(PROCESSES.c.seen_at > NOW - LIFE_S))).scalars().all()
    if live:
        raise InputError(f"The bot runs on this database ({', '.join(live)}): stop it, and wait {LIFE_S:.0f} s if it was killed.")


async def _count(connection: AsyncConnection, table: Table) -> int:
    return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def _insert(connection: AsyncConnection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    try:
        while batch := list(islice(rows, BATCH)):
            await connection.execute(insert(table), batch)
    except StatementError as error:
        if refused(error):
            raise InputError(f"The database does not take a value of the table {table.name} ({describe(error)}).") from None
        raise


async def _restore_archives(connection: AsyncConnection, backup: Backup) -> None:
    for table in (ARCHIVES, CHANGES, PREPARED):
        await connection.execute(delete(table))
    at = backup.manifest.made_at
    for version, data in backup.corpora().items():
        await connection.execute(insert(ARCHIVES).values(version=version, archive=data, added_at=at))


async def _go_on_counting(connection: AsyncConnection) -> None:
    """Have the audit's ids go on after the highest: PostgreSQL counts apart from the rows."""
    highest = (await connection.execute(select(func.max(AUDIT.c.id)))).scalar()
    sequence = func.pg_get_serial_sequence(AUDIT.name, AUDIT.c.id.name)
    await connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))
