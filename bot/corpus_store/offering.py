"""A process that starts with another corpus in KNOWLEDGE_DIR offers it to the others, so that a deployment brings a new one."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.cluster.member import Cluster
from bot.corpus_store.following import Follower
from bot.corpus_store.proposing import BusyElsewhereError, Proposer
from bot.corpus_store.record import Origin, Record, Served
from bot.corpus_store.start import first_of
from bot.corpus_store.workshop import Workshop
from bot.engine import Engine
from bot.errors import CorpusError, InputError, StateError, UserError
from bot.knowledge.load import corpus_version
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often the other processes are looked at, as long as the corpus is not taken."""


class Offer:
    """Made once a start, and again whenever other processes are there, until something else is served than at the start.

    What an admin chose (an upload, a rollback) stays. As long as the others refuse, `start_problem` of the service says so.
    """

    def __init__(
        self, cluster: Cluster, follower: Follower, workshop: Workshop, proposer: Proposer, service: Service, settings: Settings
    ) -> None:
        self._cluster = cluster
        self._follower = follower
        self._workshop = workshop
        self._proposer = proposer
        self._service = service
        self._folder = settings.knowledge_dir
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, as soon as it is known what is served."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._offer_on()
        except OSError as error:
            log.warning("The corpus in KNOWLEDGE_DIR cannot be read: %s", error)

    async def _offer_on(self) -> None:
        version = await asyncio.to_thread(corpus_version, self._folder)
        await self._follower.known.wait()
        live, tried, engine = self._served, frozenset[str](), None
        if live is None or live.pinned or live.origin is not Origin.FOLDER or live.version == version:
            return
        head = f"KNOWLEDGE_DIR holds corpus {version}, but the processes serve {live.version}"
        while self._served == live:
            with suppress(StateError):  # tried again below
                peers = frozenset(peer.id for peer in await self._cluster.peers())
                if peers != tried:
                    tried = peers
                    try:
                        engine = engine or await self._build(version)
                        await self._proposer.change(engine, Record(Served(version), live))
                    except BusyElsewhereError:
                        tried = frozenset()
                    except CorpusError as error:
                        self._say(f"{head}: {first_of(error)}")
                        return
                    except StateError:
                        tried = frozenset()
                    except UserError as error:
                        self._say(f"{head}: {error}")
            await asyncio.sleep(LOOK_S)

    async def _build(self, version: str) -> Engine:
        """An engine for the corpus in KNOWLEDGE_DIR, a copy of which is kept; raises CorpusError, ModelError, InputError."""
        if self._service.snapshot.version == version:
            return self._service.engine
        try:
            await asyncio.to_thread(self._workshop.kept.copy, self._folder, version)
        except OSError as error:
            raise InputError(f"No copy of it can be kept on disk: {error.strerror or error}.") from None
        return await self._service.apart(self._workshop.rebuild, version)

    @property
    def _served(self) -> Served | None:
        return self._follower.served.live if self._follower.served is not None else None

    def _say(self, problem: str) -> None:
        if problem != self._service.start_problem:
            self._service.start_problem = problem
            log.warning("%s", problem)
