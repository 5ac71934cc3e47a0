from __future__ import annotations

from pathlib import Path

import discord
import pytest
import simcord
from discord.ext import commands

from bot.app import create_bot
from bot.cogs.registration import sync_commands
from bot.service import Service
from bot.settings import Settings


def registrations(env: simcord.Env) -> int:
    return sum(request.method == "PUT" and request.path.endswith("/commands") for request in env.http_requests)


async def test_the_commands_are_registered_at_the_first_start_and_not_again(
    simcord_env: simcord.Env, settings: Settings, service: Service
) -> None:
    assert registrations(simcord_env) == 1
    await simcord_env.restart_bot(create_bot(settings, service))
    assert registrations(simcord_env) == 1


async def test_a_changed_command_is_registered(
    simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot, settings: Settings
) -> None:
    @simcord_bot.tree.command(description="A new one")
    async def extra(interaction: object) -> None: ...

    assert await sync_commands(simcord_bot.tree, settings.cache_dir)
    assert not await sync_commands(simcord_bot.tree, settings.cache_dir)


async def test_commands_that_discord_no_longer_knows_are_registered_again(
    simcord_bot: commands.AutoShardedBot, settings: Settings
) -> None:
    # Another server, with the state of an earlier one in the cache folder.
    async with simcord.run(simcord_bot) as first:
        assert registrations(first) == 1
        first.backend.commands.clear()
        assert await sync_commands(simcord_bot.tree, settings.cache_dir)


@pytest.mark.parametrize("state", [b"", b"nonsense", b"\xff\xfe\x00"])
async def test_a_damaged_state_file_means_registering(
    simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot, tmp_path: Path, state: bytes
) -> None:
    (tmp_path / "commands.sha256").write_bytes(state)
    assert await sync_commands(simcord_bot.tree, tmp_path)


async def test_a_cache_folder_that_cannot_be_written_is_only_a_warning(
    simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert await sync_commands(simcord_bot.tree, tmp_path / "file")
    assert "cannot be written" in caplog.text


async def test_a_refused_registration_is_logged_and_the_bot_goes_on(
    simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    simcord_env.inject_error("PUT", "/applications/*/commands", status=403, code=50001)
    assert not await sync_commands(simcord_bot.tree, tmp_path)
    assert "could not be registered: Forbidden (status 403, code 50001)" in caplog.text


async def test_the_running_bot_has_its_commands(simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot) -> None:
    names = {command.name for command in simcord_bot.tree.get_commands()}
    assert names >= {"corpus", "diagnose", "diagnose-help", "diagnose-opt-in", "diagnose-opt-out"}
    menus = simcord_bot.tree.get_commands(type=discord.AppCommandType.message)
    assert [menu.name for menu in menus] == ["Diagnose this message"]
