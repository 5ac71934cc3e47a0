"""Handling what was said on a shard between the process that served it before and this one."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from discord.ext import commands

from bot.cluster.shards import Lease
from bot.cogs.sharding.drain import Drain
from bot.cogs.sharding.handling import CREATED, EDITED, Handling
from bot.cogs.sharding.shard import parser

log = logging.getLogger(__name__)

SETTLE_S = 20.0
"""How long what was missed may take to arrive, once the new session is ready."""
HANDLE_S = 60.0
"""How long handling it may take before the old session is given up all the same."""


class Takeover:
    """Collects what the old session would have got while a new one is begun; a shard without an old one has missed nothing."""

    def __init__(self, bot: commands.AutoShardedBot, shard: int, lease: Lease, handling: Handling) -> None:
        self._bot = bot
        self._shard = shard
        self._since = lease.seen_at
        self._handling = handling
        self._drain = Drain(bot.http, lease.session) if lease.session is not None else None
        self._handled = False

    async def __aenter__(self) -> Takeover:
        if self._drain is not None:
            self._drain.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._drain is not None:
            await self._drain.end(handled=self._handled)

    async def handle(self) -> None:
        """Let the bot handle what was collected and the new session did not get itself, and wait until it has."""
        drain = self._drain
        if drain is None:
            return
        try:
            async with asyncio.timeout(SETTLE_S):
                await drain.settled.wait()
        except TimeoutError:
            drain.lost = True
        events = drain.events
        missed = [pair for pair in events if self._is_new(*pair)]
        known = [pair for pair in missed if self._is_known(pair[1])]
        with self._handling.collecting() as tasks:
            for name, data in known:
                try:
                    parser(self._bot, name)(data)
                except Exception as error:  # noqa: BLE001 - one event that discord.py cannot read must not cost the others
                    log.warning("Shard %d: an event that was missed cannot be read: %s", self._shard, type(error).__name__)
        dropped = drain.dropped + len(missed) - len(known)
        if drain.lost or dropped:
            since = "" if self._since is None else f" since {datetime.fromtimestamp(self._since, UTC):%H:%M:%S} UTC"
            why = f"{dropped} event(s) could not be handled" if dropped else "Discord no longer holds the session before"
            log.warning("Shard %d: messages%s may have been missed (%s)", self._shard, since, why)
        if known:
            log.info("Shard %d: %d event(s) that were missed are handled now", self._shard, len(known))
        if tasks:
            await asyncio.wait(tasks, timeout=HANDLE_S)
        self._handled = True

    def _is_new(self, name: str, data: dict[str, Any]) -> bool:
        """Whether this process did not get the event, or a later one of the same message, itself."""
        message = int(data.get("id", 0))
        return not (name in (CREATED, EDITED) and (self._handling.saw(name, message) or self._handling.saw(EDITED, message)))

    def _is_known(self, data: dict[str, Any]) -> bool:
        """Whether the server of an event is known: of an unknown one, a message would be taken for a direct one."""
        guild = data.get("guild_id")
        return guild is None or self._bot.get_guild(int(guild)) is not None
