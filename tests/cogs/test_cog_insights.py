from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

import discord
import pytest
from discord_world import World
from simcord import InteractionResult, MemberActor

from bot.app import SupportBot
from bot.cogs import insights as module
from bot.cogs.admins import REFUSED
from bot.cogs.insights import UNAVAILABLE, Insights
from bot.diagnosis.types import Verdict
from bot.engine import Engine
from bot.state import Outcome, Post, Store, StoredAnswer

DAY_S = 86_400
WEEK = "2026-W05"


def store_of(world: World) -> Store:
    return cast(SupportBot, world.bot).store


def manager(world: World) -> MemberActor:
    return world.member("manager", world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True)))


async def fill(world: World) -> None:
    """A diagnosed and fixed failure of today, an open one, one of 20 days ago, and one of another server."""
    now = int(time.time())
    answer = StoredAnswer(
        1, world.support.id, 7, Verdict.DIAGNOSIS, world.guild.id, reply_ids=(11,), cause="quota", outcome=Outcome.FIXED
    )
    open_: dict[str, Any] = {"cause": None, "verdict": Verdict.OVERVIEW, "outcome": None, "fingerprints": frozenset({"f" * 16})}
    for stored in (
        replace(answer, created_at=now),
        replace(answer, source_id=2, reply_ids=(12,), created_at=now, templates={"f" * 16: "SocketError: closed …"}, **open_),
        replace(answer, source_id=3, reply_ids=(13,), created_at=now - 20 * DAY_S),
        replace(answer, source_id=4, reply_ids=(14,), created_at=now, guild_id=99),
    ):
        await store_of(world).record_answer(stored)


def said(result: InteractionResult) -> str:
    responses = [response for response in (result.response, *result.followups) if response is not None]
    assert all(response.ephemeral for response in responses)
    assert all(len(response.content) <= 2000 for response in responses)
    return "\n".join(response.content for response in responses)


def pictures(result: InteractionResult) -> list[discord.Attachment]:
    responses = [response for response in (result.response, *result.followups) if response is not None]
    return [file for response in responses for file in response.attachments]


@pytest.mark.parametrize(("period", "seen"), [(7, 2), (30, 3), (90, 3)])
async def test_counts_the_period_of_this_server_in_words_and_as_a_picture(world: World, period: int, seen: int) -> None:
    await fill(world)
    result = await manager(world).slash(world.lounge, "insights", period=period)
    text = said(result)
    assert f"**The last {period} days**" in text
    assert f"Failures seen: {seen} ·" in text
    assert f"Fixed: {seen - 1}" in text
    assert f"1 × `SocketError: closed …` · [latest](<https://discord.com/channels/{world.guild.id}/{world.support.id}/2>)" in text
    (picture,) = pictures(result)
    assert (await picture.read())[:4] == b"\x89PNG"


async def test_stale_sources_are_listed(world: World) -> None:
    world.configure(source_max_age_days=1)
    assert "docs: reviewed 2026-01-01" in said(await manager(world).slash(world.lounge, "insights", period=7))


async def test_an_empty_period_is_answered_as_well(world: World) -> None:
    result = await manager(world).slash(world.lounge, "insights", period=7)
    assert "Nothing was recorded" in said(result)
    assert len(pictures(result)) == 1


async def test_members_are_refused(world: World) -> None:
    command = next(c for c in await world.bot.tree.fetch_commands() if c.name == "insights")
    world.guild.set_command_permissions(command, {world.asker: True})
    assert said(await world.asker.slash(world.lounge, "insights", period=7)) == REFUSED


async def test_a_state_that_cannot_be_read_is_told(world: World) -> None:
    admin = manager(world)
    with closing(sqlite3.connect(world.settings.data_dir / "state" / "state.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert said(await admin.slash(world.lounge, "insights", period=7)) == UNAVAILABLE
        other.execute("ROLLBACK")


async def test_of_a_failure_that_nothing_explains_only_its_masked_message_reaches_the_database(
    world: World, parcel_engine: Engine
) -> None:
    world.env.settle_timeout = 120.0  # the model may be loaded
    world.service.serve(parcel_engine)
    trace = 'Traceback (most recent call last):\n  File "/srv/zebra4711.py", line 4711, in zebra\n    run("zebra")\n'
    error = "acme.zebra.SocketError: user zebra 4711 'zebra quoted' id 6f9619ff-8b86-d011-b42d-00c04fc96471 not found"
    await world.asker.send(world.support, f"<@{world.me}> {trace}{error}")
    await store_of(world).flush()
    path = world.settings.data_dir / "state" / "state.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT template FROM templates").fetchall() == [("SocketError: user … not found",)]
    content = path.read_bytes().lower()
    for part in (b"zebra", b"quoted", b"00c04fc96471", b"srv", b"acme."):
        assert part not in content


class Weekly:
    """The weekly post of a world: due whenever it is looked at, in the lounge."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.week: str | None = WEEK
        monkeypatch.setattr(module, "due_week", lambda *_: self.week)
        world.configure(insights_channel=world.lounge.id)

    async def look(self) -> list[str]:
        """Look whether a post is due; returns all posts in the channel."""
        cog = cast(Insights, self.world.bot.get_cog("Insights"))
        await cog.weekly()
        await self.world.env.settle()
        return self.world.said(self.world.lounge)

    async def post(self) -> Post | None:
        return await store_of(self.world).posts.find(self.world.guild.id, WEEK)


@pytest.fixture
def weekly(world: World, monkeypatch: pytest.MonkeyPatch) -> Weekly:
    return Weekly(world, monkeypatch)


async def test_the_same_is_posted_once_a_week_across_restarts(weekly: Weekly, world: World) -> None:
    await fill(world)
    (text,) = await weekly.look()
    assert WEEK in text
    assert "SocketError" not in text, "the week before today"
    (message,) = [m for m in world.lounge.history() if m.author.id == world.me]
    assert [file.filename for file in message.attachments] == ["insights.png"]
    assert len(await weekly.look()) == 1
    await world.restart()
    world.configure(insights_channel=world.lounge.id)
    assert len(await weekly.look()) == 1
    weekly.week = "2026-W06"
    assert len(await weekly.look()) == 2
    weekly.week = None
    assert len(await weekly.look()) == 2


async def test_a_post_that_was_made_but_not_noted_is_found_again(
    weekly: Weekly, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = store_of(world).posts

    async def crash(*_: int | str) -> None:
        raise discord.ClientException

    with monkeypatch.context() as patch:
        patch.setattr(posts, "finish", crash)
        assert len(await weekly.look()) == 1
    assert len(await weekly.look()) == 1
    monkeypatch.setattr(module, "STUCK_S", -1)
    assert len(await weekly.look()) == 1
    found = await weekly.post()
    assert found is not None
    assert found.message_id is not None


async def test_a_post_that_was_never_made_is_made_later(weekly: Weekly, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await store_of(world).posts.take(world.guild.id, WEEK)
    assert await weekly.look() == []
    monkeypatch.setattr(module, "STUCK_S", -1)
    assert len(await weekly.look()) == 1


async def test_without_the_rights_nothing_is_posted_and_the_log_says_once_what_is_missing(
    weekly: Weekly, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    may = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
    monkeypatch.setattr(discord.TextChannel, "permissions_for", lambda *_: may)
    for _ in range(2):
        assert await weekly.look() == []
    assert caplog.text.count("lacks attach_files") == 1
    assert await weekly.post() is None


async def test_no_channel_no_post(weekly: Weekly, world: World) -> None:
    for channel in (0, 12345, world.forum.id):
        world.configure(insights_channel=channel)
        assert await weekly.look() == []
