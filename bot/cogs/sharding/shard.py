"""One shard's connection to Discord, begun and ended by this bot instead of by discord.py.

discord.py connects all shards of a client and keeps what it needs for that to itself: this module alone reaches into it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import EventItem, Shard

from bot.cluster.shards import Session

CONNECT_S = 60.0
"""How long a connection may take until its session is begun."""
CLOSE_S = 2.0
"""How long Discord may take to say goodbye."""
RESUMABLE = 4000
"""Close code after which Discord keeps the session: 1000 would end it."""
CONNECT_ERRORS = (
    OSError,
    TimeoutError,
    aiohttp.ClientError,
    discord.HTTPException,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
    ReconnectWebSocket,
)
"""Whatever can go wrong with a connection that is being made."""


class HeldShard(Shard):
    """A shard that stays closed once it was let go: discord.py would connect it again."""

    def __init__(self, ws: DiscordWebSocket, client: discord.AutoShardedClient, put: Callable[[EventItem], None]) -> None:
        super().__init__(ws, client, self._tell)
        self._put = put
        self._let_go = False

    def _tell(self, item: EventItem) -> None:
        if not self._let_go:
            self._put(item)

    def launch(self) -> None:
        """Begin to read what Discord sends."""
        if not self._let_go:
            super().launch()

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        """Connect again, unless the shard was let go before or meanwhile."""
        if not self._let_go:
            await super().reidentify(exc)
            await self._stay_away()

    async def reconnect(self) -> None:
        """The same after an error."""
        if not self._let_go:
            await super().reconnect()
            await self._stay_away()

    async def let_go(self) -> None:
        """Close the connection, with the session left to be resumed; from now on no event of it is read."""
        self._let_go = True
        self._cancel_task()
        await self._close()

    async def _stay_away(self) -> None:
        if self._let_go:
            await self._close()

    async def _close(self) -> None:
        with suppress(*CONNECT_ERRORS):
            async with asyncio.timeout(CLOSE_S):
                await self.ws.close(code=RESUMABLE)


async def connect(
    client: discord.AutoShardedClient, shard_id: int, *, gateway: yarl.URL | None = None, initial: bool = False
) -> HeldShard:
    """Connect a shard and begin a session, the client's initial one or a further; raises one of CONNECT_ERRORS."""
    async with asyncio.timeout(CONNECT_S):
        ws = await DiscordWebSocket.from_client(client, gateway=gateway, shard_id=shard_id, initial=initial)
    inside = vars(client)
    shard = HeldShard(ws, client, inside["_AutoShardedClient__queue"].put_nowait)
    inside["_AutoShardedClient__shards"][shard_id] = shard
    shard.launch()
    return shard


def forget(client: commands.AutoShardedBot, shard_id: int) -> None:
    """Take a shard that was let go, and its servers, out of what the client knows."""
    vars(client)["_AutoShardedClient__shards"].pop(shard_id, None)
    for guild in [guild for guild in client.guilds if guild.shard_id == shard_id]:
        client._connection._remove_guild(guild)


def divide(client: commands.AutoShardedBot, count: int) -> None:
    """Let the client know into how many shards its servers are divided."""
    client.shard_count = client._connection.shard_count = count
    # discord.py waits for all of these to be ready at once, and cancels that waiting whenever one of them begins anew. As many
    # are never there: this bot itself says when it is ready.
    client._connection.shard_ids = range(count + 1)


def say_ready(client: commands.AutoShardedBot) -> None:
    """Tell the client, which began without any, that a shard of it is ready now."""
    client._connection.call_handlers("ready")
    client.dispatch("ready")


def parser(client: commands.AutoShardedBot, event: str) -> Callable[[Any], None]:
    """What handles an event of the gateway, by its name."""
    handler: Callable[[Any], None] = client._connection.parsers[event]
    return handler


def session_of(shard: HeldShard, handled: Callable[[str, int], int]) -> Session | None:
    """The session of a shard, up to where its events were handled; None while it has none."""
    ws = shard.ws
    if not ws.session_id or ws.sequence is None:
        return None
    return Session(ws.session_id, handled(ws.session_id, ws.sequence), str(ws.gateway))
