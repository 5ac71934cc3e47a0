"""Which servers have a corpus of their own, kept in a database that several processes share, with the archives."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cluster import Cluster
from bot.cluster.listening import announce
from bot.corpus_store import ledger
from bot.corpus_store.kept import Kept
from bot.corpus_store.packing import fetch, pack
from bot.corpus_store.record import Record
from bot.corpus_store.server_records import refuse_more
from bot.corpus_store.start import in_use
from bot.errors import InputError

TOPIC = "server-corpus"


class SharedRecords:
    """One row a server, the archives beside them; the folders are copies."""

    def __init__(self, cluster: Cluster, limit: int) -> None:
        self._cluster = cluster
        self._limit = limit

    async def all(self) -> dict[int, Record]:
        """The records."""
        found = await self._cluster.database.run(ledger.read_all_served, reads=True)
        return {scope: record for scope, record in found.items() if scope != ledger.SHARED and record.live is not None}

    async def write(self, guild_id: int, record: Record, kept: Kept) -> None:
        """Keep archive and record in one transaction, and tell the other processes."""
        assert record.live is not None, "a corpus is written to be served"
        version = record.live.version
        try:
            data = await asyncio.to_thread(pack, kept.path(version))
        except OSError as error:
            raise InputError(f"The corpus cannot be packed: {error.strerror or error}.") from None

        async def write(connection: AsyncConnection) -> None:
            # The archive first: nobody is to wait for the lock as long as it takes.
            await ledger.add_archive(connection, version, data)
            refuse_more(await ledger.servers_with_one(connection), guild_id, self._limit)
            await ledger.write_served(connection, guild_id, record)
            await announce(connection, TOPIC, str(guild_id))

        await self._cluster.database.run(write, limit_s=ledger.ARCHIVE_S)
        await asyncio.to_thread(kept.prune, in_use(record))

    async def remove(self, guild_id: int) -> None:
        """Remove the record, and tell the other processes."""

        async def remove(connection: AsyncConnection) -> None:
            await ledger.remove_served(connection, guild_id)
            await announce(connection, TOPIC, str(guild_id))

        await self._cluster.database.run(remove)

    async def fetch(self, version: str, kept: Kept) -> None:
        """Unpack the archive, where no copy is kept."""
        await fetch(self._cluster.database, kept, version)
