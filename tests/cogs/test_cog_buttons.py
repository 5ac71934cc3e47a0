"""The buttons under an answer, with the real engine on the invented product's corpus."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import discord
import pytest
import simcord
from discord_world import World
from simcord.backend.models import Channel
from simcord.builders import ChannelHandle

from bot.app import SupportBot
from bot.cogs.feedback import Feedback, says
from bot.cogs.feedback.buttons import Action, AnswerButton, Click, answer_view
from bot.cogs.feedback.calls import Calls
from bot.cogs.feedback.proof import CHANGED, GONE
from bot.cogs.feedback.rights import may_judge
from bot.cogs.sending import UNABLE
from bot.cogs.waiting import BUSY
from bot.diagnosis.types import Verdict
from bot.engine import Engine
from bot.errors import ModelError
from bot.service import Service
from bot.settings import Settings
from bot.state import Outcome, Store, StoredAnswer

CORPUS = Path(__file__).parent.parent / "corpora" / "parcel"
TRACE = (CORPUS / "tracebacks" / "label-weight-exceeded.txt").read_text("utf-8")
OPEN = "parcelo.SocketClosed: closed (code hidden)"
MARKER = "zebra4711"
LABELS = ["Fixed it", "Not it", "Show evidence", "Need a human", "Dismiss"]


@pytest.fixture
def service(parcel_engine: Engine, settings: Settings) -> Iterator[Service]:
    service = Service(parcel_engine, settings)
    yield service
    service.close()


def store_of(world: World) -> Store:
    return cast(SupportBot, world.bot).store


async def recorded(world: World, source: int) -> StoredAnswer:
    found = await store_of(world).answer(source)
    assert found is not None
    return found


def labels(message: discord.Message) -> list[str]:
    """The buttons under a message that can be pressed."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    buttons = [button for row in rows for button in row.children if isinstance(button, discord.Button)]
    return [button.label or "" for button in buttons if not button.disabled]


def with_buttons(world: World, channel: ChannelHandle) -> discord.Message:
    """The bot's latest message with a button that is more than a look."""
    return [m for m in channel.history() if m.author.id == world.me and len(labels(m)) > 1][-1]


class TogetherClick:
    """A click of the asker in the thread, for clicks that come at the same time."""

    def __init__(self, world: World, id_: int) -> None:
        self.id = id_
        self.user = world.asker
        self.guild = self.guild_id = None
        self.message = None
        self.channel = world.bot.get_channel(world.thread.id)
        self.response = self.followup = self
        self.told: list[str] = []

    async def defer(self, **_: object) -> None:
        await asyncio.sleep(0)

    async def send(self, content: str, **_: object) -> None:
        self.told.append(content)


async def press(world: World, who: simcord.MemberActor, label: str, message: discord.Message | None = None) -> str:
    """What the one who presses a button is told; nobody else sees it."""
    result = await who.click(message or with_buttons(world, world.thread), label=label)
    told = [m for m in (result.response, *result.followups) if m is not None]
    assert all(m.ephemeral for m in told)
    return "\n".join(m.content for m in told)


async def test_every_answer_in_a_thread_has_the_five_buttons_under_its_last_part(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    answer = with_buttons(world, world.thread)
    assert labels(answer) == LABELS
    assert (await recorded(world, message.id)).reply_ids[-1] == answer.id


async def test_an_admission_not_to_know_can_be_dismissed_or_handed_on(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> KeyError: 'name'")
    assert labels(with_buttons(world, world.thread)) == ["Need a human", "Dismiss"]


async def test_fixed_it_is_recorded_and_leaves_the_thread_open_and_silent(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    assert await press(world, world.asker, "Fixed it") == says.FIXED
    assert (await recorded(world, message.id)).outcome is Outcome.FIXED
    assert labels(with_buttons(world, world.thread)) == ["Not it", "Show evidence", "Dismiss"]
    before = world.said(world.thread)
    await world.asker.send(world.thread, f"and now {OPEN}")
    assert world.said(world.thread) == before
    await world.asker.send(world.thread, f"<@{world.me}> {OPEN}")
    assert len(world.said(world.thread)) > len(before)


async def test_a_solved_thread_stays_silent_after_a_restart(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Fixed it")
    await world.restart()
    before = world.said(world.thread)
    await world.asker.send(world.thread, OPEN)
    assert world.said(world.thread) == before


@pytest.mark.parametrize("label", LABELS)
async def test_every_button_works_after_a_restart(world: World, label: str) -> None:
    message = await world.asker.send(world.support, TRACE)
    await world.restart()
    told = await press(world, world.asker, label)
    wanted = {
        "Fixed it": says.FIXED,
        "Not it": says.MISSED,
        "Need a human": says.CALLED,
        "Dismiss": says.DISMISSED,
        "Show evidence": "weight_exceeded",
    }
    assert wanted[label] in told
    outcomes = {"Fixed it": Outcome.FIXED, "Not it": Outcome.MISSED, "Need a human": Outcome.HUMAN, "Dismiss": Outcome.DISMISSED}
    assert (await recorded(world, message.id)).outcome is outcomes.get(label)


@pytest.mark.parametrize("label", [label for label in LABELS if label != "Show evidence"])
async def test_only_who_asked_and_who_helps_may_judge(world: World, label: str) -> None:
    message = await world.asker.send(world.support, TRACE)
    before = world.said(world.thread)
    assert await press(world, world.member("bystander"), label) == says.REFUSED
    assert (await recorded(world, message.id)).outcome is None
    assert world.said(world.thread) == before


@pytest.mark.parametrize("permission", ["helper", "moderator"])
async def test_helpers_and_moderators_may_judge(world: World, permission: str) -> None:
    message = await world.asker.send(world.support, TRACE)
    moderators = world.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
    who = world.member(permission, world.helpers if permission == "helper" else moderators)
    assert await press(world, who, "Dismiss") == says.DISMISSED
    assert (await recorded(world, message.id)).outcome is Outcome.DISMISSED


async def test_anybody_may_look_at_the_evidence(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    told = await press(world, world.member("bystander"), "Show evidence")
    assert "The parcel is heavier than one parcel may be:" in told
    assert "certain, " in told
    assert "`weight-exceeded`" in told
    assert "rule, certain +" in told
    assert "> 6 │" in told
    assert "(<https://docs.parcelo.example/weights>)" in told


async def test_the_evidence_of_a_forum_post_reads_its_title_too(world: World) -> None:
    post = await world.post("label refused", TRACE)
    assert "> 7 │" in await press(world, world.asker, "Show evidence", with_buttons(world, post))


async def test_the_evidence_of_a_follow_up_knows_what_was_said_before(world: World) -> None:
    await world.asker.send(world.support, OPEN)
    await world.restart()
    await world.asker.send(world.thread, "the endpoint is /v2/track/live")
    await world.asker.send(world.thread, "closed 4001 no heartbeat for 60 s")
    told = await press(world, world.asker, "Show evidence")
    assert "`live-idle-close`" in told
    assert "no heartbeat for 60 s" in told


async def test_the_evidence_of_an_overview_names_symptom_and_candidates(world: World) -> None:
    await world.asker.send(world.support, OPEN)
    told = await press(world, world.asker, "Show evidence")
    assert "`socket-closed`" in told
    assert "`live-idle-close`" in told


async def test_evidence_of_a_message_that_can_no_longer_be_read_is_told_plainly(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    cast(SupportBot, world.bot).desk.deleted[message.id] = None  # as when the bot deletes a message with a key in it
    world.env.backend.delete_message(world.support.id, message.id)
    await world.env.settle()
    assert await press(world, world.asker, "Show evidence") == GONE


async def test_evidence_says_when_the_corpus_has_changed_since(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await store_of(world).record_answer(replace(await recorded(world, message.id), corpus="0" * 40))
    assert CHANGED in await press(world, world.asker, "Show evidence")


async def test_a_request_for_evidence_is_put_off_politely_when_too_many_wait(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    world.configure(queue_limit=0)
    assert await press(world, world.asker, "Show evidence") == BUSY


async def test_a_lost_model_is_told_without_a_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.asker.send(world.support, TRACE)

    async def fail(*_: object) -> None:
        raise ModelError("the model is gone")

    monkeypatch.setattr(world.service, "answer", fail)
    assert await press(world, world.asker, "Show evidence") == UNABLE


async def test_not_it_records_the_miss_and_shows_the_next_candidate_until_none_is_left(world: World) -> None:
    message = await world.asker.send(world.support, OPEN)
    kept = await recorded(world, message.id)
    assert kept.verdict is Verdict.OVERVIEW
    offered = [candidate.cause for candidate in kept.candidates]
    assert len(offered) == 2
    for number, cause in enumerate(offered, start=1):
        assert await press(world, world.asker, "Not it") == says.MISSED
        text = world.said(world.thread)[-1]
        title = world.service.snapshot.causes[cause].title
        assert title in text, f"candidate {number}"
        assert "**Sources:**" in text
    assert await press(world, world.asker, "Not it") == says.MISSED
    last = world.said(world.thread)[-1]
    assert "No further candidate." in last
    assert "the weight you sent" in last
    assert labels(with_buttons(world, world.thread)) == ["Fixed it", "Show evidence", "Need a human", "Dismiss"]
    kept = await recorded(world, message.id)
    assert (kept.outcome, kept.rejected) == (Outcome.MISSED, frozenset({"", *offered}))
    assert len(kept.reply_ids) == len(set(kept.reply_ids)) == 4


async def test_a_diagnosis_that_was_wrong_is_not_shown_again(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Not it")
    assert (await recorded(world, message.id)).rejected == {"weight-exceeded"}
    assert "may weigh 31.5 kg" not in world.said(world.thread)[-1]


async def test_a_candidate_that_the_live_corpus_no_longer_has_is_passed_over(world: World) -> None:
    message = await world.asker.send(world.support, OPEN)
    kept = await recorded(world, message.id)
    gone = replace(kept.candidates[0], cause="removed-since")
    await store_of(world).record_answer(replace(kept, candidates=(gone, kept.candidates[1])))
    await press(world, world.asker, "Not it")
    assert world.service.snapshot.causes[kept.candidates[1].cause].title in world.said(world.thread)[-1]


async def test_clicks_at_the_same_time_count_once_and_show_one_candidate(world: World) -> None:
    message = await world.asker.send(world.support, OPEN)
    before = len(world.said(world.thread))
    clicks = [TogetherClick(world, 900 + n) for n in range(3)]
    cog = cast(Feedback, world.bot.get_cog("Feedback"))
    await asyncio.gather(*(cog.handle(cast(Any, click), Click(Action.MISSED, message.id)) for click in clicks))
    assert sorted(text for click in clicks for text in click.told) == sorted([says.MISSED, *[says.MISSED_ALREADY] * 2])
    assert len(world.said(world.thread)) == before + 1
    assert (await recorded(world, message.id)).rejected == {""}


@pytest.mark.parametrize(
    ("label", "first", "again"),
    [
        ("Not it", says.MISSED, says.MISSED_ALREADY),
        ("Need a human", says.CALLED, says.CALLED_ALREADY),
        ("Fixed it", says.FIXED, says.FIXED_ALREADY),
        ("Dismiss", says.DISMISSED, says.DISMISSED_ALREADY),
    ],
)
async def test_a_second_click_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, label: str, first: str, again: str
) -> None:
    async def slow(*_: object) -> None:
        """The buttons are still there when the second click comes."""

    monkeypatch.setattr("bot.cogs.feedback.cog._set_buttons", slow)
    monkeypatch.setattr("bot.cogs.feedback.cog.remove_parts", slow)
    await world.asker.send(world.support, TRACE)
    answer = with_buttons(world, world.thread)
    assert await press(world, world.asker, label, answer) == first
    said = world.said(world.thread)
    for who in (world.asker, world.member("helper", world.helpers)):
        assert await press(world, who, label, answer) == again
    assert world.said(world.thread) == said


async def test_a_fix_can_be_taken_back_by_not_it(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Fixed it")
    await press(world, world.asker, "Not it")
    assert (await recorded(world, message.id)).outcome is Outcome.MISSED
    assert not await store_of(world).thread_solved(world.thread.id)


async def test_need_a_human_pings_the_helpers_and_nobody_else(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    assert await press(world, world.asker, "Need a human") == says.CALLED
    body = world.sent()[-1]
    assert body["content"] == f"<@&{world.helpers.id}>: <@{world.asker.id}> needs a human here."
    assert body["allowed_mentions"] == {"parse": [], "roles": [world.helpers.id]}
    assert (await recorded(world, message.id)).outcome is Outcome.HUMAN


async def test_need_a_human_calls_the_roles_set_for_it(world: World) -> None:
    experts = world.guild.create_role("experts")
    world.configure(human_roles=frozenset({experts.id}))
    await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Need a human")
    assert world.sent()[-1]["allowed_mentions"]["roles"] == [experts.id]


async def test_without_a_role_need_a_human_says_where_people_help(world: World) -> None:
    world.configure(helper_roles=frozenset())
    await world.asker.send(world.support, TRACE)
    told = await press(world, world.asker, "Need a human")
    assert says.NOBODY in told
    assert "https://help.parcelo.example" in told


async def test_helpers_are_called_only_so_often_in_a_channel(world: World) -> None:
    world.configure(human_calls_per_hour=1)
    for _ in range(2):
        await world.asker.send(world.support, TRACE)
    first, second = world.support.threads
    assert await press(world, world.asker, "Need a human", with_buttons(world, first)) == says.CALLED
    assert await press(world, world.asker, "Need a human", with_buttons(world, second)) == says.CALLED_OFTEN


async def test_dismiss_removes_every_part_of_the_answer(world: World) -> None:
    message = await world.asker.send(world.support, OPEN)
    await press(world, world.asker, "Not it")
    assert len(world.said(world.thread)) == 2
    assert await press(world, world.asker, "Dismiss") == says.DISMISSED
    assert world.said(world.thread) == []
    assert (await recorded(world, message.id)).outcome is Outcome.DISMISSED


@pytest.mark.parametrize(
    ("setting", "label", "tag"), [("solved_tag", "Fixed it", "Solved"), ("human_tag", "Need a human", "Open")]
)
async def test_a_post_gets_the_tag_of_what_was_pressed(world: World, setting: str, label: str, tag: str) -> None:
    forum: Channel = world.env.backend.get_channel(world.forum.id)
    forum.available_tags = [
        {"id": str(500 + n), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for n, name in enumerate(["Other", tag])
    ]
    world.env.backend.emit("CHANNEL_UPDATE", simcord.backend.serializers.channel_payload(world.env.backend, forum))
    await world.env.settle()
    world.configure(**{setting: tag.lower()})
    post = await world.post("label refused", TRACE)
    await press(world, world.asker, label, with_buttons(world, post))
    edits = [r.json for r in world.env.http_requests if r.method == "PATCH" and r.path.endswith(f"/channels/{post.id}")]
    assert [body["applied_tags"] for body in edits if body] == [["501"]]
    assert not any("archived" in body or "locked" in body for body in edits if body), "the post stays open"


async def test_a_button_of_an_answer_that_is_no_longer_known_says_so(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    await store_of(world).remove_answer(message.id)
    for label in LABELS:
        assert await press(world, world.asker, label) == says.UNKNOWN


async def test_while_the_state_cannot_be_used_the_answers_of_this_run_keep_their_buttons(world: World, tmp_path: Path) -> None:
    await world.asker.send(world.support, TRACE)
    with closing(sqlite3.connect(tmp_path / "data/state/state.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await world.asker.send(world.support, f"once more {TRACE}")
        assert len(world.support.threads) == 2
        assert await press(world, world.asker, "Fixed it", with_buttons(world, world.support.threads[1])) == says.FIXED
        other.execute("ROLLBACK")


async def test_while_the_state_cannot_be_used_an_earlier_answer_is_put_off(world: World, tmp_path: Path) -> None:
    await world.asker.send(world.support, TRACE)
    await world.restart()
    with closing(sqlite3.connect(tmp_path / "data/state/state.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await press(world, world.asker, "Fixed it") == says.UNAVAILABLE
        other.execute("ROLLBACK")


async def test_no_text_of_a_message_is_in_the_state(world: World, tmp_path: Path) -> None:
    message = await world.asker.send(
        world.support, f"{MARKER} {TRACE}\n{MARKER}", attachments=[(f"{MARKER}.log", f"{MARKER} {OPEN}".encode())]
    )
    await world.post(f"{MARKER} in the title", f"{TRACE} {MARKER}")
    await world.asker.send(world.thread, f"{MARKER} {OPEN}")
    failing = f"2026-01-02 10:00:00,123 ERROR {MARKER}: parcelo says {MARKER}\n{OPEN} {MARKER}\n"
    trace = f'Traceback (most recent call last):\n  File "/srv/{MARKER}.py", line 3, in {MARKER}\n    {MARKER}()\n'
    await world.asker.send(world.support, f"{failing}{trace}parcelo.{MARKER}Error: {MARKER} refused {MARKER}\n")
    friend = world.member(MARKER)
    await friend.send(world.support, f"<@{world.me}> {MARKER} KeyError")
    first = next(thread for thread in world.support.threads if thread.id == message.id)
    for label in ("Show evidence", "Not it", "Need a human", "Fixed it"):
        await press(world, world.asker, label, with_buttons(world, first))
    assert (await store_of(world).insights(0, 1 << 40)).seen >= 3
    await world.bot.close()
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert MARKER.encode() not in content
        assert b"weight-exceeded" in content, "what is recorded can be found in this way"


@pytest.mark.parametrize(
    ("user", "roles", "manages", "may"),
    [(1, [], False, True), (2, [], False, False), (2, [7], False, True), (2, [8], False, False), (2, [], True, True)],
)
def test_who_may_judge(user: int, roles: list[int], manages: bool, may: bool) -> None:
    assert may_judge(user_id=user, asker_id=1, roles=roles, helper_roles=frozenset({7}), manages_messages=manages) is may


def test_calls_are_counted_by_channel_and_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("bot.cogs.feedback.calls.time.monotonic", lambda: now)
    calls = Calls()
    assert [calls.take(1, 2) for _ in range(3)] == [True, True, False]
    assert calls.take(2, 2)
    assert not calls.take(3, 0)
    now = 3_600.0
    assert calls.take(1, 2)


async def test_the_ids_of_buttons_hold_a_version_the_action_and_the_message(world: World) -> None:
    view = answer_view((1 << 63) - 1, turn=3)
    ids = [item.custom_id for item in view.children if isinstance(item, AnswerButton)]
    assert ids == [f"v1:{action}:{(1 << 63) - 1}:3" for action in Action]
    assert view.is_persistent()
    assert max(map(len, ids)) <= 100


async def test_buttons_leave_nothing_in_memory(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Fixed it")
    assert world.bot.persistent_views == []
    kept = vars(world.bot)["_connection"]._view_store
    assert (kept._views, kept._synced_message_views) == ({}, {})


async def test_an_edit_does_not_bring_a_dismissed_answer_back(world: World) -> None:
    world.configure(follow_edits_hours=1_000_000)
    message = await world.asker.send(world.support, OPEN)
    await press(world, world.asker, "Dismiss")
    await world.asker.edit(message, f"{TRACE}\n{OPEN}")
    assert world.said(world.thread) == []


async def test_an_edited_answer_has_all_its_buttons_again(world: World) -> None:
    world.configure(follow_edits_hours=1_000_000)
    message = await world.asker.send(world.support, OPEN)
    await press(world, world.asker, "Not it")
    await world.asker.edit(message, TRACE)
    (answer,) = world.said(world.thread)
    assert "31.5 kg" in answer
    assert labels(with_buttons(world, world.thread)) == LABELS


async def test_an_interaction_that_is_too_late_is_only_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    class Response:
        async def defer(self, **_: object) -> None:
            raise discord.NotFound(cast(Any, type("R", (), {"status": 404, "reason": ""})()), {"code": 10062, "message": ""})

        def is_done(self) -> bool:
            return False

    late = cast(discord.Interaction, type("Late", (), {"response": Response()})())
    await cast(Feedback, world.bot.get_cog("Feedback")).handle(late, Click(Action.FIXED, 1))
    assert "Button fixed of message 1: NotFound (status 404, code 10062)" in caplog.text
