from __future__ import annotations

import discord
import pytest
from discord_world import ANSWERED, CHATTER, DIAGNOSED, QUESTION, TRACE, UNKNOWN, World
from simcord.builders import ChannelHandle


def replies(world: World, channel: ChannelHandle) -> list[discord.Message]:
    """The bot's messages in a channel or thread, oldest first."""
    return [m for m in channel.history() if m.author.id == world.me and m.type is not discord.MessageType.thread_created]


def edits(world: World) -> list[str]:
    """What the bot changed of its messages."""
    return [request.path for request in world.env.http_requests if request.method == "PATCH" and "/messages/" in request.path]


async def test_an_edit_of_the_message_updates_the_answer_in_place(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    (before,) = replies(world, world.thread)
    await world.asker.edit(message, f"{QUESTION} And more.")
    (after,) = replies(world, world.thread)
    assert after.id == before.id
    assert ANSWERED in after.content
    assert "This is turn 1." in after.content, "an edited message is not a second one"


async def test_the_bots_thread_is_named_after_what_the_answer_says_now(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.asker.edit(message, QUESTION)
    assert (world.thread.name or "").startswith(ANSWERED)


async def test_an_answer_that_grows_gets_more_messages_and_one_that_shrinks_loses_them(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.asker.edit(message, f"{TRACE} VERBOSE")
    grown = replies(world, world.thread)
    assert len(grown) == 2
    await world.asker.edit(message, TRACE)
    (shrunk,) = replies(world, world.thread)
    assert shrunk.id == grown[0].id
    assert shrunk.components, "the buttons stand under the last part"
    assert not grown[0].components


async def test_an_edit_that_leaves_nothing_of_the_failure_is_told_honestly(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.asker.edit(message, CHATTER)
    (reply,) = replies(world, world.thread)
    assert UNKNOWN in reply.content


async def test_an_edit_after_a_restart_still_updates_the_answer(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.restart()
    await world.asker.edit(message, QUESTION)
    (reply,) = replies(world, world.thread)
    assert ANSWERED in reply.content


async def test_an_edited_follow_up_is_answered_with_what_came_before_it(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    follow_up = await world.asker.send(world.thread, f"again {TRACE}")
    await world.asker.edit(follow_up, QUESTION)
    said = world.said(world.thread)
    assert "This is turn 1." in said[0]
    assert ANSWERED in said[1]
    assert "This is turn 2." in said[1]
    assert len(said) == 2


async def test_the_conversation_goes_on_from_the_edited_text(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.asker.edit(message, f"{TRACE} corrected")
    world.engine.seen.clear()
    await world.asker.send(world.thread, f"and now {TRACE}")
    assert world.engine.seen[0][0].endswith("corrected")
    assert "This is turn 2." in world.said(world.thread)[-1]


async def test_a_message_that_becomes_a_failure_by_an_edit_is_answered_then(world: World) -> None:
    message = await world.asker.send(world.support, CHATTER)
    assert world.sent() == []
    await world.asker.edit(message, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_a_mention_added_by_an_edit_asks_the_bot(world: World) -> None:
    message = await world.asker.send(world.lounge, CHATTER)
    await world.asker.edit(message, f"<@{world.me}> {TRACE}")
    assert DIAGNOSED in "\n".join(world.said(world.lounge.threads[0]))


async def test_what_discord_adds_to_a_message_is_no_edit(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    backend = world.env.backend
    stored = backend.get_message(world.support.id, message.id)
    backend.edit_message(world.support.id, message.id, {"embeds": [{"title": "a link looked up"}]})
    await world.env.settle()
    backend.set_pinned(world.support.id, message.id, True, actor_id=world.asker.id)
    await world.env.settle()
    assert stored.content
    assert len(world.engine.seen) == 1
    assert edits(world) == []


async def test_an_edit_after_the_time_allowed_changes_nothing(world: World) -> None:
    world.configure(follow_edits_hours=1)
    message = await world.asker.send(world.support, TRACE)
    await world.env.advance_time(3_700)
    await world.asker.edit(message, QUESTION)
    assert DIAGNOSED in world.said(world.thread)[-1]
    await world.asker.delete(message)
    assert len(world.said(world.thread)) == 1


async def test_an_edit_by_a_helper_in_the_thread_is_not_read(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    helper = world.member("helper", world.helpers)
    advice = await helper.send(world.thread, "try this")
    await helper.edit(advice, f"try that: {TRACE}")
    assert len(world.said(world.thread)) == 1


async def test_a_deleted_message_takes_its_answer_and_the_empty_thread_along(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.asker.delete(message)
    assert world.support.threads == []
    assert await world.bot.store.answer(message.id) is None  # type: ignore[attr-defined]


async def test_a_thread_in_which_people_wrote_stays_without_the_answer(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.member("friend").send(world.thread, "I had that, too")
    await world.asker.delete(message)
    assert world.said(world.thread) == []
    assert [m.content for m in world.thread.history()][-1] == "I had that, too"


async def test_a_deleted_follow_up_takes_only_its_own_answer_along(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    follow_up = await world.asker.send(world.thread, f"again {TRACE}")
    await world.asker.delete(follow_up)
    (said,) = world.said(world.thread)
    assert "This is turn 1." in said


async def test_messages_deleted_in_bulk_take_their_answers_along_after_a_restart_too(world: World) -> None:
    messages = [await world.asker.send(world.support, f"{TRACE}{number}") for number in range(3)]
    await world.restart()
    world.env.backend.bulk_delete_messages(world.support.id, [message.id for message in messages])
    await world.env.settle()
    assert world.support.threads == []


async def test_a_message_deleted_while_it_is_read_leaves_no_answer(world: World) -> None:
    world.engine.slow_s = 0.2
    backend = world.env.backend
    message = backend.create_message(world.support.id, world.asker.id, TRACE)
    backend.delete_message(world.support.id, message.id)
    await world.env.settle()
    assert world.support.threads == []
    assert world.said(world.support) == []


async def test_an_answer_that_somebody_removed_is_not_brought_back_by_an_edit(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    (reply,) = replies(world, world.thread)
    world.env.backend.delete_message(world.thread.id, reply.id)
    await world.env.settle()
    await world.asker.edit(message, QUESTION)
    assert world.said(world.thread) == []


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (500, 0)])
async def test_an_update_that_discord_refuses_is_logged_and_the_bot_lives_on(
    world: World, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    message = await world.asker.send(world.support, TRACE)
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=status, code=code, times=None)
    await world.asker.edit(message, QUESTION)
    assert "was not updated" in caplog.text
    assert DIAGNOSED in world.said(world.thread)[0]
