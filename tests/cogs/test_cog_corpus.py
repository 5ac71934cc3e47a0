from __future__ import annotations

import discord
import pytest
from discord_world import DIAGNOSED, TRACE, ScriptedEngine, World, snapshot
from simcord import InteractionResult, MemberActor, SetupError

from bot.cogs.admins import REFUSED
from bot.errors import CorpusError, ModelError, Problem
from bot.settings import Settings


def said(result: InteractionResult) -> str:
    responses = [result.response, *result.followups]
    assert all(response is None or response.ephemeral for response in responses)
    return "\n".join(response.content for response in responses if response is not None)


def on_disk(world: World, outcome: ScriptedEngine | Exception) -> None:
    """What building an engine from the folder gives."""

    def build(settings: Settings, *, own: bool = False) -> ScriptedEngine:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    vars(world.service)["_build"] = build


def manager(world: World) -> MemberActor:
    return world.member("manager", world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True)))


async def show_commands_to(world: World, member: MemberActor) -> None:
    """What the server's own settings can do: show the commands to a member who lacks the permission they ask for."""
    command = next(c for c in await world.bot.tree.fetch_commands() if c.name == "corpus")
    world.guild.set_command_permissions(command, {member: True})


async def test_reload_serves_the_new_corpus_and_says_what_changed(world: World) -> None:
    on_disk(world, ScriptedEngine(snapshot("2" * 40, points=("limit", "formats"))))
    result = await manager(world).slash(world.lounge, "corpus reload")
    assert "formats" in said(result)
    assert "222222222222" in said(result)
    assert world.service.snapshot.version == "2" * 40


async def test_reload_says_when_nothing_changed(world: World) -> None:
    on_disk(world, ScriptedEngine())
    result = await manager(world).slash(world.lounge, "corpus reload")
    assert "Nothing changed" in said(result)


async def test_a_broken_corpus_is_answered_with_its_located_errors_and_the_old_one_keeps_serving(world: World) -> None:
    problems = [
        Problem("causes/a.yaml", 3, "unknown-key", "`titel` is no key of a cause"),
        Problem("points/b.yaml", 9, "x", "```"),
    ]
    on_disk(world, CorpusError(problems))
    result = await manager(world).slash(world.lounge, "corpus reload")
    assert "causes/a.yaml:3: unknown-key: `titel` is no key of a cause" in said(result)
    assert "points/b.yaml:9" in said(result)
    assert said(result).count("```") == 2
    assert world.service.snapshot.version == "1" * 40
    await world.asker.send(world.support, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_as_many_errors_as_fit_are_listed_and_the_rest_is_counted(world: World) -> None:
    on_disk(world, CorpusError([Problem("causes/a.yaml", n, "bad-pattern", "x" * 90) for n in range(1, 301)]))
    text = said(await manager(world).slash(world.lounge, "corpus reload"))
    assert len(text) <= 2000
    assert "has 300 problems" in text
    listed = text.count("bad-pattern")
    assert f"… and {300 - listed} more" in text


async def test_a_model_that_cannot_be_loaded_is_told(world: World) -> None:
    on_disk(world, ModelError("EMBEDDING_MODEL: no such folder"))
    result = await manager(world).slash(world.lounge, "corpus reload")
    assert "EMBEDDING_MODEL: no such folder" in said(result)
    assert world.service.snapshot.version == "1" * 40


async def test_members_are_not_shown_the_commands(world: World) -> None:
    with pytest.raises(SetupError, match="not visible"):
        await world.asker.slash(world.lounge, "corpus reload")


@pytest.mark.parametrize("command", ["corpus reload", "corpus status"])
async def test_members_are_refused_even_when_the_commands_are_shown_to_them(world: World, command: str) -> None:
    on_disk(world, ScriptedEngine(snapshot("2" * 40)))
    await show_commands_to(world, world.asker)
    result = await world.asker.slash(world.lounge, command)
    assert said(result) == REFUSED
    assert world.service.snapshot.version == "1" * 40


async def test_a_member_with_an_admin_role_may_reload_until_the_role_is_lost(world: World) -> None:
    on_disk(world, ScriptedEngine(snapshot("2" * 40)))
    admin = world.member("admin", world.admins)
    await show_commands_to(world, admin)
    assert "is live" in said(await admin.slash(world.lounge, "corpus reload"))
    world.env.backend.remove_member_role(world.guild.id, admin.id, world.admins.id)
    await world.env.settle()
    assert said(await admin.slash(world.lounge, "corpus reload")) == REFUSED


async def test_status_gives_the_version_and_the_counts(world: World) -> None:
    text = said(await manager(world).slash(world.lounge, "corpus status"))
    assert "111111111111" in text
    assert "1 documentation points" in text
