"""A corpus in a folder as a zip, and back: how processes hand corpora to each other through the database."""

from __future__ import annotations

import asyncio
import zipfile
from errno import ENOENT
from io import BytesIO
from pathlib import Path

from bot.corpus_store import ledger
from bot.corpus_store.archive import Limits, unpack
from bot.corpus_store.kept import Kept
from bot.errors import InputError
from bot.knowledge.load import corpus_version
from bot.state.database import Database

STORED = Limits(zip_bytes=1 << 30, members=1_000_000, unpacked_bytes=8 << 30)
"""What a process of this bot packed passed its checks: only the limits of PostgreSQL (a value of 1 GB) hold."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the same files make the same zip."""


def pack(folder: Path) -> bytes:
    """The files of a corpus, hidden ones left out; raises OSError."""
    if not folder.is_dir():
        raise FileNotFoundError(ENOENT, "no copy of it is kept on disk")
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                made.writestr(zipfile.ZipInfo(name.as_posix(), FIRST_DAY), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


async def fetch(database: Database, kept: Kept, version: str) -> None:
    """See to it that a copy of a corpus is kept, from its archive where there is none; raises InputError, StateError."""
    if await asyncio.to_thread(kept.is_intact, version):
        return
    data = await database.run(lambda connection: ledger.find_archive(connection, version), reads=True, limit_s=ledger.ARCHIVE_S)
    if data is None:
        raise InputError(f"The archive of corpus {version} is not in the database.")
    try:
        await asyncio.to_thread(keep_packed, kept, version, data)
    except OSError as error:
        raise InputError(f"The corpus cannot be kept on disk: {error.strerror or error}.") from None


def keep_packed(kept: Kept, version: str, data: bytes) -> None:
    """Keep the corpus of a zip that another process made under its version; raises InputError or OSError."""
    incoming = kept.make_incoming()
    try:
        unpack(data, incoming, STORED)
        if corpus_version(incoming) != version:
            raise InputError(f"The archive of corpus {version} in the database is damaged; it is not served.")
        kept.adopt(incoming, version)
    finally:
        kept.discard(incoming)
