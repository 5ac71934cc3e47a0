from __future__ import annotations

import discord
import pytest
from discord_world import CHATTER, DIAGNOSED, TRACE, UNKNOWN, World
from simcord import InteractionResult
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import OverwriteType

from bot.cogs.diagnose import MENU_NAME
from bot.cogs.message_link import ELSEWHERE, NO_LINK, UNREADABLE, MessageLink, parse_link
from bot.cogs.request import NOTHING_GIVEN, NOTHING_IN_MESSAGE
from bot.cogs.sending import UNABLE
from bot.cogs.waiting import BUSY
from bot.errors import InputError


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


async def test_says_what_to_give_when_nothing_was_given(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text="   ")
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


async def test_without_anything_to_read_a_modal_asks_for_it(world: World) -> None:
    shown = await world.asker.slash(world.lounge, "diagnose")
    assert shown.modal is not None
    result = await world.asker.submit_modal(shown, {"text": "what is this?", "files": [("app.log", TRACE.encode())]})
    assert DIAGNOSED in said(result)
    assert not result.ephemeral
    assert world.engine.seen == [(f"what is this?\n{TRACE}", 1)]


async def test_the_modal_takes_a_paste_with_its_line_breaks_alone(world: World) -> None:
    shown = await world.asker.slash(world.lounge, "diagnose")
    await world.asker.submit_modal(shown, {"text": TRACE})
    assert world.engine.seen == [(TRACE, 1)]


async def test_an_empty_modal_says_what_to_give(world: World) -> None:
    shown = await world.asker.slash(world.lounge, "diagnose")
    result = await world.asker.submit_modal(shown, {})
    assert said(result) == NOTHING_GIVEN
    assert result.ephemeral


@pytest.mark.parametrize("private", [True, False])
async def test_a_private_answer_is_seen_by_who_asks_alone(world: World, private: bool) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=TRACE, private=private)
    assert DIAGNOSED in said(result)
    assert result.ephemeral is private
    shown = await world.asker.slash(world.lounge, "diagnose", private=private)
    submitted = await world.asker.submit_modal(shown, {"text": f"{TRACE} VERBOSE"})
    responses = [submitted.response, *submitted.followups]
    assert [response.ephemeral for response in responses if response is not None] == [private] * 2


async def test_a_public_answer_has_buttons_and_a_private_one_leaves_no_trace(world: World) -> None:
    public = await world.asker.slash(world.lounge, "diagnose", text=TRACE)
    assert public.response is not None
    assert public.response.components
    private = await world.asker.slash(world.lounge, "diagnose", text=TRACE, private=True)
    assert private.response is not None
    assert not private.response.components


async def test_a_linked_message_is_read_with_its_files(world: World) -> None:
    pasted = await world.asker.send(world.lounge, "look", attachments=[("app.log", TRACE.encode())])
    result = await world.member("friend").slash(world.lounge, "diagnose", message=link(world, world.lounge, pasted.id))
    assert DIAGNOSED in said(result)
    assert world.engine.seen == [(f"look\n{TRACE}", 1)]


async def test_what_a_link_to_another_channel_shows_is_not_for_everybody(world: World) -> None:
    pasted = await world.asker.send(world.support, f"<@{world.asker.id}> {TRACE}")
    result = await world.asker.slash(world.lounge, "diagnose", message=link(world, world.support, pasted.id))
    assert DIAGNOSED in said(result)
    assert result.ephemeral


@pytest.mark.parametrize("right", ["view_channel", "read_message_history"])
async def test_a_link_to_what_the_asker_may_not_read_is_refused(world: World, right: str) -> None:
    hidden = world.guild.create_text_channel("team")
    pasted = await world.asker.send(hidden, TRACE)
    friend = world.member("friend")
    denied = discord.Permissions(**{right: True}).value
    overwrite = Overwrite(target_id=friend.id, type=OverwriteType.MEMBER, allow=0, deny=denied)
    world.env.backend.set_overwrite(hidden.id, overwrite)
    world.env.backend.announce_channel_update(hidden.id)
    result = await friend.slash(world.lounge, "diagnose", message=link(world, hidden, pasted.id))
    assert said(result) == UNREADABLE
    assert world.engine.seen == []


async def test_a_link_to_a_private_thread_is_for_its_members(world: World) -> None:
    backend = world.env.backend
    thread = backend.create_thread(world.lounge.id, "between us", world.asker.id, type=12)
    pasted = backend.create_message(thread.id, world.asker.id, TRACE)
    await world.env.settle()
    handle = ChannelHandle(world.env, world.guild, thread)
    assert DIAGNOSED in said(await world.asker.slash(world.lounge, "diagnose", message=link(world, handle, pasted.id)))
    friend = world.member("friend")
    assert said(await friend.slash(world.lounge, "diagnose", message=link(world, handle, pasted.id))) == UNREADABLE


async def test_a_link_to_nothing_is_refused_in_the_same_words(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", message=link(world, world.lounge, 12345))
    assert said(result) == UNREADABLE


async def test_a_link_to_another_server_is_refused(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", message="https://discord.com/channels/1/2/3")
    assert said(result) == ELSEWHERE


async def test_what_is_no_link_is_told(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", message="see above")
    assert said(result) == NO_LINK
    assert result.ephemeral


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com/channels/1/2/3",
        "<https://discord.com/channels/1/2/3>",
        " https://ptb.discord.com/channels/1/2/3/ ",
        "https://canary.discord.com/channels/1/2/3",
        "https://discordapp.com/channels/1/2/3",
    ],
)
def test_every_spelling_of_a_link_is_read(text: str) -> None:
    assert parse_link(text) == MessageLink(1, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://discord.com/channels/@me/2/3",
        "https://discord.com/channels/1/2",
        "https://discord.com.evil.example/channels/1/2/3",
        "http://discord.com/channels/1/2/3",
        "https://discord.com/channels/1/2/" + "3" * 40,
    ],
)
def test_nothing_else_is_taken_for_a_link(text: str) -> None:
    with pytest.raises(InputError):
        parse_link(text)


@pytest.mark.parametrize("public", [True, False])
async def test_the_menu_of_a_message_answers_who_asks(world: World, public: bool) -> None:
    world.configure(public_context_menu=public)
    pasted = await world.asker.send(world.lounge, TRACE)
    result = await world.member("friend").context_menu(world.lounge, MENU_NAME, pasted)
    assert DIAGNOSED in said(result)
    assert result.ephemeral is not public


async def test_the_menu_of_a_message_without_text_says_so(world: World) -> None:
    pasted = await world.asker.send(world.lounge, "", attachments=[("shot.png", b"\x89PNG\r\n\x1a\n\x00\x00")])
    result = await world.asker.context_menu(world.lounge, MENU_NAME, pasted)
    assert "shot.png" in said(result)
    empty = await world.asker.send(world.lounge, f"<@{world.me}>")
    result = await world.asker.context_menu(world.lounge, MENU_NAME, empty)
    assert said(result) == NOTHING_IN_MESSAGE


async def test_beyond_the_queue_every_way_of_asking_is_told_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pasted = await world.asker.send(world.lounge, TRACE)
    shown = await world.asker.slash(world.lounge, "diagnose")
    monkeypatch.setattr(vars(world.bot)["desk"].waiting, "count", world.settings.queue_limit)
    results = [
        await world.asker.slash(world.lounge, "diagnose", text=TRACE),
        await world.asker.context_menu(world.lounge, MENU_NAME, pasted),
        await world.asker.submit_modal(shown, {"text": TRACE}),
    ]
    assert [(said(result), result.ephemeral) for result in results] == [(BUSY, True)] * 3
    assert world.engine.seen == []


def link(world: World, channel: ChannelHandle, message_id: int) -> str:
    return f"https://discord.com/channels/{world.guild.id}/{channel.id}/{message_id}"
