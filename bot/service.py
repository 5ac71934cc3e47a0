"""The live engine: answers off the event loop, and is replaced while it serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.diagnosis.conversation import Conversation
from bot.engine import Answer, Engine, build_engine
from bot.errors import UserError
from bot.knowledge.diff import describe_change
from bot.knowledge.types import Snapshot
from bot.settings import Settings

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Service:
    """One engine for all surfaces of a process.

    Work runs in a bounded pool of threads, so that the event loop stays free; what does not fit waits its turn in order.
    A rebuild has a thread of its own: answers do not wait for it.
    """

    def __init__(self, engine: Engine, settings: Settings, build: Callable[[Settings], Engine] = build_engine) -> None:
        self._engine = engine
        self._settings = settings
        self._build = build
        self._workers = ThreadPoolExecutor(settings.analysis_workers, thread_name_prefix="analysis")
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="corpus")
        self.start_problem = ""
        """Why the corpus that was chosen last is not the one that this process began with, or nothing."""
        self.previous: Engine | None = None
        """The engine of the corpus that was served before the present one, ready to answer again."""

    @property
    def engine(self) -> Engine:
        """The engine that answers now."""
        return self._engine

    @property
    def snapshot(self) -> Snapshot:
        """The corpus that answers now."""
        return self._engine.snapshot

    async def answer(self, text: str, conversation: Conversation | None = None) -> Answer:
        """The answer to one message of a conversation (default: a new one)."""
        # The engine is looked up when the work starts: a message that waited during a reload is answered by the new corpus.
        return await self.run(lambda: self._engine.answer(text, conversation or Conversation()))

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

    def build(self, folder: Path) -> Engine:
        """An engine for the corpus in `folder`, beside the one that answers; blocking, see `apart`.

        Raises CorpusError or ModelError.
        """
        return self._build(self._settings.model_copy(update={"knowledge_dir": folder}))

    def apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """The result of long blocking work, done in the thread of rebuilds, one after the other: answers do not wait for it."""
        return asyncio.get_running_loop().run_in_executor(self._builder, partial(work, *args, **kwargs))

    def serve(self, engine: Engine) -> list[str]:
        """Let another engine answer from now on; returns what changed, in words. Answers under way end as they began."""
        changes = describe_change(self._engine.snapshot, engine.snapshot)
        if engine.snapshot.version != self._engine.snapshot.version:
            self.previous = self._engine
        self._engine = engine
        return changes

    def close(self) -> None:
        """Take no more work and drop what waits; work that runs is not interrupted."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._builder.shutdown(wait=False, cancel_futures=True)
