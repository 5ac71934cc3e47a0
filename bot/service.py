"""The live engines: they answer off the event loop, and are replaced while they serve."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from bot.diagnosis.conversation import Conversation
from bot.engine import Answer, Engine, build_engine
from bot.errors import UserError
from bot.knowledge.diff import describe_change
from bot.knowledge.types import Snapshot
from bot.settings import Settings
from bot.side_by_side import answer_with_both

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Build(Protocol):
    """What makes an engine of settings, as `build_engine` does."""

    def __call__(self, settings: Settings, /, *, own: bool = False) -> Engine: ...


class Service:
    """The engines for all surfaces of a process: the shared one, and those of servers with a corpus of their own.

    Work runs in a bounded pool of threads, so that the event loop stays free; what does not fit waits its turn in order.
    A rebuild has a thread of its own: answers do not wait for it; nor does one of the shared corpus for those of servers.
    """

    def __init__(self, engine: Engine, settings: Settings, build: Build = build_engine) -> None:
        self._engine = engine
        self._own: dict[int, Engine] = {}
        self.loaded_at = time.time()
        """Since when the shared corpus answers, in seconds since 1970."""
        self._settings = settings
        self._build = build
        self._workers = ThreadPoolExecutor(settings.analysis_workers, thread_name_prefix="analysis")
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="corpus")
        self._own_builder = ThreadPoolExecutor(1, thread_name_prefix="server-corpus")
        self.start_problem = ""
        """Why the corpus that was chosen last is not the one that this process began with, or nothing."""
        self.previous: Engine | None = None
        """The engine of the corpus that was served before the present one, ready to answer again."""
        self.wanted: Callable[[int], None] = _ignore
        """Told of each server that is to be answered and for which no engine of its own is ready."""

    @property
    def engine(self) -> Engine:
        """The engine that answers now, in every server."""
        return self._engine

    @property
    def snapshot(self) -> Snapshot:
        """The shared corpus that answers now."""
        return self._engine.snapshot

    def own_engine(self, guild_id: int | None) -> Engine | None:
        """The engine of a server's own corpus, if it is ready; None in direct messages."""
        return self._own.get(guild_id) if guild_id is not None else None

    def engines(self, guild_id: int | None) -> tuple[Engine, ...]:
        """The engines that answer in a server, its own first; in direct messages (None) the shared one alone."""
        own = self.own_engine(guild_id)
        return (self._engine,) if own is None else (own, self._engine)

    def snapshots(self, guild_id: int | None) -> tuple[Snapshot, ...]:
        """The corpora that answer in a server, its own first."""
        return tuple(engine.snapshot for engine in self.engines(guild_id))

    def snapshot_of(self, guild_id: int | None, version: str = "") -> Snapshot:
        """The corpus of this version, of those that answer in a server; of another version, the server's own, or the shared."""
        found = self.snapshots(guild_id)
        return next((snapshot for snapshot in found if snapshot.version == version), found[0])

    async def answer(self, text: str, conversation: Conversation | None = None, guild_id: int | None = None) -> Answer:
        """The answer to one message of a conversation (default: a new one) in a server, or in direct messages."""
        if guild_id is not None and guild_id not in self._own:
            self.wanted(guild_id)
        # The engines are looked up when the work starts: a message that waited during a reload is answered by the new corpus.
        return await self.run(lambda: self._answer(text, conversation or Conversation(), guild_id))

    def _answer(self, text: str, conversation: Conversation, guild_id: int | None) -> Answer:
        own = self.own_engine(guild_id)
        return self._engine.answer(text, conversation) if own is None else answer_with_both(self._engine, own, text, conversation)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of blocking work, done in the pool; raises what the work raises."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, partial(work, *args, **kwargs))

    def warm_up(self) -> None:
        """Load the embedding model in the background (it takes seconds), so that the first question does not wait for it."""
        self._builder.submit(self._load_model)

    def _load_model(self) -> None:
        try:
            self._engine.index.search("warm-up", ["point"], 1)
        except UserError as error:
            log.error("The model is not ready: %s", error)  # noqa: TRY400 - the text is written for the admin

    def build(self, folder: Path, *, own: bool = False) -> Engine:
        """An engine for the corpus in `folder`, beside those that answer; blocking, see `apart`. `own`: it is a server's own.

        Raises CorpusError or ModelError.
        """
        settings = self._settings.model_copy(update={"knowledge_dir": folder})
        return self._build(settings, own=own)

    def apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """The result of long blocking work, done in the thread of rebuilds, one after the other: answers do not wait for it."""
        return asyncio.get_running_loop().run_in_executor(self._builder, partial(work, *args, **kwargs))

    def apart_own(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """The same for the corpora of servers, in a thread of theirs."""
        return asyncio.get_running_loop().run_in_executor(self._own_builder, partial(work, *args, **kwargs))

    def serve(self, engine: Engine) -> list[str]:
        """Let another engine answer from now on; returns what changed, in words. Answers under way end as they began."""
        changes = describe_change(self._engine.snapshot, engine.snapshot)
        if engine.snapshot.version != self._engine.snapshot.version:
            self.previous = self._engine
            self.loaded_at = time.time()
        self._engine = engine
        return changes

    def serve_own(self, guild_id: int, engine: Engine | None) -> None:
        """Let a server's own engine answer there beside the shared one from now on, or (None) the shared one alone."""
        if engine is None:
            self._own.pop(guild_id, None)
        else:
            self._own[guild_id] = engine

    def close(self) -> None:
        """Take no more work and drop what waits; work that runs is not interrupted."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._builder.shutdown(wait=False, cancel_futures=True)
        self._own_builder.shutdown(wait=False, cancel_futures=True)


def _ignore(_guild_id: int) -> None:
    """No server has a corpus of its own."""
