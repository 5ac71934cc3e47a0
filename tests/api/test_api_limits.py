"""What the endpoint does not take in: strangers, too many requests, too large or too slow ones."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from api_world import ANNA, BEN, FAILURE, PATIENCE_S, Api, api, settings_for, until

from bot.api.limits import Buckets, Places, network
from bot.api.refusal import RefusedError
from bot.api.threads import Threads
from bot.api.tokens import Tokens, require_tokens
from bot.diagnosis.conversation import Conversation
from bot.engine import Engine
from bot.errors import SettingError
from bot.settings import Settings, load_settings

# --- tokens


@pytest.mark.parametrize(
    ("header", "caller"),
    [
        (f"Bearer {ANNA}", "token-1"),
        (f"bearer  {BEN} ", "token-2"),
        (f"Bearer {ANNA}x", None),
        (f"Bearer {ANNA[:-1]}", None),
        (f"Basic {ANNA}", None),
        (ANNA, None),
        ("Bearer ", None),
        ("Bearer ÿþ☕", None),
        ("", None),
    ],
)
def test_a_caller_is_known_by_a_whole_bearer_token(header: str, caller: str | None) -> None:
    assert Tokens([ANNA, BEN]).caller(header) == caller


def test_without_tokens_the_setting_is_named_and_how_to_make_one() -> None:
    with pytest.raises(SettingError, match=r"^API_TOKENS is not set.*openssl rand"):
        require_tokens(load_settings({}))


# --- buckets and places


def test_a_bucket_fills_up_evenly_and_says_how_long_to_wait() -> None:
    now = 0.0
    buckets = Buckets(60, clock=lambda: now)
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1.0)
    assert buckets.take("b") == 0.0
    now = 0.5
    assert buckets.take("a") == pytest.approx(0.5)
    now = 1.1
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == pytest.approx(0.9)
    now = 1_000.0
    assert [buckets.take("a") > 0 for _ in range(61)] == [False] * 60 + [True]


def test_the_buckets_remembered_are_bounded() -> None:
    buckets = Buckets(1, limit=100)
    for number in range(10_000):
        buckets.take(f"address {number}")
    assert len(buckets) == 100


def test_places_are_given_back_also_after_a_mistake() -> None:
    places = Places(1)
    with pytest.raises(ValueError, match="a mistake"), places.take():
        with pytest.raises(RefusedError, match="waiting"), places.take():
            raise AssertionError("there was no place")
        raise ValueError("a mistake")
    with places.take():
        assert places.taken == 1
    assert places.taken == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "", True),
    ],
)
def test_addresses_are_counted_by_network(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) == same


async def test_the_conversations_of_a_caller_are_bounded_and_the_oldest_goes_first() -> None:
    threads = Threads(limit=3)
    for turns, name in enumerate("abcabd", start=1):
        async with threads.turn(name) as before:
            assert before.turns == {4: 1, 5: 2}.get(turns, 0)
            threads.put(name, Conversation(turns=turns))
    assert len(threads) == 3
    async with threads.turn("c") as forgotten:
        assert forgotten == Conversation()


async def test_the_messages_of_a_thread_are_taken_one_after_the_other() -> None:
    threads, order = Threads(), []

    async def say(number: int) -> None:
        async with threads.turn("t") as before:
            order.append((before.turns, number))
            await asyncio.sleep(0)
            threads.put("t", Conversation(turns=number))

    await asyncio.gather(*(say(number) for number in range(1, 6)))
    assert order == [(number - 1, number) for number in range(1, 6)]


# --- over the wire


@pytest.fixture
async def door(parcel_engine: Engine, parcel_settings: Settings) -> AsyncIterator[Api]:
    """An endpoint whose patience is short."""
    async with api(parcel_engine, settings_for(parcel_settings, API_BODY_LIMIT="2000"), head_s=0.5, body_s=0.5) as running:
        yield running


async def test_strangers_are_told_how_to_show_a_token_and_then_to_wait(door: Api) -> None:
    statuses = []
    for attempt in range(40):
        reply = await door.ask(FAILURE, token=[None, "x" * 24, ANNA + "x"][attempt % 3])
        statuses.append(reply.status)
        if reply.status == 401:
            assert reply.headers["www-authenticate"] == "Bearer"
        else:
            assert int(reply.headers["retry-after"]) >= 1
        assert ANNA not in reply.text
    assert statuses[:30] == [401] * 30
    assert 429 in statuses[30:]
    assert (await door.ask(FAILURE, ANNA)).status == 200, "who has a token does not wait for strangers"


async def test_each_token_has_its_own_requests_in_a_minute(parcel_engine: Engine, parcel_settings: Settings) -> None:
    async with api(parcel_engine, settings_for(parcel_settings, API_REQUESTS_PER_MINUTE="3")) as door:
        replies = [await door.ask(FAILURE, ANNA) for _ in range(5)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429, 429]
        assert 1 <= int(replies[-1].headers["retry-after"]) <= 20
        assert (await door.ask(FAILURE, BEN)).status == 200
        assert (await door.send("POST", "/mcp", ANNA, json={})).status == 429


async def chunks(size: int, number: int) -> AsyncIterator[bytes]:
    for _ in range(number):
        yield b"a" * size


@pytest.mark.parametrize("path", ["/diagnose", "/mcp"])
async def test_a_body_beyond_the_limit_is_refused_however_it_is_sent(door: Api, path: str) -> None:
    headers = {"Content-Type": "text/plain"}
    for data in (b"a" * 2_001, b"a" * 5_000_000, chunks(1_000, 3), chunks(50_000, 40)):
        reply = await door.send("POST", path, data=data, headers=headers)
        assert (reply.status, reply.json["error"]["code"]) == (413, "too_large")
    assert (await door.send("POST", "/diagnose", data=b"a" * 2_000, headers=headers)).status == 200


async def talk(door: Api, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """Everything the server says to what is sent bit by bit, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    reading = asyncio.create_task(reader.read())
    try:
        for part in parts:
            if reading.done():
                break
            writer.write(part)
            await asyncio.sleep(pause_s)
        return await asyncio.wait_for(reading, PATIENCE_S)
    finally:
        writer.close()


HEAD = f"POST /diagnose HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ANNA}\r\nContent-Type: text/plain\r\n".encode()


async def test_who_does_not_send_a_head_is_not_waited_for(door: Api) -> None:
    start = time.monotonic()
    assert await talk(door) == b""
    assert await talk(door, *(bytes([byte]) for byte in HEAD), pause_s=0.1) == b""
    assert time.monotonic() - start < PATIENCE_S


async def test_who_does_not_send_the_body_is_not_waited_for(door: Api) -> None:
    said = await talk(door, HEAD + b"Content-Length: 1000\r\n\r\nhalf of it")
    assert b" 408 " in said.splitlines()[0]
    assert b"too_slow" in said
    trickle = [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\na\r\n"] * 100]
    assert b" 408 " in (await talk(door, *trickle, pause_s=0.1)).splitlines()[0]


async def test_a_stranger_who_waits_for_a_word_before_the_body_is_answered_at_once(door: Api) -> None:
    head = b"POST /diagnose HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n"
    assert b" 401 " in (await talk(door, head)).splitlines()[0]


async def test_a_connection_serves_one_request_after_another(door: Api) -> None:
    request = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(FAILURE), FAILURE.encode())
    last = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
    said = await talk(door, request, request[:40], request[40:] + last, pause_s=0.3)
    assert said.count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\r\n\r\n", b"A" * 100_000, b"POST /diagnose\r\n\r\n"])
async def test_what_is_no_request_ends_only_its_connection(door: Api, garbage: bytes) -> None:
    said = await talk(door, garbage)
    assert said == b"" or b" 400 " in said.splitlines()[0]
    assert (await door.ask(FAILURE)).status == 200


async def test_beyond_the_queue_requests_are_told_to_come_back(
    parcel_engine: Engine, parcel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, answer = threading.Event(), parcel_engine.answer

    def held(*args: Any) -> Any:
        assert gate.wait(PATIENCE_S)
        return answer(*args)

    monkeypatch.setattr(parcel_engine, "answer", held)
    settings = settings_for(parcel_settings, QUEUE_LIMIT="3", ANALYSIS_WORKERS="2")
    async with api(parcel_engine, settings) as door:
        waiting = [asyncio.create_task(door.ask(FAILURE)) for _ in range(5)]
        try:
            await until(lambda: door.door.places.taken == 5)
            refused = await door.ask(FAILURE)
            assert (refused.status, refused.json["error"]["code"]) == (503, "busy")
            assert int(refused.headers["retry-after"]) >= 1
            assert (await door.send("GET", "/healthz", token=None)).status == 200
        finally:
            gate.set()
        assert [reply.status for reply in await asyncio.gather(*waiting)] == [200] * 5
        assert (await door.ask(FAILURE)).status == 200
