"""What other processes serve, read before anything else of a process is there."""

from __future__ import annotations

import asyncio
import logging
import threading

from bot.corpus_store import ledger
from bot.corpus_store.kept import Kept
from bot.corpus_store.packing import fetch
from bot.corpus_store.record import Record
from bot.errors import UserError
from bot.state.database import Database

log = logging.getLogger(__name__)

WAIT_S = 30.0
"""How long a start waits for the database."""


def read_shared(url: str, kept: Kept) -> Record | None:
    """What is served, a copy of which is kept then; None when that is not known. Blocking; never raises."""
    found: list[Record | None] = []
    # In a thread of its own: a start may be under way in a running event loop.
    thread = threading.Thread(target=lambda: found.append(asyncio.run(_read(url, kept))), daemon=True)
    thread.start()
    thread.join(WAIT_S)
    return found[0] if found else None


async def _read(url: str, kept: Kept) -> Record | None:
    database = Database(url, retry_after_s=0.0)
    record: Record | None = None
    try:
        record = await database.run(ledger.read_served, reads=True)
        if record is not None and record.live is not None:
            await fetch(database, kept, record.live.version)
    except UserError as error:
        log.warning("What the other processes serve cannot be read: %s", error)
    finally:
        await database.close()
    return record
