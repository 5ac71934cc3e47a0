"""Where it is kept which servers have a corpus of their own; here, in files of one process."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Protocol

from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Record, read_record, write_record
from bot.corpus_store.start import in_use
from bot.errors import InputError


class ServerRecords(Protocol):
    """What is served in each server that has a corpus of its own. All methods raise StateError where the database is away."""

    async def all(self) -> dict[int, Record]:
        """The records, by the servers' ids."""

    async def write(self, guild_id: int, record: Record, kept: Kept) -> None:
        """Note what is served in a server, a copy of which is kept; raises InputError when too many servers have one."""

    async def remove(self, guild_id: int) -> None:
        """Note that a server has none any more."""

    async def fetch(self, version: str, kept: Kept) -> None:
        """See to it that a copy of a version is kept; raises InputError when there is none."""


def refuse_more(have: set[int], guild_id: int, limit: int) -> None:
    """Raise InputError when as many other servers have a corpus of their own as may."""
    if len(have - {guild_id}) >= limit:
        raise InputError(f"{limit} server(s) may have a corpus of their own, and do (SERVER_CORPORA); no other can have one.")


class FileRecords:
    """One folder a server."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit

    async def all(self) -> dict[int, Record]:
        """The records."""
        return await asyncio.to_thread(self._all)

    def _all(self) -> dict[int, Record]:
        found = {}
        paths = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for path in paths:
            record = read_record(path) if path.name.isdecimal() else Record()
            if record.live is not None:
                found[int(path.name)] = record
        return found

    async def write(self, guild_id: int, record: Record, kept: Kept) -> None:
        """Replace the file in one step."""
        refuse_more(set(await self.all()), guild_id, self._limit)
        try:
            await asyncio.to_thread(write_record, kept.folder, record)
            await asyncio.to_thread(kept.prune, in_use(record))
        except OSError as error:
            raise InputError(f"The choice cannot be kept on disk ({error.strerror or error}); nothing has changed.") from None

    async def remove(self, guild_id: int) -> None:
        """Remove the folder."""
        try:
            await asyncio.to_thread(shutil.rmtree, self._folder / str(guild_id))
        except OSError as error:
            raise InputError(f"The corpus cannot be removed from disk: {error.strerror or error}.") from None

    async def fetch(self, version: str, kept: Kept) -> None:
        """The copy is the only one there is."""
        if not kept.has(version):
            raise InputError(f"No copy of the corpus {version} is kept.")
