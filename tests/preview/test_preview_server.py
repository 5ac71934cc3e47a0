from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import InputError
from bot.preview.server import DIRECT, SimulatedServer, settings_apart
from bot.settings import load_settings

FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'


def place(server: SimulatedServer, name: str) -> str:
    return next(place.id for place in server.places() if place.name == name)


def said(server: SimulatedServer, at: str, person: str = "asker") -> list[str]:
    assert server.bot.user is not None
    return [m.content for m in server.channel(at, person).history() if m.author.id == server.bot.user.id and m.content]


async def test_a_failure_in_the_support_channel_is_answered_in_a_thread(server: SimulatedServer) -> None:
    thread = await server.post(place(server, "support"), "asker", FAILURE)
    assert thread is not None
    assert "weigh 31.5 kg" in said(server, thread)[0]
    (shown,) = [known for known in server.places() if known.kind == "thread"]
    assert (shown.id, shown.parent) == (thread, place(server, "support"))


async def test_a_post_in_the_forum_is_answered_in_it(server: SimulatedServer) -> None:
    post = await server.post(place(server, "help-forum"), "asker", FAILURE, "Label is refused")
    assert post is not None
    assert next(known.name for known in server.places() if known.id == post) == "Label is refused"
    assert said(server, post)


async def test_elsewhere_the_bot_speaks_only_when_mentioned(server: SimulatedServer) -> None:
    general = place(server, "general")
    assert await server.post(general, "asker", FAILURE) is None
    assert server.bot.user is not None
    assert await server.post(general, "asker", f"<@{server.bot.user.id}> {FAILURE}") is not None


async def test_what_is_too_long_for_a_message_is_attached(server: SimulatedServer) -> None:
    thread = await server.post(place(server, "support"), "asker", "a line of a log\n" * 300 + FAILURE)
    (message,) = [m for m in server.channel(place(server, "support"), "asker").history() if m.attachments]
    assert [attachment.filename for attachment in message.attachments] == ["message.txt"]
    assert thread is not None
    assert said(server, thread)


async def test_files_are_read(server: SimulatedServer) -> None:
    thread = await server.post(place(server, "support"), "asker", "", files=[("app.log", FAILURE.encode())])
    assert thread is not None
    assert said(server, thread)


async def test_direct_messages_are_each_person_s_own(server: SimulatedServer) -> None:
    await server.post(DIRECT, "asker", FAILURE)
    assert said(server, DIRECT)
    assert not said(server, DIRECT, "helper")


@pytest.mark.parametrize(("at", "person", "text"), [("17", "asker", "hi"), (DIRECT, "nobody", "hi"), (DIRECT, "asker", "")])
async def test_what_cannot_be_posted_is_refused(server: SimulatedServer, at: str, person: str, text: str) -> None:
    with pytest.raises(InputError):
        await server.post(at, person, text)


async def test_the_clock_of_the_server_is_ours(server: SimulatedServer) -> None:
    await server.post(place(server, "general"), "asker", "hello")
    message = server.channel(place(server, "general"), "asker").last_message
    assert message is not None
    await server.idle()
    assert abs((server.env.now() - message.created_at).total_seconds()) < 60


def test_the_bot_of_the_preview_keeps_nothing_where_a_real_one_does(tmp_path: Path) -> None:
    real = load_settings(
        {"DATABASE_URL": "postgresql://user:word@db.example/bot", "SUPPORT_CHANNELS": "17", "ANALYSIS_LIMIT": "9000"}
    )
    apart = settings_apart(real, tmp_path)
    assert (apart.database_url, apart.support_channels, apart.discord_token) == (None, frozenset(), None)
    assert apart.cache_dir.parent == apart.data_dir.parent == tmp_path
    assert apart.analysis_limit == 9_000
