"""Several bot processes that share a database and divide the shards, under a steady load, on the stand-in for Discord."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot_process import BotProcess, bot_process, environment
from postgres_server import PostgresServer
from wire import Wire, until
from wire_payloads import channel_id, question

JOIN_S = 60.0
ANSWER_S = 60.0


@dataclass
class Load:
    """Messages that are written steadily, in one server after the other. sent: their ids, and when (monotonic seconds).

    asks: they name the bot, so that each is answered, whatever it says.
    """

    wire: Wire
    texts: Sequence[str]
    every_s: float
    ids: Iterator[int]
    asks: bool = False
    sent: dict[str, float] = field(default_factory=dict)

    async def ask(self, server: int) -> str:
        """One message in a server, each by somebody else; returns its id."""
        number = next(self.ids)
        id_ = str(number)
        self.sent[id_] = time.monotonic()
        text = self.texts[number % len(self.texts)]
        asked = question(id_, text, author=f"6{id_}", channel=channel_id(server), mentions=self.asks)
        await self.wire.dispatch("MESSAGE_CREATE", asked)
        return id_

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Messages come as long as this lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        for server in itertools.cycle(range(self.wire.servers)):
            await self.ask(server)
            await asyncio.sleep(self.every_s)

    def unanswered(self) -> list[str]:
        """Ids of the messages that nothing was said on."""
        return [id_ for id_ in self.sent if not self.wire.said(id_)]

    def doubled(self) -> list[str]:
        """Ids of the messages whose answer appeared more than once, wherever."""
        shown = Counter(str(one["nonce"]) for said in self.wire.delivered.values() for one in said)
        return [id_ for id_ in self.sent if shown[f"{id_}.0"] > 1]

    def waits_s(self) -> list[float]:
        """How long each answer took."""
        return [self.wire.first_at[id_] - at for id_, at in self.sent.items()]

    def longest_wait_s(self) -> float:
        """How long the answer took that came last after its message."""
        return max(self.waits_s())

    def sent_again(self) -> int:
        """How many answers were sent once more, with the nonce that keeps them from appearing twice."""
        sends = Counter(str(body.get("nonce")) for body in self.wire.posts("/messages"))
        return sum(sends[f"{id_}.0"] > 1 for id_ in self.sent)

    async def is_answered(self) -> None:
        """Wait until every message is answered, and fail if one is not, or more than once."""
        try:
            await until(lambda: not self.unanswered(), ANSWER_S)
        except TimeoutError:
            assert self.unanswered() == [], "messages were lost"
        assert self.doubled() == []

    def figures(self, what: str) -> str:
        """What happened, for those who run the tests with `pytest -s`."""
        return (
            f"{what}: {len(self.sent)} messages, none lost or doubled; the longest wait for an answer was "
            f"{self.longest_wait_s():.1f} s; {self.sent_again()} answer(s) sent again with the same nonce"
        )


@dataclass
class Processes:
    """The bot processes of one test. running: those that were neither stopped nor killed, by name."""

    wire: Wire
    folder: Path
    vectors: Path
    database_url: str
    count: int
    more: dict[str, str] = field(default_factory=dict)
    running: dict[str, BotProcess] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, name: str, database_url: str = "") -> BotProcess:
        """Start one more."""
        channels = ",".join(channel_id(number) for number in range(self.wire.servers))
        shared = {"DATABASE_URL": database_url or self.database_url, "SHARDS": str(self.count), "SUPPORT_CHANNELS": channels}
        env = environment(self.wire, self.folder / name, self.vectors, {**shared, **self.more})
        bot = await self._stack.enter_async_context(bot_process(self.wire, env, lambda bot: "Connected" in bot.log))
        self.running[name] = bot
        return bot

    async def end(self, name: str, number: int) -> int:
        """Send a signal to one and wait for its end; returns the exit code."""
        return await self.running.pop(name).stop(number)

    @asynccontextmanager
    async def all(self) -> AsyncIterator[Processes]:
        """In the end, none is left."""
        async with self._stack:
            yield self


def owners(server: PostgresServer, database: str) -> dict[int, str]:
    """Which process holds which shard, as the database has it: the number of its process id; "" for a free one."""
    rows = server.execute(
        "SELECT shard, split_part(coalesce(name, ''), ':', 2) FROM shards LEFT JOIN processes ON id = owner ORDER BY shard",
        database,
    )
    return {int(shard): pid for shard, pid in (row.split("|") for row in rows.splitlines())}
