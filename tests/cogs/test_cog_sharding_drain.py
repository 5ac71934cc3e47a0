from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import pytest
from discord.http import HTTPClient
from discord_world import TRACE
from wire import Wire, serving, until
from wire_gateway import left_behind
from wire_payloads import CHANNEL, question

from bot.cluster.shards import Session
from bot.cogs.sharding.drain import Drain
from bot.cogs.sharding.handling import CREATED, MAX_SEEN, Handling

TIMEOUT_S = 20.0


async def test_a_session_is_resumed_before_the_first_event_that_is_still_being_handled() -> None:
    handling, gate = Handling(), asyncio.Event()
    assert handling.upto("s", 9) == 9
    slow = asyncio.create_task(gate.wait())
    handling.begin("s", 5, slow)
    quick = asyncio.create_task(asyncio.sleep(0))
    handling.begin("s", 6, quick)
    await quick
    assert handling.upto("s", 9) == 4
    assert handling.upto("another", 9) == 9
    gate.set()
    await slow
    await asyncio.sleep(0)
    assert handling.upto("s", 9) == 9


async def test_the_tasks_of_events_that_are_handed_in_are_collected() -> None:
    handling = Handling()
    with handling.collecting() as tasks:
        handling.begin("s", 1, inside := asyncio.create_task(asyncio.sleep(0)))
    handling.begin("s", 2, after := asyncio.create_task(asyncio.sleep(0)))
    await asyncio.gather(inside, after)
    assert tasks == {inside}


def test_only_the_latest_messages_are_remembered_as_seen() -> None:
    handling = Handling()
    for number in range(MAX_SEEN + 1):
        handling.see(CREATED, number)
    assert [handling.saw(CREATED, number) for number in (0, 1, MAX_SEEN)] == [False, True, True]
    assert not handling.saw("MESSAGE_DELETE", 1)


@asynccontextmanager
async def draining(wire: Wire, session: str, sequence: int) -> AsyncIterator[Drain]:
    """A drain of a session; `ws_connect` and the token are all it needs of discord.py."""
    async with aiohttp.ClientSession() as connections:

        class Http:
            token = "token"

            async def ws_connect(self, url: str) -> aiohttp.ClientWebSocketResponse:
                return await connections.ws_connect(url)

        drain = Drain(cast(HTTPClient, Http()), Session(session, sequence, f"ws://127.0.0.1:{wire.port}/gateway"))
        drain.start()
        yield drain
        await drain.end(handled=False)


def collected(drain: Drain) -> list[str]:
    return [data["id"] for _, data in drain.events]


async def test_what_a_session_missed_is_collected_and_what_comes_after() -> None:
    async with serving(Wire(heartbeat_ms=50)) as wire:
        left_behind(wire, question("1", TRACE), question("2", TRACE), question("3", TRACE))
        async with draining(wire, "left", 2) as drain:
            await asyncio.wait_for(drain.settled.wait(), TIMEOUT_S)
            assert (collected(drain), drain.lost) == (["2", "3"], False)
            await wire.dispatch("MESSAGE_DELETE", {"id": "3", "channel_id": CHANNEL, "guild_id": "2001"})
            await wire.dispatch("TYPING_START", {"channel_id": CHANNEL, "guild_id": "2001"})
            await until(lambda: len(drain.events) == 3)
            await until(lambda: any(wire.beats))
        assert [name for name, _ in drain.events] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_DELETE"]
        await until(lambda: not wire.open_sockets)
        assert "left" in wire.sessions


@pytest.mark.parametrize("broken", ["cut", "asked to connect again"])
async def test_a_broken_connection_is_resumed_where_it_broke_off(broken: str) -> None:
    async with serving(Wire()) as wire:
        left_behind(wire, question("1", TRACE))
        async with draining(wire, "left", 1) as drain:
            await asyncio.wait_for(drain.settled.wait(), TIMEOUT_S)
            if broken == "cut":
                wire.drop()
            else:
                await wire.ask_to_reconnect()
            await until(lambda: len(wire.resumed) == 2)
            await wire.dispatch("MESSAGE_CREATE", question("2", TRACE))
            await until(lambda: collected(drain) == ["1", "2"])
        assert wire.resumed == [1, 3]


async def test_a_session_that_discord_has_forgotten_is_given_up() -> None:
    async with serving(Wire()) as wire, draining(wire, "forgotten", 1) as drain:
        await asyncio.wait_for(drain.settled.wait(), TIMEOUT_S)
        assert drain.lost
        assert wire.attempts == 1


async def test_of_a_session_that_says_too_much_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cogs.sharding.drain.MAX_EVENTS", 2)
    async with serving(Wire()) as wire:
        left_behind(wire, question("1", TRACE), question("2", TRACE), question("3", TRACE))
        async with draining(wire, "left", 1) as drain:
            await asyncio.wait_for(drain.settled.wait(), TIMEOUT_S)
            assert (collected(drain), drain.dropped) == (["1", "2"], 1)
