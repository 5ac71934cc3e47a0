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
CONNECTIONS = 2
"""To the database, besides those of the state and the one that listens."""
WATCH_S = 0.2
Step = Callable[[], Awaitable[None]]


class Cluster:
    """Membership of this process. `listener` hears what others announce; `corpus` and `problem` are shown to them.

    steps: what is done after each beat, whether the others could be told or not; a StateError of a step is no news. Steps that
    take long hold up no beat. lost: what is done when this process is trusted no longer, without waiting for the database.
    life_s: how long a process may be silent before the others take it for dead, the same in all; beat_s, margin_s: see above.
    """

    def __init__(self, database: Database, *, life_s: float = LIFE_S, beat_s: float = BEAT_S, margin_s: float = MARGIN_S) -> None:
        self.database = database
        self.life_s = life_s
        self._beat_s = beat_s
        self._margin_s = margin_s
        self.listener = Listener(database.url)
        self.id = uuid.uuid4().hex
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:200]
        self.corpus = ""
        self.problem = ""
        self.steps: list[Step] = []
        self.lost: list[Step] = []
        self._seen = float("-inf")
        self._beaten = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def trusted(self) -> bool:
        """Whether no other process can take this one for dead by now, so that what it holds is still its own."""
        return _clock() < self._seen + self.life_s - self._margin_s

    async def start(self) -> None:
        """Join, as soon as the database can be used, and stay until `stop`."""
        if not self._tasks:
            self.listener.start()
            self._tasks = [asyncio.create_task(work()) for work in (self._beat_on, self._step_on, self._watch)]

    async def stop(self) -> None:
        """Leave: what this process held is free at once."""
        if not self._tasks:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.listener.stop()
        try:
            await self.database.run(lambda c: processes.leave(c, self.id))
        except StateError:
            log.warning("The other processes were not told that this one ends; they find out within %.0f s", self.life_s)
        self._seen = float("-inf")
        await self.database.close()

    async def beat(self) -> None:
        """Show that this process lives; raises StateError."""
        began = _clock()
        await self.database.run(lambda c: processes.beat(c, self.id, self.name, self.corpus, self.problem))
        self._seen = began

    async def peers(self) -> list[Peer]:
        """The live processes, this one among them, the oldest first; raises StateError."""
        return await self.database.run(lambda c: processes.live(c, self.life_s), reads=True)

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
            self._beaten.set()
            await asyncio.sleep(max(0.1, began + self._beat_s - time.monotonic()))

    async def _step_on(self) -> None:
        while True:
            await self._beaten.wait()
            self._beaten.clear()
            for step in list(self.steps):
                await self._do(step)

    async def _watch(self) -> None:
        before = self.trusted
        while True:
            await asyncio.sleep(WATCH_S)
            now = self.trusted
            if before and not now:
                log.warning("The database does not answer: the other processes may take over what this one does")
                for step in list(self.lost):
                    await self._do(step)
            before = now

    async def _do(self, step: Step) -> None:
        try:
            await step()
        except StateError as error:
            log.debug("Put off to the next beat: %s", error)
        except Exception:
            log.exception("A step of the beat failed")


def _clock() -> float:
    """Seconds that also pass while the machine sleeps, for the other processes do not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def make_cluster(settings: Settings) -> Cluster | None:
    """The cluster that the settings name: None where the state is in a file, which one process uses alone."""
    url = settings.postgres_url
    return Cluster(Database(url, retry_after_s=0.0, connections=CONNECTIONS)) if url else None
