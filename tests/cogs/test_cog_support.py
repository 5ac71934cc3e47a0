from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import discord
import pytest
from discord_world import ANSWERED, CHATTER, DIAGNOSED, QUESTION, TRACE, UNKNOWN, World, loop_lag
from simcord.backend.models import Overwrite
from simcord.enums import MessageType, OverwriteType

from bot.cogs.sending import UNABLE
from bot.cogs.support import NOTHING_TO_READ
from bot.cogs.waiting import BUSY, typing_when_slow
from bot.errors import InputError
from bot.ocr import ScreenReader


async def test_answers_a_trace_in_a_thread_opened_on_the_message(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    assert world.thread.id == message.id
    assert DIAGNOSED in "\n".join(world.said(world.thread))
    assert world.said(world.support) == []


async def test_names_the_thread_after_the_headline(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    assert (world.thread.name or "").startswith(DIAGNOSED)


@pytest.mark.parametrize("content", [CHATTER, "ok", "👍", "```\n```"])
async def test_stays_silent_on_chatter(world: World, content: str) -> None:
    await world.asker.send(world.support, content)
    assert world.support.threads == []
    assert world.sent() == []


async def test_stays_silent_outside_the_configured_channels(world: World) -> None:
    await world.asker.send(world.lounge, TRACE)
    assert world.lounge.threads == []
    assert world.engine.seen == []


async def test_answers_anywhere_when_mentioned(world: World) -> None:
    await world.asker.send(world.lounge, f"<@{world.me}> {TRACE}")
    (thread,) = world.lounge.threads
    assert DIAGNOSED in "\n".join(world.said(thread))


async def test_a_mention_of_the_bots_role_asks_it_too(world: World) -> None:
    role = world.guild.create_role("support-bot")
    guild = world.bot.get_guild(world.guild.id)
    assert guild is not None
    own = guild.get_role(role.id)
    assert own is not None
    own.tags = discord.RoleTags({"bot_id": str(world.me)})  # the simulated server gives bots no role of their own
    await world.asker.send(world.lounge, f"<@&{role.id}> {CHATTER}")
    (thread,) = world.lounge.threads
    assert UNKNOWN in "\n".join(world.said(thread))


async def test_admits_not_to_know_when_mentioned(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {CHATTER}")
    assert UNKNOWN in "\n".join(world.said(world.thread))


async def test_the_mention_itself_is_not_read(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}")
    assert world.engine.seen == [(QUESTION, 1)]


async def test_a_mention_without_words_says_what_to_send(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}>")
    assert world.said(world.support) == [NOTHING_TO_READ]
    assert world.support.threads == []


async def test_a_mention_in_a_reply_reads_the_message_replied_to(world: World) -> None:
    pasted = await world.asker.send(world.lounge, TRACE)
    friend = world.member("friend")
    await friend.send(world.lounge, f"<@{world.me}> what is this", reply_to=pasted)
    (text, _) = world.engine.seen[0]
    assert "quota_exhausted" in text
    assert "what is this" in text


async def test_a_mention_of_everyone_is_not_a_question_to_the_bot(world: World) -> None:
    await world.asker.send(world.lounge, f"@everyone {QUESTION}")
    assert world.lounge.threads == []


async def test_answers_a_forum_post_in_the_post_with_its_title(world: World) -> None:
    post = await world.post("Closed with 1008", "quota, what now")
    assert DIAGNOSED in "\n".join(world.said(post))
    assert world.engine.seen == [("Closed with 1008\nquota, what now", 1)]


async def test_a_post_in_another_forum_is_answered_with_its_title_when_the_bot_is_mentioned(world: World) -> None:
    world.configure(support_channels=frozenset({world.support.id}))
    post = await world.post("Why does it say quota_exhausted", f"<@{world.me}> see title")
    assert DIAGNOSED in "\n".join(world.said(post))
    await world.asker.send(post, TRACE)
    assert len(world.said(post)) == 1


async def test_a_forum_post_may_have_all_its_meaning_in_the_title(world: World) -> None:
    post = await world.post("Why does it say quota_exhausted", "see title")
    assert DIAGNOSED in "\n".join(world.said(post))


async def test_a_forum_post_that_became_clear_later_is_answered_then(world: World) -> None:
    post = await world.post("help", "it fails")
    assert world.said(post) == []
    await world.asker.send(post, TRACE)
    assert "This is turn 2." in "\n".join(world.said(post))


async def test_follow_ups_in_the_thread_build_on_the_conversation(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.asker.send(world.thread, f"again: {TRACE}")
    answers = world.said(world.thread)
    assert "This is turn 1." in answers[0]
    assert "This is turn 2." in answers[-1]


async def test_others_in_the_thread_are_not_answered_unless_they_ask(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    friend = world.member("friend")
    await friend.send(world.thread, TRACE)
    assert len(world.said(world.thread)) == 1
    await friend.send(world.thread, f"<@{world.me}> {TRACE}")
    assert len(world.said(world.thread)) == 2


async def test_thanks_in_the_thread_are_met_with_silence(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.asker.send(world.thread, "thanks, that was it")
    assert len(world.said(world.thread)) == 1


async def test_falls_silent_once_a_helper_has_spoken(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    helper = world.member("helper", world.helpers)
    await helper.send(world.thread, "let me have a look")
    await world.asker.send(world.thread, TRACE)
    assert len(world.said(world.thread)) == 1


async def test_a_mention_is_answered_after_a_helper_has_spoken_and_knows_what_was_said_meanwhile(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    helper = world.member("helper", world.helpers)
    await helper.send(world.thread, "let me have a look")
    await world.asker.send(world.thread, "and this: quota")
    await world.asker.send(world.thread, f"<@{world.me}> {QUESTION}")
    assert "This is turn 3." in world.said(world.thread)[-1]


async def test_does_not_open_a_thread_on_what_a_helper_writes(world: World) -> None:
    helper = world.member("helper", world.helpers)
    await helper.send(world.support, f"You would see this: {TRACE}")
    assert world.support.threads == []


async def test_a_restart_keeps_follow_ups_working(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.restart()
    world.engine.seen.clear()
    await world.asker.send(world.thread, f"after the restart: {TRACE}")
    assert "This is turn 2." in world.said(world.thread)[-1]
    assert [turn for _, turn in world.engine.seen] == [1, 2]


async def test_a_restart_keeps_a_forum_post_with_its_title(world: World) -> None:
    post = await world.post("Closed with 1008", "quota, what now")
    await world.restart()
    world.engine.seen.clear()
    await world.asker.send(post, TRACE)
    assert world.engine.seen[0] == ("Closed with 1008\nquota, what now", 1)
    assert "This is turn 2." in world.said(post)[-1]


async def test_a_restart_does_not_forget_that_a_helper_has_spoken(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    helper = world.member("helper", world.helpers)
    await helper.send(world.thread, "I am on it")
    await world.restart()
    await world.asker.send(world.thread, TRACE)
    assert len(world.said(world.thread)) == 1


async def test_reads_a_long_paste_that_arrived_as_a_file(world: World) -> None:
    await world.asker.send(world.support, "", attachments=[("message.txt", TRACE.encode())])
    assert DIAGNOSED in "\n".join(world.said(world.thread))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.log", TRACE.encode("utf-16")),
        ("noname", TRACE.encode()),
        ("app.log.gz", gzip.compress(TRACE.encode())),
        ("latin.txt", ("é " + TRACE).encode("latin-1")),
    ],
)
async def test_reads_attachments_by_their_bytes(world: World, name: str, data: bytes) -> None:
    await world.asker.send(world.support, "this happened", attachments=[(name, data)])
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_says_which_attachment_it_could_not_read_when_asked(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}>", attachments=[("shot.bin", b"\x89PNG\r\n\x1a\n\x00\x00")])
    (said,) = world.said(world.support)
    assert "shot.bin" in said


async def test_does_not_download_what_is_too_large(world: World) -> None:
    world.configure(attachment_limit=1024)
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}", attachments=[("big.log", b"x" * 2000)])
    assert [text for text, _ in world.engine.seen] == [QUESTION]
    assert "big.log" in world.said(world.thread)[-1]


async def test_reads_forwarded_messages(world: World) -> None:
    original = await world.asker.send(world.lounge, TRACE)
    await world.asker.forward(original, world.support)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_ignores_bots_and_webhooks(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.support, f"<@{world.me}> {TRACE}")
    await world.guild.create_webhook(world.support).send(f"<@{world.me}> {TRACE}")
    assert world.support.threads == []
    assert world.engine.seen == []


async def test_ignores_what_discord_announces(world: World) -> None:
    world.guild.create_system_message(world.support, MessageType.NEW_MEMBER, author=world.asker)
    await world.env.settle()
    assert world.engine.seen == []


async def test_ignores_itself(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    assert len(world.said(world.thread)) == 1
    assert len(world.engine.seen) == 1


async def test_pings_nobody_whatever_the_paste_holds(world: World) -> None:
    hostile = f"@everyone @here <@{world.asker.id}> <@&{world.helpers.id}> https://evil.example/x quota"
    await world.asker.send(world.support, hostile)
    bodies = world.sent()
    assert bodies
    for body in bodies:
        assert body["allowed_mentions"] == {"parse": []}
        assert body["flags"] & discord.MessageFlags(suppress_embeds=True).value
    stored = [m for m in world.env.backend.messages[world.thread.id].values() if m.author_id == world.me]
    assert not any(m.mention_everyone or m.ping_user_ids or m.ping_role_ids for m in stored)


async def test_every_message_has_a_nonce_made_from_the_message_it_answers(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    assert [body["nonce"] for body in world.sent()] == [f"{message.id}.{i}" for i in range(len(world.sent()))]
    assert all(len(body["nonce"]) <= 25 for body in world.sent())


async def test_without_the_right_to_open_threads_it_replies_in_place(world: World) -> None:
    deny(world, create_public_threads=False)
    message = await world.asker.send(world.support, TRACE)
    assert world.support.threads == []
    reply = world.support.last_message
    assert reply is not None
    assert DIAGNOSED in reply.content
    assert reply.reference is not None
    assert reply.reference.message_id == message.id


async def test_without_the_right_to_speak_it_does_nothing(world: World) -> None:
    deny(world, create_public_threads=False, send_messages=False)
    await world.asker.send(world.support, TRACE)
    assert world.support.threads == []
    assert world.said(world.support) == []


async def test_a_thread_that_exists_already_is_used(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
    backend = world.env.backend
    message = backend.prepare_message(world.support.id, world.asker.id, TRACE)
    backend.commit_message(message, broadcast=False)
    backend.create_thread(world.support.id, "opened by a member", world.asker.id, message_id=message.id)
    backend.announce_message_create(message)
    await world.env.settle()
    assert DIAGNOSED in "\n".join(world.said(world.thread))


@pytest.mark.parametrize(("status", "code"), [(400, 160006), (500, 0), (403, 50013)])
async def test_a_thread_that_cannot_be_opened_means_a_reply_in_place(world: World, status: int, code: int) -> None:
    world.env.inject_error("POST", "/channels/*/messages/*/threads", status=status, code=code, times=None)
    await world.asker.send(world.support, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.support))


async def test_a_failed_send_is_logged_and_the_bot_lives_on(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await world.asker.send(world.support, TRACE)
    assert "was not sent: Forbidden (status 403, code 50013)" in caplog.text
    assert "quota" not in caplog.text
    await world.asker.send(world.thread, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_unasked_answers_stop_when_the_user_had_enough_of_them(world: World) -> None:
    for _ in range(8):
        await world.asker.send(world.support, TRACE)
    assert len(world.support.threads) == world.settings.user_answers_per_minute
    await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    assert len(world.support.threads) == world.settings.user_answers_per_minute + 1


async def test_silence_costs_nothing_of_the_allowance(world: World) -> None:
    for _ in range(10):
        await world.asker.send(world.support, CHATTER)
    await world.asker.send(world.support, TRACE)
    assert len(world.support.threads) == 1


async def test_many_pastes_at_once_are_all_answered(world: World) -> None:
    pastes = world.settings.channel_answers_per_minute
    backend = world.env.backend
    for number in range(pastes):
        member = world.member(f"member{number}")
        backend.create_message(world.support.id, member.id, f"{TRACE}{number}")
    await world.env.settle()
    assert len(world.support.threads) == pastes
    assert all(DIAGNOSED in "\n".join(world.said(thread)) for thread in world.support.threads)


async def test_two_messages_in_a_thread_at_once_are_taken_in_order(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    world.engine.slow_s = 0.05
    for content in ("first quota", "second quota", "third quota"):
        world.env.backend.create_message(world.thread.id, world.asker.id, content)
    await world.env.settle()
    assert world.engine.seen[1:] == [("first quota", 2), ("second quota", 3), ("third quota", 4)]


async def test_the_event_loop_stays_free_while_an_answer_is_worked_out(world: World) -> None:
    world.engine.slow_s = 3.0
    work = [asyncio.ensure_future(world.service.answer(TRACE)) for _ in range(4)]
    lag = await loop_lag(asyncio.gather(*work))
    assert lag < world.engine.slow_s / 2, "work on the loop would hold it for as long as one answer takes"


class TypingChannel:
    """Counts how often somebody was seen typing; may refuse to show it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.typed = 0
        self.error = error

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        self.typed += 1
        if self.error is not None:
            raise self.error
        yield


@pytest.mark.parametrize(
    ("takes_s", "error", "typed"),
    [(0.0, None, 0), (0.2, None, 1), (0.2, aiohttp.ServerDisconnectedError(), 1)],
)
async def test_typing_shows_only_while_an_answer_takes_long(
    monkeypatch: pytest.MonkeyPatch, takes_s: float, error: Exception | None, typed: int
) -> None:
    monkeypatch.setattr("bot.cogs.waiting.TYPING_AFTER_S", 0.05)
    channel = TypingChannel(error)
    work = asyncio.sleep(takes_s, result="done")
    assert await typing_when_slow(cast(discord.abc.Messageable, channel), work) == "done"
    assert channel.typed == typed


async def test_does_not_show_typing_where_it_may_stay_silent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cogs.waiting.TYPING_AFTER_S", 0.0)
    await world.asker.send(world.support, TRACE)
    assert not any(request.path.endswith("/typing") for request in world.env.http_requests)


async def test_says_so_when_asked_while_the_model_cannot_be_used(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.engine.broken = True
    await world.asker.send(world.support, TRACE)
    assert world.sent() == []
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}")
    assert world.said(world.support) == [UNABLE]
    assert "the model is gone" in caplog.text


async def test_a_question_of_fact_is_answered_unasked_only_where_the_admin_wants_that(world: World) -> None:
    await world.asker.send(world.support, QUESTION)
    assert world.support.threads == []
    world.configure(answer_questions=True)
    await world.asker.send(world.support, QUESTION)
    assert ANSWERED in "\n".join(world.said(world.thread))


async def test_the_askers_questions_in_the_bots_thread_are_put_to_the_bot(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.asker.send(world.thread, QUESTION)
    assert ANSWERED in world.said(world.thread)[-1]


async def test_stays_silent_on_a_guess_that_no_rule_stands_behind(world: World) -> None:
    await world.asker.send(world.support, "something vague happened")
    assert world.sent() == []
    await world.asker.send(world.support, f"<@{world.me}> something vague happened")
    assert "It can be many things." in "\n".join(world.said(world.thread))


async def test_a_reply_to_the_bot_asks_it_without_a_mention(world: World) -> None:
    deny(world, create_public_threads=False)
    await world.asker.send(world.support, TRACE)
    answer = world.support.last_message
    assert answer is not None
    await world.member("friend").send(world.support, "and what does that mean for me", reply_to=answer)
    said = world.said(world.support)
    assert UNKNOWN in said[-1]
    assert "This is turn 2." in said[-1], "the reply continues what was answered"
    assert world.support.threads == []


async def test_a_reply_to_the_bot_in_its_thread_is_answered_whoever_wrote_it(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    answer = world.thread.last_message
    assert answer is not None
    await world.member("friend").send(world.thread, "does quota mean money?", reply_to=answer)
    assert "This is turn 2." in world.said(world.thread)[-1]


async def test_thanks_in_a_reply_to_the_bot_need_no_answer(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    answer = world.thread.last_message
    assert answer is not None
    await world.member("friend").send(world.thread, "nice, thanks!", reply_to=answer)
    assert len(world.said(world.thread)) == 1


async def test_direct_messages_are_answered_and_continue_for_a_while(world: World) -> None:
    await world.asker.send_dm(TRACE)
    await world.asker.send_dm(CHATTER)
    said = world.said(world.asker.user.dm_channel)
    assert DIAGNOSED in said[0]
    assert UNKNOWN in said[-1]
    assert [turn for _, turn in world.engine.seen] == [1, 2]


async def test_direct_messages_are_not_read_where_the_admin_switched_them_off(world: World) -> None:
    world.configure(direct_messages=False)
    await world.asker.send_dm(TRACE)
    await world.asker.send_dm(f"<@{world.me}> {TRACE}")
    assert world.engine.seen == []
    assert world.sent() == []


async def test_reads_several_files_of_one_message_in_order(world: World) -> None:
    files = [("a.log", b"first"), ("b.log.gz", gzip.compress(b"second")), ("c.txt", b"quota third")]
    await world.asker.send(world.support, "", attachments=files)
    assert world.engine.seen == [("first\nsecond\nquota third", 1)]


async def test_a_mention_in_a_reply_reads_the_files_of_the_message_replied_to(world: World) -> None:
    pasted = await world.asker.send(world.lounge, "look", attachments=[("app.log", TRACE.encode())])
    await world.member("friend").send(world.lounge, f"<@{world.me}>", reply_to=pasted)
    ((text, _),) = world.engine.seen
    assert "quota_exhausted" in text


class FakeScreens(ScreenReader):
    """Reads every picture alike."""

    def read(self, data: bytes) -> str:
        if not data:
            raise InputError("no text was found in the picture")
        return "it says quota_exhausted"


async def test_a_screenshot_is_read_where_the_admin_wants_that_and_the_reply_says_so(world: World) -> None:
    vars(world.bot)["desk"].screens = FakeScreens()
    await world.asker.send(world.support, "look", attachments=[("shot.png", b"picture")])
    assert world.engine.seen == [("look\nit says quota_exhausted", 1)]
    assert "-# Read by OCR: `shot.png`." in "\n".join(world.said(world.thread))


async def test_a_screenshot_without_text_is_told_to_who_asks(world: World) -> None:
    vars(world.bot)["desk"].screens = FakeScreens()
    await world.asker.send(world.support, f"<@{world.me}>", attachments=[("shot.png", b"")])
    assert world.said(world.support) == ["-# Not read: `shot.png`: no text was found in the picture"]


async def test_pictures_are_not_read_by_default(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}", attachments=[("shot.png", b"picture")])
    assert world.engine.seen == [(QUESTION, 1)]
    assert "-# Not read: `shot.png` is not text" in "\n".join(world.said(world.thread))


@pytest.mark.parametrize("closing", ["locked", "tag"])
async def test_silent_in_a_thread_that_is_locked_or_tagged_as_solved_unless_asked(world: World, closing: str) -> None:
    world.configure(solved_tag="Solved")
    tags = furnish_tags(world, "solved")
    post = await world.post("Closed with 1008", "quota, what now")
    spoken = len(world.said(post))
    changes: dict[str, object] = {"locked": True} if closing == "locked" else {"applied_tags": [tags["solved"]]}
    edit_thread(world, post.id, changes)
    await world.env.settle()
    await world.asker.send(post, TRACE)
    assert len(world.said(post)) == spoken
    await world.asker.send(post, f"<@{world.me}> {TRACE}")
    assert len(world.said(post)) == spoken + 1


async def test_an_answered_post_gets_the_tag_that_the_admin_named(world: World) -> None:
    world.configure(answered_tag="Answered by Bot")
    tags = furnish_tags(world, "other", "answered by bot")
    post = await world.post("Closed with 1008", "quota, what now")
    assert world.env.backend.get_channel(post.id).applied_tags == [tags["answered by bot"]]


async def test_a_forum_without_the_named_tag_is_left_as_it_is(world: World) -> None:
    world.configure(answered_tag="answered", area_tags=True)
    furnish_tags(world, "other")
    post = await world.post("Closed with 1008", "quota, what now")
    assert DIAGNOSED in "\n".join(world.said(post))
    assert world.env.backend.get_channel(post.id).applied_tags == []


async def test_a_tag_that_may_not_be_set_does_not_cost_the_answer(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.configure(answered_tag="answered")
    furnish_tags(world, "answered")
    world.env.inject_error("PATCH", "/channels/*", status=403, code=50013)
    post = await world.post("Closed with 1008", "quota, what now")
    assert DIAGNOSED in "\n".join(world.said(post))
    assert "could not be tagged" in caplog.text


async def test_beyond_the_queue_who_asks_is_told_to_come_back_and_pastes_wait(world: World) -> None:
    world.configure(queue_limit=1)
    world.engine.slow_s = 0.05
    backend = world.env.backend
    members = [world.member(f"member{number}") for number in range(16)]
    for number, member in enumerate(members):
        backend.create_message(world.support.id, member.id, f"{TRACE}{number}")
    late = world.member("late")
    backend.create_message(world.lounge.id, late.id, f"<@{world.me}> {TRACE}")
    await world.env.settle()
    assert world.said(world.lounge) == [BUSY]
    assert len(world.support.threads) == len(members), "what nobody asked for waits its turn"
    await late.send(world.lounge, f"<@{world.me}> {TRACE}")
    assert DIAGNOSED in "\n".join(world.said(world.lounge.threads[0]))


async def test_the_same_message_is_answered_once_however_often_it_is_announced(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    backend = world.env.backend
    backend.announce_message_create(backend.get_message(world.support.id, message.id))
    await world.env.settle()
    assert len(world.said(world.thread)) == 1


def furnish_tags(world: World, *names: str) -> dict[str, int]:
    """Give the forum these tags; returns their ids by name."""
    tags = {name: 9_000 + number for number, name in enumerate(names)}
    backend = world.env.backend
    backend.get_channel(world.forum.id).available_tags = [
        {"id": str(id_), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None} for name, id_ in tags.items()
    ]
    backend.announce_channel_update(world.forum.id)
    return tags


def edit_thread(world: World, thread_id: int, changes: dict[str, object]) -> None:
    """A moderator changes a thread."""
    thread = world.env.backend.get_channel(thread_id)
    if changes.get("locked"):
        assert thread.thread_metadata is not None
        thread.thread_metadata.locked = True
    if "applied_tags" in changes:
        thread.applied_tags = list(cast(list[int], changes["applied_tags"]))
    world.env.backend.announce_channel_update(thread_id)


def deny(world: World, **permissions: bool) -> None:
    """Take rights from everybody in the support channel, the asker excepted."""
    denied = discord.Permissions(**dict.fromkeys(permissions, True)).value
    backend = world.env.backend
    backend.set_overwrite(world.support.id, Overwrite(target_id=world.me, type=OverwriteType.MEMBER, allow=0, deny=denied))
