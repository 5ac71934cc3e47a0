from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import simcord
from discord.ext import commands
from discord_world import ScriptedEngine, World

from bot.app import create_bot
from bot.service import Service
from bot.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {
            "CACHE_DIR": str(tmp_path / "cache"),
            "DATA_DIR": str(tmp_path / "data"),
            "KNOWLEDGE_DIR": str(tmp_path / "knowledge"),
        }
    )


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    service = Service(ScriptedEngine(), settings)
    yield service
    service.close()


@pytest.fixture
def simcord_bot(settings: Settings, service: Service) -> commands.AutoShardedBot:
    return create_bot(settings, service)


@pytest.fixture
def world(simcord_env: simcord.Env, simcord_bot: commands.AutoShardedBot, service: Service, settings: Settings) -> World:
    simcord_env.settle_timeout = 120.0  # an upper bound: with a real engine the first search loads the model
    world = World(simcord_env, simcord_bot, service, settings)
    world.furnish()
    return world
