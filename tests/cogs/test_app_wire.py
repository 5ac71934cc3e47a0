from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import discord
import pytest
import simcord
from discord.ext import commands
from discord_world import DIAGNOSED, TRACE, ScriptedEngine
from wire import Wire, serving, until
from wire_payloads import CHANNEL, channel_id, guild, question

from bot.app import create_bot, keep_messages_out_of_logs, point_at, run, serve, serve_with_what_is_granted
from bot.cogs.refusals import may_retry, refusal
from bot.errors import SettingError, UserError
from bot.service import Service
from bot.settings import Settings, load_settings

TIMEOUT_S = 15.0


def settings_for(wire: Wire, tmp_path: Path) -> Settings:
    return load_settings(
        {
            "DISCORD_API_BASE": f"http://127.0.0.1:{wire.port}/api/v10",
            "DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{wire.port}/gateway",
            "SUPPORT_CHANNELS": CHANNEL,
            "CACHE_DIR": str(tmp_path),
            "DATA_DIR": str(tmp_path),
        }
    )


@pytest.fixture(autouse=True)
def discord_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the library's addresses back after the test."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


def maker(wire: Wire, tmp_path: Path, service: Service) -> Callable[[], commands.AutoShardedBot]:
    settings = settings_for(wire, tmp_path)
    point_at(settings)
    return lambda: create_bot(settings, service)


async def within(work: asyncio.Future[None]) -> None:
    await asyncio.wait_for(work, TIMEOUT_S)


@asynccontextmanager
async def running(wire: Wire, tmp_path: Path, service: Service, *, delay_s: float = 0.01) -> AsyncIterator[None]:
    """The bot connected to the server; told to stop in the end, as a service manager does."""
    session = asyncio.ensure_future(serve(maker(wire, tmp_path, service), "token", delay_s))
    await until(lambda: wire.identified.is_set() or session.done())
    if session.done():
        session.result()
    await wire.dispatch("GUILD_CREATE", guild())
    yield
    os.kill(os.getpid(), signal.SIGTERM)
    await within(session)


async def test_connects_to_the_servers_of_the_settings_answers_and_stops_on_sigterm(tmp_path: Path, service: Service) -> None:
    async with serving(Wire()) as wire:
        async with running(wire, tmp_path, service):
            await wire.dispatch("MESSAGE_CREATE", question("7001", TRACE))
            await until(lambda: wire.posts("/7001/messages"))
            assert DIAGNOSED in wire.posts("/messages/7001/threads")[0]["name"]
            (sent,) = wire.posts("/7001/messages")
            assert (sent["nonce"], sent["enforce_nonce"], sent["allowed_mentions"]) == ("7001.0", True, {"parse": []})
        await asyncio.wait_for(wire.closed.wait(), TIMEOUT_S)


async def test_an_answer_under_way_is_finished_before_the_bot_stops(tmp_path: Path, service: Service) -> None:
    engine = vars(service)["_engine"]
    assert isinstance(engine, ScriptedEngine)
    engine.slow_s = 0.5
    async with serving(Wire()) as wire:
        async with running(wire, tmp_path, service):
            await wire.dispatch("MESSAGE_CREATE", question("7001", TRACE))
            await until(lambda: engine.seen)
            assert wire.posts("/7001/messages") == []
        assert len(wire.posts("/7001/messages")) == 1


async def test_a_connection_dropped_while_sending_is_tried_again_with_the_same_nonce(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cogs.sending.RETRY_S", 0.01)
    async with serving(Wire(drop_sends=1)) as wire, running(wire, tmp_path, service):
        await wire.dispatch("MESSAGE_CREATE", question("7001", TRACE))
        await until(lambda: len(wire.posts("/7001/messages")) == 2)
        assert {body["nonce"] for body in wire.posts("/7001/messages")} == {"7001.0"}


async def test_keeps_trying_while_the_first_gateway_connection_is_refused(
    tmp_path: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Wire(refuse=2)) as wire, running(wire, tmp_path, service):
        assert wire.attempts == 3
        assert caplog.text.count("No connection to Discord") == 2


async def test_keeps_trying_while_discord_cannot_be_reached(
    tmp_path: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        wire = Wire(port=free.getsockname()[1])

    async def comes_up_later() -> None:
        await until(lambda: "No connection to Discord" in caplog.text)
        async with serving(wire):
            await asyncio.wait_for(wire.closed.wait(), TIMEOUT_S)

    server = asyncio.ensure_future(comes_up_later())
    async with running(wire, tmp_path, service, delay_s=0.1):
        assert wire.attempts == 1
    await within(server)


async def test_is_told_to_stop_while_it_waits_for_the_next_attempt(
    tmp_path: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Wire(refuse=99)) as wire:
        session = asyncio.ensure_future(serve(maker(wire, tmp_path, service), "token", 60.0))
        await until(lambda: "next attempt in 60 s" in caplog.text)
        os.kill(os.getpid(), signal.SIGTERM)
        await within(session)


@pytest.mark.parametrize(
    ("wire", "error", "says"),
    [
        (Wire(login_status=401), SettingError, "DISCORD_TOKEN"),
        (Wire(close_code=4004), UserError, "DISCORD_TOKEN"),
        (Wire(close_code=4014), UserError, "Message Content Intent"),
        (Wire(close_code=4011), UserError, "raise SHARDS"),
    ],
    ids=["bad token", "bad token at the gateway", "refused intents", "too few shards"],
)
async def test_a_refusal_for_good_is_told_plainly(
    tmp_path: Path, service: Service, wire: Wire, error: type[UserError], says: str
) -> None:
    async with serving(wire):
        with pytest.raises(error, match=says) as caught:
            await within(asyncio.ensure_future(serve(maker(wire, tmp_path, service), "hush-hush")))
    assert "hush" not in str(caught.value)
    assert sum(path.endswith("/users/@me") for _, path, _ in wire.requests) == 1


async def test_without_other_processes_all_shards_are_the_bots_own(tmp_path: Path, service: Service) -> None:
    async with serving(Wire(furnished=True, servers=2)) as wire:
        settings = settings_for(wire, tmp_path).model_copy(update={"shards": 2, "support_channels": frozenset()})
        point_at(settings)
        session = asyncio.ensure_future(serve(lambda: create_bot(settings, service), "token"))
        await until(lambda: wire.serving() == [0, 1] or session.done())
        assert wire.hasty == 0
        for number in range(2):
            asked = question(f"700{number}", TRACE, channel=channel_id(number), mentions=True)
            await wire.dispatch("MESSAGE_CREATE", asked)
        await until(lambda: all(wire.posts(f"/700{number}/messages") for number in range(2)))
        os.kill(os.getpid(), signal.SIGTERM)
        await within(session)


async def test_a_refused_intent_is_told_and_the_bot_serves_without_it(
    tmp_path: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Wire(close_code=4014, closes=1)) as wire:
        settings = settings_for(wire, tmp_path)
        point_at(settings)
        session = asyncio.ensure_future(serve_with_what_is_granted(settings, service, "token"))
        await until(lambda: wire.identified.is_set() or session.done())
        assert "Discord refused the message content intent" in caplog.text
        with_intent, without = wire.intents
        assert with_intent & ~without == discord.Intents(message_content=True).value
        os.kill(os.getpid(), signal.SIGTERM)
        await within(session)


@pytest.mark.parametrize("code", [4013, 4014])
async def test_a_refused_intent_that_the_admin_insists_on_ends_the_run(tmp_path: Path, service: Service, code: int) -> None:
    async with serving(Wire(close_code=code)) as wire:
        settings = settings_for(wire, tmp_path).model_copy(update={"message_content_intent": "on"})
        point_at(settings)
        with pytest.raises(UserError, match="Message Content Intent"):
            await within(asyncio.ensure_future(serve_with_what_is_granted(settings, service, "token")))


def test_without_a_token_nothing_is_started(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="DISCORD_TOKEN is not set"):
        run(load_settings({"KNOWLEDGE_DIR": str(tmp_path), "CACHE_DIR": str(tmp_path)}))


def http_error(status: int) -> discord.HTTPException:
    response = type("Response", (), {"status": status, "reason": ""})()
    return discord.HTTPException(response, "")


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        (ConnectionRefusedError(), True),
        (aiohttp.ServerDisconnectedError(), True),
        (TimeoutError(), True),
        (discord.gateway.ReconnectWebSocket(0), True),
        (AttributeError("a mistake of ours"), False),
        (http_error(503), True),
        (http_error(429), True),
        (http_error(403), False),
        (ValueError(), False),
    ],
)
def test_what_starting_again_may_help_against(error: Exception, retry: bool) -> None:
    assert may_retry(error) is retry


def test_other_errors_are_no_refusal() -> None:
    assert refusal(ConnectionRefusedError()) is None
    assert refusal(http_error(500)) is None


def test_messages_stay_out_of_the_log_at_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("discord")
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    keep_messages_out_of_logs()
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.DEBUG)


def test_the_bot_asks_for_no_more_than_it_needs(simcord_bot: commands.AutoShardedBot) -> None:
    asked = {name for name, value in simcord_bot.intents if value}
    assert asked == {"guilds", "guild_messages", "dm_messages", "message_content"}
    allowed = simcord_bot.allowed_mentions
    assert allowed is not None
    assert not (allowed.everyone or allowed.users or allowed.roles or allowed.replied_user)


@pytest.mark.parametrize(
    ("channels", "says"),
    [(frozenset(), "answers only to mentions and commands"), (frozenset({5}), "SUPPORT_CHANNELS: the bot cannot see 5")],
)
async def test_says_in_the_log_when_no_support_channel_can_be_served(
    settings: Settings, service: Service, caplog: pytest.LogCaptureFixture, channels: frozenset[int], says: str
) -> None:
    async with simcord.run(create_bot(settings.model_copy(update={"support_channels": channels}), service)):
        assert says in caplog.text
