"""One bot process for the tests of a module, connected to the stand-in for Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from bot_process import BotProcess, bot_process, environment
from wire import Wire, serving, until
from wire_payloads import question

from bot.engine import Engine

FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'
"""A paste that a certain rule decides, without the model."""
CAUSE = "The parcel is heavier than one parcel may be"


@dataclass
class Scene:
    """The servers and the bot; `ids`: the latest that was given to a message."""

    wire: Wire
    bot: BotProcess
    ids: int = 7_000

    def next_id(self) -> str:
        """The id that the next message will have."""
        return str(self.ids + 1)

    def new_id(self) -> str:
        """The id of the next message, which is taken."""
        self.ids += 1
        return str(self.ids)

    async def ask(self, text: str = FAILURE, *, mentions: bool = False) -> str:
        """A member writes in the support channel; returns the message's id."""
        id_ = self.new_id()
        await self.wire.dispatch("MESSAGE_CREATE", question(id_, text, mentions=mentions))
        return id_

    async def is_answered(self, id_: str) -> None:
        """Wait until the message is answered in a thread of its own, by one message."""
        await until(lambda: self.wire.said(id_))
        assert len(self.wire.said(id_)) == 1

    async def logs(self, text: str) -> None:
        """Wait until the bot has logged the text."""
        await until(lambda: text in self.bot.log)

    async def goes_on(self) -> None:
        """The bot answers the next message."""
        await self.is_answered(await self.ask())


@pytest.fixture(scope="session")
def vectors(cache_dir: Path, parcel_engine: Engine) -> Path:
    """A cache that holds what the tiny corpus needs, so that no process loads the model."""
    return cache_dir


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory, vectors: Path) -> AsyncIterator[Scene]:
    """A bot whose first connection to the gateway was refused."""
    async with serving(Wire(refuse=1, furnished=True)) as wire:
        env = environment(wire, tmp_path_factory.mktemp("bot"), vectors)
        async with bot_process(wire, env) as bot:
            yield Scene(wire, bot)
