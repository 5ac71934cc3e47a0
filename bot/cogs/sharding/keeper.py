"""The shards of this process: taken from those that all processes share, served, and given up in time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from discord.ext import commands

from bot.cluster import Cluster, shards
from bot.cluster.shards import Lease, Review, Session
from bot.cogs.sending import DISCORD_ERRORS, describe_error
from bot.cogs.sharding.handling import HANDLED, Handling, where
from bot.cogs.sharding.shard import CONNECT_ERRORS, HeldShard, connect, divide, forget, say_ready, session_of
from bot.cogs.sharding.takeover import Takeover
from bot.errors import StateError

log = logging.getLogger(__name__)

READY_S = 90.0
"""How long a new session may take until its servers are known."""
CALM_S = 2.5
"""Between two shards that are given up while they serve."""
FIRST_DELAY_S, MAX_DELAY_S = 1.0, 30.0


class ShardKeeper:
    """One for each bot that shares its shards with other processes.

    leases: the shards that are this process's own. serving: those of them that are connected. alone: no other process took part
    when the database was last asked; only then the shards are kept while it cannot be asked.
    """

    def __init__(self, bot: commands.AutoShardedBot, cluster: Cluster, wish: int) -> None:
        self._bot = bot
        self._cluster = cluster
        self._wish = wish
        self._buckets = 0
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ready: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._paced: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._settled: set[int] = set()
        self._beginning: set[int] = set()
        self._step = asyncio.Lock()
        self._started = False
        self._stopping = False
        self._calm_until = 0.0
        self._told: set[str] = set()
        self.handling = Handling()
        self.leases: dict[int, Lease] = {}
        self.serving: dict[int, HeldShard] = {}
        self.alone = False

    def start(self) -> None:
        """Take part from the next beat of the cluster on."""
        self._bot.add_listener(self._on_shard_ready, "on_shard_ready")
        self._cluster.steps.append(self.step)
        self._cluster.listener.on(shards.TOPIC, self._hear)
        self._cluster.lost.append(self._lose)
        self._started = True

    async def stop(self) -> None:
        """Give up every shard, so that another process takes it at once; what is being handled is not disturbed."""
        if not self._started or self._stopping:
            return
        self._stopping = True
        sessions = await self._let_go(list(self.leases))
        async with self._step:
            try:
                await self._cluster.database.run(lambda c: shards.leave(c, self._cluster.id, sessions))
            except StateError:
                log.warning("The shards could not be given up: the other processes take them once this one is seen no longer")

    async def step(self) -> None:
        """Bring what this process serves in line with what is its own; raises StateError while that cannot be known."""
        async with self._step:
            if self._stopping or not await self._know_limits():
                return
            sessions, connected = self._sessions(self._settled), frozenset(self.serving)
            me, life_s = self._cluster.id, self._cluster.life_s
            review = await self._cluster.database.run(
                lambda c: shards.review(c, me, self._wish, sessions, connected, life_s=life_s)
            )
            if self._stopping or not self._cluster.trusted:
                return
            self.alone = review.alone
            await self._follow(review)
            release = [shard for shard in review.release if not self._is_nameless(shard)]
            if release and time.monotonic() >= self._calm_until:
                if connected.intersection(release):
                    self._calm_until = time.monotonic() + CALM_S
                log.info("Giving up %s for another process", _named(release))
                left = await self._let_go(release)
                await self._cluster.database.run(lambda c: shards.release(c, me, release, left))

    async def before_identify(self, shard: int) -> None:
        """Wait until a new session may be begun; over all processes, Discord allows one in five seconds and bucket."""
        if shard in self._paced:
            self._paced.discard(shard)
            return
        try:
            pause = await self._cluster.database.run(lambda c: shards.identify_in(c, shard % max(1, self._buckets)))
        except StateError:
            pause = shards.IDENTIFY_S
        await asyncio.sleep(pause)

    def note(self, name: str, arguments: tuple[Any, ...], task: asyncio.Task[Any]) -> None:
        """Note the task of a listener: until it is done, the session is resumed before its event."""
        if name not in HANDLED:
            return
        guild, message = where(arguments[0])
        shard = self.serving.get((guild >> 22) % (self._bot.shard_count or 1) if guild is not None else 0)
        if shard is not None and shard.ws.session_id and shard.ws.sequence is not None:
            self.handling.begin(shard.ws.session_id, shard.ws.sequence, task)
        if message is not None:
            self.handling.see(HANDLED[name], message)

    async def _follow(self, review: Review) -> None:
        if review.count != self._bot.shard_count:
            await self._let_go(list(self.leases))
            divide(self._bot, review.count)
            if self._wish != review.count:
                self._say(
                    f"The running processes use {review.count} shard(s), and so does this one: it would use {self._wish}, "
                    "which holds from the next start after all of them have stopped"
                )
        gone = [shard for shard in self.leases if shard not in review.mine]
        if gone:
            log.warning("Another process has taken %s", _named(gone))
            await self._let_go(gone)
        new = {shard: lease for shard, lease in review.mine.items() if shard not in self.leases}
        # Asked for again: letting go took time.
        if new and self._cluster.trusted and not self._stopping:
            log.info("Taking %s", _named(new))
            for shard, lease in new.items():
                self.leases[shard] = lease
                self._tasks[shard] = asyncio.create_task(self._serve(shard, lease))

    async def _serve(self, shard: int, lease: Lease) -> None:
        """Serve a shard; where that fails for a reason that nobody thought of, it is begun anew with the next step."""
        try:
            await self._begin(shard, lease)
        except Exception:
            log.exception("Shard %d could not be served", shard)
            self._tasks.pop(shard, None)
            await self._let_go([shard])

    async def _begin(self, shard: int, lease: Lease) -> None:
        """Connect a shard; what was said since its last session broke off is handled as soon as its servers are known."""
        self._ready[shard].clear()
        async with Takeover(self._bot, shard, lease, self.handling) as missed:
            self.serving[shard] = await self._connect(shard)
            if lease.session is None:
                self._settled.add(shard)
            try:
                async with asyncio.timeout(READY_S):
                    await self._ready[shard].wait()
            except TimeoutError:
                log.warning("Shard %d is connected, but Discord does not say which servers it has", shard)
            await missed.handle()
            self._settled.add(shard)

    async def _connect(self, shard: int) -> HeldShard:
        delay_s = FIRST_DELAY_S
        while True:
            # One at a time a bucket: a moment that is reserved is used, even if the shard behind it is given up again.
            async with self._locks[shard % max(1, self._buckets)]:
                await self.before_identify(shard)
                self._paced.add(shard)
                self._beginning.add(shard)
                try:
                    return await connect(self._bot, shard)
                except CONNECT_ERRORS as error:
                    log.warning("Shard %d: no connection (%s); next attempt in %.0f s", shard, type(error).__name__, delay_s)
                finally:
                    self._paced.discard(shard)
                    self._beginning.discard(shard)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, MAX_DELAY_S)

    def _is_nameless(self, shard: int) -> bool:
        """Whether Discord has not named its only session yet: nobody could resume it, and what it gets would be lost."""
        lease, held = self.leases.get(shard), self.serving.get(shard)
        if lease is None or lease.session is not None:
            return False
        return shard in self._beginning or (held is not None and not held.ws.session_id)

    async def _let_go(self, given: Collection[int]) -> dict[int, Session]:
        """Stop serving shards; returns the sessions of those that have one to be resumed."""
        held = {shard: self.serving.pop(shard) for shard in given if shard in self.serving}
        settled = [shard for shard in held if shard in self._settled]
        tasks = [self._tasks.pop(shard) for shard in given if shard in self._tasks]
        for task in tasks:
            task.cancel()
        for shard in given:
            self.leases.pop(shard, None)
            self._settled.discard(shard)
        await asyncio.gather(*tasks, *(shard.let_go() for shard in held.values()), return_exceptions=True)
        for shard in given:
            if shard not in self.leases:  # it may have been taken again meanwhile
                forget(self._bot, shard)
        found = {shard: session_of(held[shard], self.handling.upto) for shard in settled}
        return {shard: session for shard, session in found.items() if session is not None}

    def _sessions(self, of: set[int]) -> dict[int, Session]:
        found = {shard: session_of(held, self.handling.upto) for shard, held in self.serving.items() if shard in of}
        return {shard: session for shard, session in found.items() if session is not None}

    async def _know_limits(self) -> bool:
        """Whether Discord has said how many shards it recommends, and how many sessions may be begun at a time."""
        if self._buckets:
            return True
        try:
            recommended, _, limits = await self._bot.http.get_bot_gateway()
        except DISCORD_ERRORS as error:
            log.warning("Discord does not say how to connect (%s); it is asked again", describe_error(error))
            return False
        self._wish = self._wish or recommended
        self._buckets = max(1, limits["max_concurrency"])
        return True

    async def _lose(self) -> None:
        """Let go of everything before another process can take it, where this one cannot know whether one does."""
        if self.leases and not self.alone:
            log.warning("DATABASE_URL does not answer: %s may be taken over, and rest here until it does", _named(self.leases))
            await self._let_go(list(self.leases))

    async def _hear(self, _: str) -> None:
        await self.step()

    async def _on_shard_ready(self, shard: int) -> None:
        self._ready[shard].set()
        if not self._bot.is_ready():
            say_ready(self._bot)

    def _say(self, text: str) -> None:
        """Say something in the log, once."""
        if text not in self._told:
            self._told.add(text)
            log.warning("%s", text)


def _named(given: Collection[int]) -> str:
    numbers = ", ".join(map(str, sorted(given)))
    return f"shard{'s' if len(given) != 1 else ''} {numbers}"
