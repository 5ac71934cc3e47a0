from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import discord
import pytest
from discord_world import TRACE
from sqlalchemy import update
from wire import Wire, serving, until
from wire_gateway import left_behind
from wire_payloads import CHANNEL, question

from bot.app import SupportBot, create_bot, point_at
from bot.cluster import processes, shards
from bot.cluster.shards import Lease, Session
from bot.service import Service
from bot.settings import load_settings
from bot.state.database import Database
from bot.state.tables import PROCESSES

TIMEOUT_S = 20.0


@pytest.fixture(autouse=True)
def discord_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the library's addresses back after the test."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


@asynccontextmanager
async def running(wire: Wire, folder: Path, service: Service, more: dict[str, str]) -> AsyncIterator[SupportBot]:
    """A bot on the stand-in for Discord."""
    settings = load_settings(
        {
            "DISCORD_API_BASE": f"http://127.0.0.1:{wire.port}/api/v10",
            "DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{wire.port}/gateway",
            "SUPPORT_CHANNELS": CHANNEL,
            "CACHE_DIR": str(folder / "cache"),
            "DATA_DIR": str(folder / "data"),
            **more,
        }
    )
    point_at(settings)
    async with cast(SupportBot, create_bot(settings, service)) as bot:
        session = asyncio.create_task(bot.start("token"))
        await until(lambda: bot.is_ready() or session.done(), TIMEOUT_S)
        if session.done():
            session.result()
        yield bot
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(session, TIMEOUT_S)


async def test_a_shard_that_was_let_go_stays_closed_and_its_session_can_be_resumed(tmp_path: Path, service: Service) -> None:
    async with serving(Wire(furnished=True)) as wire, running(wire, tmp_path, service, {}) as bot:
        (session,) = wire.sessions
        shard = vars(bot)["_AutoShardedClient__shards"][0]
        await shard.let_go()
        await until(lambda: not wire.open_sockets)
        for again in (shard.reconnect(), shard.reidentify(discord.gateway.ReconnectWebSocket(0))):
            await again
        await asyncio.sleep(0.2)
        assert wire.attempts == 1
        assert list(wire.sessions) == [session]


async def left_by_a_dead_process(url: str, session: Session) -> None:
    """A database in which a process served the only shard until it died."""
    database = Database(url)
    await database.run(lambda c: processes.beat(c, "dead", "dead", "", ""))
    await database.run(lambda c: shards.review(c, "dead", 1, {}, []))
    await database.run(lambda c: shards.review(c, "dead", 1, {0: session}, []))
    old = update(PROCESSES).values(seen_at=PROCESSES.c.seen_at - 60)
    await database.run(lambda c: c.execute(old))
    await database.close()


def shared(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "SHARDS": "1"}


async def test_what_a_dead_process_left_is_handled_once_and_its_session_ended(
    tmp_path: Path, service: Service, database_url: str
) -> None:
    async with serving(Wire(furnished=True)) as wire:
        left_behind(wire, question("7001", TRACE), question("7002", TRACE))
        await left_by_a_dead_process(database_url, Session("left", 2, f"ws://127.0.0.1:{wire.port}/gateway"))
        async with running(wire, tmp_path, service, shared(database_url)):
            await until(lambda: wire.said("7002"), TIMEOUT_S)
            await wire.dispatch("MESSAGE_CREATE", question("7003", TRACE))
            await until(lambda: wire.said("7003"), TIMEOUT_S)
            await until(lambda: "left" not in wire.sessions, TIMEOUT_S)
        assert wire.said("7001") == []
        assert [len(wire.posts(f"/{id_}/messages")) for id_ in ("7002", "7003")] == [1, 1]


async def test_messages_that_came_on_both_sessions_are_handled_once(
    tmp_path: Path, service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(Wire(furnished=True)) as wire:
        left_behind(wire)
        await left_by_a_dead_process(database_url, Session("left", 1, f"ws://127.0.0.1:{wire.port}/gateway"))
        both = [f"71{number:02}" for number in range(20)]

        async def talk() -> None:
            await wire.identified.wait()
            for id_ in both:
                await wire.dispatch("MESSAGE_CREATE", question(id_, TRACE, author=f"6{id_}"))
                await asyncio.sleep(0.1)

        talking = asyncio.create_task(talk())
        async with running(wire, tmp_path, service, shared(database_url)):
            await talking
            await until(lambda: all(wire.said(id_) for id_ in both), TIMEOUT_S)
        assert [len(wire.posts(f"/{id_}/threads")) for id_ in both] == [1] * len(both)


async def test_where_discord_has_forgotten_the_session_the_log_says_what_may_have_been_missed(
    tmp_path: Path, service: Service, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Wire(furnished=True)) as wire:
        await left_by_a_dead_process(database_url, Session("forgotten", 7, f"ws://127.0.0.1:{wire.port}/gateway"))
        async with running(wire, tmp_path, service, shared(database_url)):
            await until(lambda: "may have been missed" in caplog.text, TIMEOUT_S)
            await wire.dispatch("MESSAGE_CREATE", question("7001", TRACE))
            await until(lambda: wire.said("7001"), TIMEOUT_S)
    assert "Shard 0: messages since " in caplog.text
    assert "Discord no longer holds the session before" in caplog.text


async def test_events_of_servers_that_are_gone_are_not_taken_for_direct_messages(
    tmp_path: Path, service: Service, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Wire(furnished=True)) as wire:
        left_behind(wire)
        gone: dict[str, Any] = {**question("7001", TRACE), "guild_id": "2999"}
        wire.sessions["left"].add("MESSAGE_CREATE", gone)
        await left_by_a_dead_process(database_url, Session("left", 1, f"ws://127.0.0.1:{wire.port}/gateway"))
        async with running(wire, tmp_path, service, shared(database_url)):
            await until(lambda: "1 event(s) could not be handled" in caplog.text, TIMEOUT_S)
    assert not any("7001" in path for _, path, _ in wire.requests)


async def test_without_the_setting_discord_says_how_many_shards_there_are_and_the_first_process_decides(
    tmp_path: Path, service: Service, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = {"DATABASE_URL": database_url}, {"DATABASE_URL": database_url, "SHARDS": "3"}
    async with (
        serving(Wire(furnished=True, shards=2, max_concurrency=2)) as wire,
        running(wire, tmp_path, service, here) as first,
    ):
        await until(lambda: wire.serving() == [0, 1], TIMEOUT_S)
        assert first.shard_count == 2
        async with running(wire, tmp_path / "second", service, there) as other:
            assert other.shard_count == 2
            assert "The running processes use 2 shard(s)" in caplog.text
            await until(lambda: len(first.shards) == len(other.shards) == 1, TIMEOUT_S)


async def test_a_process_without_other_processes_serves_on_while_the_database_is_away(
    tmp_path: Path, service: Service, database_url: str
) -> None:
    async with serving(Wire(furnished=True)) as wire, running(wire, tmp_path, service, shared(database_url)) as bot:
        keeper = bot.sharding
        assert keeper is not None
        assert keeper.alone
        assert bot.cluster is not None
        (lose,) = bot.cluster.lost
        await lose()
        assert sorted(bot.shards) == [0]
        keeper.alone = False
        await lose()
        await until(lambda: not wire.open_sockets)
        assert dict(bot.shards) == {}
        assert list(bot.guilds) == []
        await until(lambda: wire.serving() == [0], TIMEOUT_S)


async def test_a_shard_is_not_given_up_before_discord_has_named_its_first_session(
    tmp_path: Path, service: Service, database_url: str
) -> None:
    more = {"DATABASE_URL": database_url, "SHARDS": "2"}
    async with (
        serving(Wire(furnished=True, servers=2, shards=2, max_concurrency=2)) as wire,
        running(wire, tmp_path, service, more) as bot,
    ):
        keeper = bot.sharding
        assert keeper is not None
        await until(lambda: len(keeper.serving) == 2 and all(held.ws.session_id for held in keeper.serving.values()), TIMEOUT_S)
        names = {shard: held.ws.session_id for shard, held in keeper.serving.items()}
        for shard, held in keeper.serving.items():
            held.ws.session_id, keeper.leases[shard] = None, Lease()
        other = Database(database_url)
        await other.run(lambda c: processes.beat(c, "other", "other", "", ""))
        await other.run(lambda c: shards.review(c, "other", 2, {}, []))
        await keeper.step()
        assert set(keeper.leases) == {0, 1}
        for shard, held in keeper.serving.items():
            held.ws.session_id = names[shard]
        await keeper.step()
        assert len(keeper.leases) == 1
        await other.close()
