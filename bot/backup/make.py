"""Writing a backup: one moment of the database, and the corpora that it serves."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import tempfile
import time
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backup import folders
from bot.backup.contents import MANIFEST, TABLES, Manifest, Member, corpus_member, table_member, to_line
from bot.backup.snapshot import columns_of, snapshot
from bot.corpus_store.record import record_of
from bot.corpus_store.start import corpus_folder, in_use
from bot.errors import InputError, StateError
from bot.settings import Settings
from bot.state.postgres import is_postgres
from bot.state.schema import newest, schema_of
from bot.state.store import state_url
from bot.state.tables import ARCHIVES, SERVED

log = logging.getLogger(__name__)

BATCH = 1_000
"""Rows read at a time."""


def make_backup(settings: Settings, path: Path) -> Manifest:
    """Write the state to a file that only its owner may read, whole or not at all, in place of one that is there.

    Raises StateError when the state cannot be read, and InputError when the file cannot be written.
    """
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        try:
            with os.fdopen(number, "wb") as file:
                manifest = asyncio.run(_write(settings, file, Path(name).parent))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None
    return manifest


async def _write(settings: Settings, file: Any, beside: Path) -> Manifest:
    url = state_url(settings)
    async with snapshot(url, beside) as connection:
        manifest = Manifest(await connection.run_sync(schema_of), int(time.time()))
        if not manifest.schema:
            raise StateError("DATABASE_URL: there is no state of this bot in the database yet.")
        if manifest.schema > newest():
            raise StateError("DATABASE_URL: the state was written by a newer version of this bot: back it up with that one.")
        there = await connection.run_sync(columns_of)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, table in TABLES.items():
                if table is not SERVED:
                    manifest.tables[name] = await _add_table(archive, table, _rows(connection, table, there.get(name, set())))
            if is_postgres(url):
                rows = [row async for row in _rows(connection, SERVED, there.get(SERVED.name, set()))]
                versions = sorted({version for row in rows for version in in_use(record_of(row["record"]))})
                for version in versions:
                    _add_corpus(archive, manifest, version, await _archive(connection, version))
            else:
                rows = folders.read_rows(corpus_folder(settings))
                for version, data in folders.pack_versions(corpus_folder(settings), rows):
                    _add_corpus(archive, manifest, version, data)
            manifest.tables[SERVED.name] = await _add_table(archive, SERVED, _each(rows))
            archive.writestr(MANIFEST, manifest.to_json())
    return manifest


async def _rows(connection: AsyncConnection, table: Table, there: set[str]) -> AsyncIterator[dict[str, Any]]:
    columns = [column for column in table.c if column.name in there]
    if not columns:
        return
    found = await connection.stream(select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH))
    async for row in found.mappings():
        yield dict(row)


async def _each(rows: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for row in rows:
        yield row


async def _add_table(archive: zipfile.ZipFile, table: Table, rows: AsyncIterable[dict[str, Any]]) -> Member:
    digest, size, count = hashlib.sha256(), 0, 0
    with archive.open(table_member(table.name), "w", force_zip64=True) as member:
        async for row in rows:
            line = to_line(table, row)
            digest.update(line)
            member.write(line)
            size, count = size + len(line), count + 1
    return Member(size, digest.hexdigest(), count)


async def _archive(connection: AsyncConnection, version: str) -> bytes | None:
    found = (await connection.execute(select(ARCHIVES.c.archive).where(ARCHIVES.c.version == version))).scalar()
    return bytes(found) if found is not None else None


def _add_corpus(archive: zipfile.ZipFile, manifest: Manifest, version: str, data: bytes | None) -> None:
    if data is None:
        log.warning("Corpus %s is not in the backup: no sound copy of it is kept", version)
        return
    archive.writestr(zipfile.ZipInfo(corpus_member(version)), data, zipfile.ZIP_STORED)
    manifest.corpora[version] = Member(len(data), hashlib.sha256(data).hexdigest())
