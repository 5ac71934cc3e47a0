"""What the database tells: reached, of which schema, writable; of PostgreSQL also version, pgvector, clock and processes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL, Connection, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.cluster import processes
from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.settings import Settings
from bot.state.failures import describe
from bot.state.postgres import is_postgres, make_engine
from bot.state.schema import newest, schema_of
from bot.state.store import state_url

ABOUT = "DATABASE_URL"
CURRENT = "schema up to date"
STATEMENT_S = 5.0
OLDEST = 130_000
"""The oldest server that pgvector supports, as PostgreSQL numbers itself."""
MAX_SKEW_S = 30.0
CONTROL = "Check host, port, user, password and database name in DATABASE_URL, and that the server runs and lets this machine in."

PGVECTOR = """
SELECT default_version, installed_version,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR (SELECT bool_or(trusted) FROM pg_available_extension_versions AS v WHERE v.name = e.name) AS may_create
FROM pg_available_extensions AS e WHERE name = 'vector'
"""


async def check_database(settings: Settings) -> list[Finding]:
    """Look at the database without changing it: what is written for trial is taken back."""
    url = state_url(settings)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if file is not None and not file.exists():
        return [fine(ABOUT, f"{file} is made at the first start")]
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            return [fine(ABOUT, f"{url.render_as_string(hide_password=True)} answers"), *await _look(connection, url)]
    except (SQLAlchemyError, OSError, ImportError) as problem:
        advice = CONTROL if file is None else "Let DATABASE_URL or DATA_DIR name a file that the user who runs the bot may read."
        return [error(ABOUT, f"{url.render_as_string(hide_password=True)} cannot be used: {describe(problem)}", advice)]
    finally:
        await engine.dispose()


def is_current(findings: Sequence[Finding]) -> bool:
    """Whether the database can be read as this version of the bot reads it."""
    return any(finding.found.startswith(CURRENT) for finding in findings)


def _engine(url: URL) -> AsyncEngine:
    if is_postgres(url):
        return make_engine(url, statement_s=STATEMENT_S, poolclass=NullPool)
    return create_async_engine(url, connect_args={"timeout": 2.0}, poolclass=NullPool)


async def _look(connection: AsyncConnection, url: URL) -> list[Finding]:
    version, tables = await connection.run_sync(_schema)
    found = [_describe_schema(version)]
    await connection.rollback()
    found.append(await _try_writing(connection, exists="claims" in tables))
    if is_postgres(url):
        found += await _look_at_server(connection)
        if version == newest():
            peers = await processes.live(connection)
            found.append(fine(ABOUT, f"{len(peers)} live process(es): {', '.join(peer.name for peer in peers) or 'none'}"))
            troubled = [peer for peer in peers if peer.problem]
            found += [warning(ABOUT, f"{peer.name}: {peer.problem}", "Look into the log of that process.") for peer in troubled]
    return found


def _schema(connection: Connection) -> tuple[str, set[str]]:
    """The schema's version, "" for none, and the tables."""
    return schema_of(connection), set(inspect(connection).get_table_names())


def _describe_schema(version: str) -> Finding:
    if not version:
        return fine(ABOUT, "no schema yet: it is made at the first start")
    if version == newest():
        return fine(ABOUT, f"{CURRENT} ({version})")
    if version < newest():
        return warning(
            ABOUT, f"schema {version}, this version has {newest()}", "The next start brings it up to date: back it up before."
        )
    return error(
        ABOUT,
        f"schema {version} was written by a newer version of the bot, this one knows up to {newest()}",
        "Start that version, or let DATABASE_URL name another database.",
    )


async def _try_writing(connection: AsyncConnection, *, exists: bool) -> Finding:
    trial = "INSERT INTO claims (source_id, at) VALUES (-1, 0)" if exists else "CREATE TABLE doctor_trial (id INTEGER)"
    try:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")  # its driver would let the second statement stand
        await connection.exec_driver_sql(trial)
    except SQLAlchemyError as problem:
        advice = "Give the user of DATABASE_URL the right to write and to make tables, or the file to the user who runs the bot."
        return error(ABOUT, f"it cannot be written: {describe(problem)}", advice)
    finally:
        await connection.rollback()
    return fine(ABOUT, "it can be written")


async def _look_at_server(connection: AsyncConnection) -> list[Finding]:
    number = int((await connection.exec_driver_sql("SHOW server_version_num")).scalar_one())
    shown = str((await connection.exec_driver_sql("SHOW server_version")).scalar_one())
    old = error(ABOUT, f"PostgreSQL {shown} is too old for pgvector", "Use PostgreSQL 13 or newer.")
    found = [fine(ABOUT, f"PostgreSQL {shown}") if number >= OLDEST else old, await _pgvector(connection)]
    before = time.time()
    theirs = float((await connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    skew = theirs - (before + time.time()) / 2
    if abs(skew) > MAX_SKEW_S:
        found.append(warning(ABOUT, f"its clock differs from this machine's by {skew:+.0f} s", "Let NTP set both clocks."))
    else:
        found.append(fine(ABOUT, f"its clock differs from this machine's by {skew:+.1f} s"))
    await connection.rollback()
    return found


async def _pgvector(connection: AsyncConnection) -> Finding:
    row = (await connection.exec_driver_sql(PGVECTOR)).mappings().first()
    if row is None:
        advice = "Install pgvector on the server, or keep corpora below PGVECTOR_ABOVE: those are searched in memory."
        return warning(ABOUT, "the server has no pgvector", advice)
    if row["installed_version"] is not None:
        return fine(ABOUT, f"pgvector {row['installed_version']}")
    version = row["default_version"]
    if row["may_create"]:
        return fine(ABOUT, f"pgvector {version} is on the server, and is made available here when it is needed")
    return warning(
        ABOUT, f"pgvector {version} is not made available in this database", "Run there as its admin: CREATE EXTENSION vector;"
    )
