"""The complete mode without the message content intent: the simulated server hides what real Discord hides."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from discord_world import DIAGNOSED, QUESTION, TRACE, UNKNOWN, World

from bot.cogs.intake import HIDDEN
from bot.cogs.message_link import MessageLink, fetch_linked
from bot.cogs.request import HIDDEN_MESSAGE
from bot.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folders = {name: str(tmp_path / name.lower()) for name in ("CACHE_DIR", "DATA_DIR", "KNOWLEDGE_DIR")}
    return load_settings({**folders, "MESSAGE_CONTENT_INTENT": "off"})


async def test_the_intent_is_not_asked_for(world: World) -> None:
    assert not world.bot.intents.message_content


async def test_what_is_not_addressed_to_the_bot_is_not_read(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.post("Why does it say quota_exhausted", "see title")
    assert world.engine.seen == []
    assert world.sent() == []


async def test_a_mention_is_answered_with_its_files(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> see", attachments=[("app.log", TRACE.encode())])
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_a_reply_to_the_bot_continues_the_conversation(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    answer = world.thread.last_message
    assert answer is not None
    await world.asker.send(world.thread, QUESTION, reply_to=answer)
    assert world.engine.seen[-1] == (QUESTION, 2)


async def test_a_reply_to_somebody_else_says_how_to_show_their_message(world: World) -> None:
    pasted = await world.asker.send(world.lounge, TRACE)
    await world.member("friend").send(world.lounge, f"<@{world.me}>", reply_to=pasted)
    assert world.said(world.lounge) == [f"-# {HIDDEN}"]


async def test_the_menu_of_a_message_shows_it_to_the_bot(world: World) -> None:
    pasted = await world.asker.send(world.lounge, TRACE)
    result = await world.member("friend").context_menu(world.lounge, "Diagnose this message", pasted)
    assert result.response is not None
    assert DIAGNOSED in result.response.content


async def test_commands_and_direct_messages_work(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=TRACE)
    assert result.response is not None
    assert DIAGNOSED in result.response.content
    await world.asker.send_dm("good evening")
    assert UNKNOWN in world.said(world.asker.user.dm_channel)[0]


async def test_a_link_to_a_hidden_message_says_how_to_show_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch_hidden(interaction: discord.Interaction, link: MessageLink) -> discord.Message:
        message = await fetch_linked(interaction, link)
        message.content = ""  # the simulated server hides texts in events only, real Discord here as well
        return message

    monkeypatch.setattr("bot.cogs.diagnose.fetch_linked", fetch_hidden)
    pasted = await world.asker.send(world.lounge, TRACE)
    link = f"https://discord.com/channels/{world.guild.id}/{world.lounge.id}/{pasted.id}"
    result = await world.asker.slash(world.lounge, "diagnose", message=link)
    assert result.response is not None
    assert HIDDEN_MESSAGE in result.response.content


async def test_an_edited_mention_updates_its_answer(world: World) -> None:
    message = await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    await world.asker.edit(message, f"<@{world.me}> {QUESTION}")
    assert world.engine.seen[-1] == (QUESTION, 1)


async def test_an_edit_that_takes_the_mention_away_changes_nothing(world: World) -> None:
    message = await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    await world.asker.edit(message, QUESTION)
    assert DIAGNOSED in world.said(world.thread)[0]
