from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import cast

import discord
import pytest
from discord_world import DIAGNOSED, QUESTION, TRACE, World
from simcord import InteractionResult, MemberActor
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import OverwriteType

from bot.app import SupportBot
from bot.cogs.admins import REFUSED
from bot.cogs.server_settings import MANAGERS_ONLY, NOT_STORED
from bot.state import Store


def store_of(world: World) -> Store:
    return cast(SupportBot, world.bot).store


def manager(world: World) -> MemberActor:
    return world.member("manager", world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True)))


async def show_commands_to(world: World, member: MemberActor) -> None:
    for command in await world.bot.tree.fetch_commands():
        world.guild.set_command_permissions(command, {member: True})


def said(result: InteractionResult) -> str:
    responses = [response for response in (result.response, *result.followups) if response is not None]
    assert all(response.ephemeral for response in responses)
    assert all(len(response.content) <= 2000 for response in responses)
    return "\n".join(response.content for response in responses)


async def change(world: World, admin: MemberActor, setting: str, value: str) -> str:
    return said(await admin.slash(world.lounge, "settings set", setting=setting, value=value))


async def reset(world: World, admin: MemberActor, setting: str) -> str:
    return said(await admin.slash(world.lounge, "settings reset", setting=setting))


def threads(channel: ChannelHandle) -> int:
    return len(channel.threads)


async def test_support_channels_of_a_server_take_the_place_of_the_default_until_they_are_reset(world: World) -> None:
    admin = manager(world)
    assert f"Support channels: <#{world.lounge.id}>" in await change(world, admin, "support_channels", f"<#{world.lounge.id}>")
    await world.asker.send(world.support, TRACE)
    assert threads(world.support) == 0
    await world.asker.send(world.lounge, TRACE)
    assert threads(world.lounge) == 1
    assert "(the default)" in await reset(world, admin, "support_channels")
    await world.asker.send(world.support, TRACE)
    assert threads(world.support) == 1


async def test_what_was_set_holds_after_a_restart(world: World) -> None:
    await change(world, manager(world), "support_channels", f"<#{world.lounge.id}>")
    await world.restart()
    await world.asker.send(world.lounge, TRACE)
    assert threads(world.lounge) == 1


async def test_in_quiet_hours_the_bot_speaks_only_when_asked(world: World) -> None:
    admin = manager(world)
    # The simulated clock begins at midnight UTC, which is half past five in the morning in Kolkata.
    await change(world, admin, "quiet_hours", "05:00-06:00")
    await world.asker.send(world.support, TRACE)
    assert threads(world.support) == 1
    await change(world, admin, "time_zone", "Asia/Kolkata")
    await world.asker.send(world.support, TRACE)
    assert threads(world.support) == 1
    await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    assert threads(world.support) == 2


async def test_a_cooldown_set_by_the_server_holds_at_once(world: World) -> None:
    await change(world, manager(world), "user_answers_per_minute", "1")
    for _ in range(3):
        await world.asker.send(world.support, TRACE)
    assert threads(world.support) == 1
    await world.member("other").send(world.support, TRACE)
    assert threads(world.support) == 2


async def test_helpers_of_the_server_may_judge_and_silence_the_bot(world: World) -> None:
    stars = world.guild.create_role("stars")
    star = world.member("star", stars)
    await change(world, manager(world), "helper_roles", f"<@&{stars.id}>")
    await world.asker.send(world.support, TRACE)
    await star.send(world.thread, "I look into it")
    before = world.said(world.thread)
    await world.asker.send(world.thread, TRACE)
    assert world.said(world.thread) == before
    assert DIAGNOSED in "\n".join(before)


async def test_need_a_human_calls_the_role_that_the_server_set(world: World) -> None:
    stars = world.guild.create_role("stars")
    await change(world, manager(world), "human_roles", f"<@&{stars.id}>")
    await world.asker.send(world.support, TRACE)
    answer = [message for message in world.thread.history() if message.components][-1]
    await world.asker.click(answer, label="Need a human")
    assert f"<@&{stars.id}>" in world.said(world.thread)[-1]


async def test_questions_are_answered_unasked_where_the_server_wants_it(world: World) -> None:
    await world.asker.send(world.support, QUESTION)
    assert threads(world.support) == 0
    await change(world, manager(world), "answer_questions", "on")
    await world.asker.send(world.support, QUESTION)
    assert threads(world.support) == 1


async def test_show_lists_what_holds_and_what_is_the_server_s_own(world: World) -> None:
    admin = manager(world)
    await change(world, admin, "quiet_hours", "22:00-07:00")
    text = said(await admin.slash(world.lounge, "settings show"))
    assert "quiet hours: `22:00-07:00` (set here)" in text
    assert f"helper roles: <@&{world.helpers.id}>\n" in text
    assert "channel of the weekly insights: none" in text


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("quiet_hours", "at night", "not two times of the day"),
        ("support_channels", "#support", "not a Discord id"),
        ("support_channels", "<#123>", "no text channel or forum of this server"),
        ("helper_roles", "<@&123>", "no role of this server"),
        ("user_answers_per_minute", "-1", "greater than or equal to 1"),
        ("time_zone", "Mars", "no time zone"),
    ],
)
async def test_a_wrong_value_changes_nothing_and_is_explained(world: World, setting: str, value: str, says: str) -> None:
    assert says in await change(world, manager(world), setting, value)
    assert await store_of(world).guild_settings(world.guild.id) == {}
    assert await store_of(world).audit_log() == ()


async def test_everyone_can_be_made_neither_helper_nor_admin(world: World) -> None:
    admin = manager(world)
    for setting in ("helper_roles", "admin_roles", "human_roles"):
        assert "@everyone cannot" in await change(world, admin, setting, f"<@&{world.guild.id}>")
    assert "no text channel of this server" in await change(world, admin, "insights_channel", f"<#{world.forum.id}>")


async def test_every_change_is_written_down(world: World) -> None:
    admin = manager(world)
    await change(world, admin, "user_answers_per_minute", "2")
    await reset(world, admin, "user_answers_per_minute")
    entries = [(e.guild_id, e.user_id, e.action, e.detail) for e in await store_of(world).audit_log()]
    assert entries == [
        (world.guild.id, admin.id, "settings-reset", "user_answers_per_minute: 2 → 6"),
        (world.guild.id, admin.id, "settings-set", "user_answers_per_minute: 6 → 2"),
    ]


@pytest.mark.parametrize("command", ["show", "set", "reset"])
async def test_members_are_refused_every_command(world: World, command: str) -> None:
    await show_commands_to(world, world.asker)
    options = (
        {"setting": "solved_tag", "value": "x"} if command == "set" else {"setting": "solved_tag"} if command == "reset" else {}
    )
    assert said(await world.asker.slash(world.lounge, f"settings {command}", **options)) == REFUSED
    assert await store_of(world).guild_settings(world.guild.id) == {}


async def test_only_managers_of_the_server_make_admins(world: World) -> None:
    admin, stars = world.member("admin", world.admins), world.guild.create_role("stars")
    await show_commands_to(world, admin)
    assert await change(world, admin, "admin_roles", f"<@&{stars.id}>") == MANAGERS_ONLY
    assert await reset(world, admin, "admin_roles") == MANAGERS_ONLY
    assert "`3`" in await change(world, admin, "human_calls_per_hour", "3")
    await change(world, manager(world), "admin_roles", f"<@&{stars.id}>")
    assert said(await admin.slash(world.lounge, "settings show")) == REFUSED


async def test_a_channel_in_which_the_bot_lacks_rights_is_told(world: World) -> None:
    secret = world.guild.create_text_channel("secret")
    denied = discord.Permissions(attach_files=True).value
    world.env.backend.set_overwrite(secret.id, Overwrite(target_id=world.me, type=OverwriteType.MEMBER, allow=0, deny=denied))
    assert "I lack: Attach Files" in await change(world, manager(world), "insights_channel", f"<#{secret.id}>")


async def test_a_state_that_cannot_be_written_is_told_and_nothing_changes(world: World) -> None:
    admin = manager(world)
    path = world.settings.data_dir / "state" / "state.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await change(world, admin, "solved_tag", "done") == NOT_STORED
        other.execute("ROLLBACK")
    assert "forum tag of solved posts: none" in said(await admin.slash(world.lounge, "settings show"))
