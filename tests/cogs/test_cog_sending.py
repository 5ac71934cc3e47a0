from __future__ import annotations

from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.cogs.sending import MAX_CONTENT, MAX_PARTS, describe_error, fit_lines, send_parts, thread_name, within_limits


@pytest.mark.parametrize(
    ("parts", "fitting"),
    [
        (["one", "two"], ["one", "two"]),
        (["", "  \n", "x"], ["x"]),
        (["a" * 1999 + "\n" + "b" * 10], ["a" * 1999, "b" * 10]),
        (["a" * 4500], ["a" * 2000, "a" * 2000, "a" * 500]),
        ([], []),
    ],
)
def test_parts_are_brought_within_the_limits(parts: list[str], fitting: list[str]) -> None:
    assert within_limits(parts) == fitting


def test_the_number_of_messages_is_bounded() -> None:
    assert len(within_limits(["x" * 100_000])) == MAX_PARTS


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("Quota used up", "Quota used up"),
        ("  two\nlines ", "two lines"),
        ("", "Support"),
        ("\n", "Support"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 99 + "…"),
    ],
)
def test_a_headline_becomes_a_thread_name(headline: str, name: str) -> None:
    assert thread_name(headline) == name
    assert 1 <= len(thread_name(headline)) <= 100


def test_lines_that_do_not_fit_are_counted() -> None:
    text = fit_lines([f"line {n} " + "x" * 90 for n in range(100)], 1000)
    assert len(text) <= 1000
    assert text.endswith("… and 90 more")
    assert fit_lines(["a", "b"], 1000) == "a\nb"
    assert fit_lines(["x" * 5000], 1000) == "… and 1 more"


class Channel:
    """Takes messages like a channel does; fails as told before it does."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def send(self, content: str, **options: Any) -> None:
        self.sent.append((content, options))
        if self.failures:
            raise self.failures.pop(0)


def messageable(channel: Channel) -> discord.abc.Messageable:
    return cast(discord.abc.Messageable, channel)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cogs.sending.RETRY_S", 0.0)


async def test_a_connection_dropped_while_sending_is_tried_again_with_the_same_nonce() -> None:
    channel = Channel(aiohttp.ServerDisconnectedError())
    assert await send_parts(messageable(channel), ["hello"], source=7)
    assert [options["nonce"] for _, options in channel.sent] == ["7.0", "7.0"]


async def test_gives_up_after_some_tries_and_sends_no_later_part() -> None:
    channel = Channel(*[aiohttp.ServerDisconnectedError()] * 9)
    assert not await send_parts(messageable(channel), ["hello", "world"], source=7)
    assert [content for content, _ in channel.sent] == ["hello"] * 3


async def test_a_refusal_of_discord_is_not_tried_again() -> None:
    response = cast(Any, type("Response", (), {"status": 403, "reason": "Forbidden"})())
    channel = Channel(discord.Forbidden(response, {"code": 50013, "message": "secret text"}))
    assert not await send_parts(messageable(channel), ["hello"], source=7)
    assert len(channel.sent) == 1


async def test_every_part_pings_nobody_and_shows_no_embeds() -> None:
    channel = Channel()
    await send_parts(messageable(channel), ["@everyone", "x" * (MAX_CONTENT + 1)], source=10**19)
    assert len(channel.sent) == 3
    for _, options in channel.sent:
        assert options["allowed_mentions"].to_dict() == {"parse": []}
        assert options["suppress_embeds"] is True
        assert len(options["nonce"]) <= 25


def test_an_error_is_described_without_the_text_of_the_message() -> None:
    response = cast(Any, type("Response", (), {"status": 400, "reason": "Bad Request"})())
    error = discord.HTTPException(response, {"code": 50035, "message": "content: the secret paste"})
    assert describe_error(error) == "HTTPException (status 400, code 50035)"
    assert describe_error(aiohttp.ServerDisconnectedError()) == "ServerDisconnectedError"


async def test_the_buttons_are_under_the_last_part_and_the_reference_is_on_the_first() -> None:
    channel = Channel()
    view = discord.ui.View()
    replied = cast(discord.Message, type("Message", (), {"to_reference": lambda _, fail_if_not_exists: "reference"})())
    await send_parts(messageable(channel), ["one", "two", "three"], source=7, view=view, reply_to=replied)
    assert [options.get("view") for _, options in channel.sent] == [None, None, view]
    assert [options.get("reference") for _, options in channel.sent] == ["reference", None, None]


async def test_only_the_named_roles_are_pinged() -> None:
    channel = Channel()
    await send_parts(messageable(channel), ["<@&8> <@&9> @everyone <@5>"], source=7, pings=frozenset({9}))
    (_, options) = channel.sent[0]
    assert options["allowed_mentions"].to_dict() == {"parse": [], "roles": [9]}
