"""This process among those that share a database: it shows that it lives, and acts as long as the others can know it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable

from bot.cluster import processes
from bot.cluster.listening import Listener, announce
from bot.cluster.processes import LIFE_S, Peer
from bot.errors import StateError
from bot.settings import Settings
from bot.state.database import Database

log = logging.getLogger(__name__)

BEAT_S = 3.0
"""How often a process shows that it lives."""
MARGIN_S = 3.0
"""How long before the others may take it for dead a process takes itself for dead: what it does takes time to end."""
Step = Callable[[], Awaitable[None]]


class Cluster:
    """Membership of this process. `listener` hears what others announce; `corpus` and `problem` are shown to them.

    steps: what is done at each beat, after the others were told that this process lives; a StateError of a step is no news.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.listener = Listener(database.url)
        self.id = uuid.uuid4().hex
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:200]
        self.corpus = ""
        self.problem = ""
        self.steps: list[Step] = []
        self._seen = float("-inf")
        self._loop: asyncio.Task[None] | None = None

    @property
    def trusted(self) -> bool:
        """Whether no other process can take this one for dead by now, so that what it holds is still its own."""
        return time.monotonic() < self._seen + LIFE_S - MARGIN_S

    async def start(self) -> None:
        """Join, as soon as the database can be used, and stay until `stop`."""
        if self._loop is None:
            self.listener.start()
            self._loop = asyncio.create_task(self._beat_on())

    async def stop(self) -> None:
        """Leave: what this process held is free at once."""
        if self._loop is None:
            return
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        self._loop = None
        await self.listener.stop()
        try:
            await self.database.run(lambda c: processes.leave(c, self.id))
        except StateError:
            log.warning("The other processes were not told that this one ends; they find out within %.0f s", LIFE_S)
        await self.database.close()

    async def beat(self) -> None:
        """Show that this process lives; raises StateError."""
        began = time.monotonic()
        await self.database.run(lambda c: processes.beat(c, self.id, self.name, self.corpus, self.problem))
        self._seen = began

    async def peers(self) -> list[Peer]:
        """The live processes, this one among them, the oldest first; raises StateError."""
        return await self.database.run(processes.live, reads=True)

    async def announce(self, topic: str, payload: str = "") -> None:
        """Tell every process, this one too; raises StateError."""
        await self.database.run(lambda c: announce(c, topic, payload))

    async def _beat_on(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self.beat()
            except StateError as error:
                log.debug("Not seen by the other processes: %s", error)
            for step in self.steps:
                try:
                    await step()
                except StateError as error:
                    log.debug("Put off to the next beat: %s", error)
                except Exception:
                    log.exception("A step of the beat failed")
            await asyncio.sleep(max(0.1, began + BEAT_S - time.monotonic()))


def make_cluster(settings: Settings) -> Cluster | None:
    """The cluster that the settings name: None where the state is in a file, which one process uses alone."""
    url = settings.database_url.get_secret_value() if settings.database_url is not None else ""
    return Cluster(Database(url, retry_after_s=0.0)) if url.startswith("postgresql") else None
