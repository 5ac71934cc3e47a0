from __future__ import annotations

import discord
import pytest
from discord_world import CHATTER, DIAGNOSED, TRACE, UNKNOWN, World
from simcord import InteractionResult

from bot.cogs.diagnose import NOTHING_GIVEN
from bot.cogs.sending import UNABLE


def said(result: InteractionResult) -> str:
    responses = [result.response, *result.followups]
    return "\n".join(response.content for response in responses if response is not None)


async def test_answers_a_pasted_text(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=TRACE)
    callbacks = [r.json for r in world.env.http_requests if r.path.endswith("/callback")]
    assert [callback["type"] for callback in callbacks if callback] == [
        discord.InteractionResponseType.deferred_channel_message.value
    ]
    assert DIAGNOSED in said(result)


async def test_answers_a_file(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", file=("app.log", TRACE.encode("utf-16")))
    assert DIAGNOSED in said(result)


async def test_reads_text_and_file_together(world: World) -> None:
    await world.asker.slash(world.lounge, "diagnose", text="what is this?", file=("app.log", TRACE.encode()))
    assert world.engine.seen == [(f"what is this?\n{TRACE}", 1)]


async def test_works_in_direct_messages(world: World) -> None:
    result = await world.asker.user.slash("diagnose", text=TRACE)
    assert DIAGNOSED in said(result)


async def test_says_that_it_does_not_know(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=CHATTER)
    assert UNKNOWN in said(result)


@pytest.mark.parametrize("options", [{}, {"text": "   "}])
async def test_says_what_to_give_when_nothing_was_given(world: World, options: dict[str, str]) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", **options)
    assert said(result) == NOTHING_GIVEN
    assert result.ephemeral


async def test_says_why_a_file_could_not_be_read(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", file=("shot.dat", b"\x89PNG\r\n\x1a\n\x00\x00"))
    assert "shot.dat" in said(result)
    assert world.engine.seen == []


async def test_an_empty_file_is_told(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", file=("empty.log", b""))
    assert said(result)
    assert world.engine.seen == []


async def test_pings_nobody(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=f"@everyone <@{world.asker.id}> quota")
    assert said(result)
    followups = [r.json for r in world.env.http_requests if "/webhooks/" in r.path and r.method in ("POST", "PATCH") and r.json]
    assert followups
    assert all(body["allowed_mentions"] == {"parse": []} for body in followups)


async def test_a_model_that_is_gone_is_told_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.engine.broken = True
    result = await world.asker.slash(world.lounge, "diagnose", text=TRACE)
    assert said(result) == UNABLE
    assert "the model is gone" in caplog.text
