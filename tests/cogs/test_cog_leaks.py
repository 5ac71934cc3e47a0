from __future__ import annotations

import discord
import pytest
from discord_world import CHATTER, DIAGNOSED, LEAKED, TRACE, World
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.cogs.leaks import leaked_keys, notice
from bot.reading.types import Reading, Redaction
from bot.reply.compose import LEAK_LEAD

PASTE = f"{TRACE}\nAPI_KEY={LEAKED}"
HOW = "Open Acme's keys and press Revoke."


async def test_the_author_of_a_leaked_key_is_told_in_private_how_to_revoke_it(world: World) -> None:
    await world.asker.send(world.support, PASTE)
    (told,) = world.said(world.asker.user.dm_channel)
    assert "api key" in told
    assert HOW in told
    assert f"<#{world.support.id}>" in told


async def test_who_was_told_in_private_is_not_pointed_at_in_public(world: World) -> None:
    await world.asker.send(world.support, PASTE)
    said = "\n".join(world.said(world.thread))
    assert DIAGNOSED in said
    assert LEAK_LEAD not in said


async def test_where_direct_messages_are_refused_the_public_answer_says_it_without_the_value(world: World) -> None:
    refuse_direct_messages(world)
    await world.asker.send(world.support, PASTE)
    assert LEAK_LEAD in "\n".join(world.said(world.thread))


async def test_a_key_in_a_message_that_needs_no_answer_is_told_in_private(world: World) -> None:
    await world.asker.send(world.support, f"{CHATTER} {LEAKED}")
    assert HOW in world.said(world.asker.user.dm_channel)[0]
    assert world.said(world.support) == []
    assert world.support.threads == []


async def test_a_key_in_a_message_that_needs_no_answer_is_told_in_public_as_a_last_resort(world: World) -> None:
    refuse_direct_messages(world)
    await world.asker.send(world.support, f"{CHATTER} {LEAKED}")
    (said,) = world.said(world.support)
    assert "api key" in said
    assert HOW in said
    assert LEAKED not in said


async def test_an_edit_that_keeps_the_key_does_not_tell_again(world: World) -> None:
    message = await world.asker.send(world.support, PASTE)
    await world.asker.edit(message, f"{PASTE} and more")
    assert len(world.said(world.asker.user.dm_channel)) == 1
    assert LEAK_LEAD not in "\n".join(world.said(world.thread))


async def test_in_direct_messages_the_advice_stands_in_the_answer(world: World) -> None:
    await world.asker.send_dm(PASTE)
    said = "\n".join(world.said(world.asker.user.dm_channel))
    assert DIAGNOSED in said
    assert HOW in said


async def test_the_message_is_deleted_where_the_admin_wants_that_and_the_answer_stays(world: World) -> None:
    world.configure(delete_leaked_keys=True)
    message = await world.asker.send(world.support, PASTE)
    assert all(m.id != message.id for m in world.support.history())
    assert DIAGNOSED in "\n".join(world.said(world.thread))
    assert "I delete the message" in world.said(world.asker.user.dm_channel)[0]


async def test_follow_ups_work_after_the_deletion_and_a_restart(world: World) -> None:
    world.configure(delete_leaked_keys=True)
    await world.asker.send(world.support, PASTE)
    await world.restart()
    await world.asker.send(world.thread, TRACE)
    assert DIAGNOSED in world.said(world.thread)[-1]
    assert len(world.said(world.thread)) == 2


async def test_without_the_right_to_delete_the_message_stays_and_the_author_is_told_to(world: World) -> None:
    world.configure(delete_leaked_keys=True)
    denied = discord.Permissions(manage_messages=True).value
    overwrite = Overwrite(target_id=world.me, type=OverwriteType.MEMBER, allow=0, deny=denied)
    world.env.backend.set_overwrite(world.support.id, overwrite)
    message = await world.asker.send(world.support, PASTE)
    assert any(m.id == message.id for m in world.support.history())
    assert "Delete the message" in world.said(world.asker.user.dm_channel)[0]


async def test_a_deletion_that_discord_refuses_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.configure(delete_leaked_keys=True)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
    await world.asker.send(world.support, PASTE)
    assert "holds a key and could not be deleted" in caplog.text
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_messages_stay_by_default(world: World) -> None:
    message = await world.asker.send(world.support, PASTE)
    assert any(m.id == message.id for m in world.support.history())


async def test_who_asks_by_command_is_told_where_only_they_see_it(world: World) -> None:
    result = await world.asker.slash(world.lounge, "diagnose", text=PASTE)
    answer, warning = [result.response, *result.followups]
    assert answer is not None
    assert warning is not None
    assert LEAK_LEAD not in answer.content
    assert HOW in warning.content
    assert warning.ephemeral


async def test_the_author_of_a_message_that_somebody_else_asks_about_is_told(world: World) -> None:
    message = await world.asker.send(world.lounge, PASTE)
    friend = world.member("friend")
    await friend.context_menu(world.lounge, "Diagnose this message", message)
    (told,) = world.said(world.asker.user.dm_channel)
    assert HOW in told
    assert world.said(friend.user.dm_channel) == []


def test_what_only_tells_who_somebody_is_is_no_key() -> None:
    redactions = tuple(Redaction(kind, 1) for kind in ("user", "e-mail", "phone", "api-key", "password"))
    found = leaked_keys(Reading("", (), (), (), (), (), redactions, ""))
    assert [redaction.kind for redaction in found] == ["api-key", "password"]


def test_a_notice_names_each_kind_once_and_fits_into_a_message() -> None:
    kinds = [Redaction(f"kind-{number}-{'x' * 300}", 1) for number in range(50)]
    text = notice([*kinds, *kinds], {"revoke": "r" * 600}, where="Your message")
    assert len(text) <= 2_000
    assert text.count("kind 0") == 1
    assert "and more" in text


def refuse_direct_messages(world: World) -> None:
    """The asker takes no direct messages."""
    path = f"/channels/{world.asker.user.dm_channel.id}/messages"
    world.env.inject_error("POST", path, status=403, code=50007, times=None)
