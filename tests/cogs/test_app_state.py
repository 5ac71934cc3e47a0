"""The bot opens its state before it connects, keeps it in order while it runs, and closes it in the end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from discord_world import DIAGNOSED, TRACE, World

from bot.app import SupportBot, create_bot
from bot.diagnosis.types import Verdict
from bot.errors import StateError
from bot.service import Service
from bot.settings import Settings
from bot.state import Store, StoredAnswer

DAY_S = 86_400


def store_of(world: World) -> Store:
    return cast(SupportBot, world.bot).store


async def test_a_state_of_a_newer_version_stops_the_start(settings: Settings, service: Service) -> None:
    first = cast(SupportBot, create_bot(settings, service))
    await first.store.open()
    await first.store.close()
    with closing(sqlite3.connect(settings.data_dir / "state" / "state.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    async with create_bot(settings, service) as bot:
        with pytest.raises(StateError, match="newer version of this bot"):
            await bot.setup_hook()
        assert list(bot.cogs) == []


async def test_a_message_answered_before_a_restart_is_not_answered_again(world: World) -> None:
    message = await world.asker.send(world.support, TRACE)
    before = world.said(world.thread)
    assert DIAGNOSED in "\n".join(before)
    await world.restart()
    again = await world.bot.get_partial_messageable(world.support.id).fetch_message(message.id)
    world.bot.dispatch("message", again)
    await world.env.settle()
    assert world.said(world.thread) == before


async def test_what_is_too_old_is_forgotten_every_day(world: World) -> None:
    world.env.settle_timeout = 90.0  # thousands of turns of the loops that run every half minute
    await store_of(world).record_answer(StoredAnswer(1, 2, 3, Verdict.DIAGNOSIS, created_at=1))
    await world.env.advance_time(DAY_S / 2)
    assert await store_of(world).answer(1) is not None
    await world.env.advance_time(DAY_S)
    assert await store_of(world).answer(1) is None


async def test_what_could_not_be_written_is_written_within_a_minute(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings.data_dir / "state" / "state.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await world.asker.send(world.support, TRACE)
        assert DIAGNOSED in "\n".join(world.said(world.thread))
        other.execute("ROLLBACK")
    monkeypatch.setattr(vars(store_of(world))["_database"], "_retry_at", 0.0)  # the time to try again has come
    await world.env.advance_time(60)
    assert rows(path) == 1


async def test_the_state_is_closed_with_the_bot(world: World, settings: Settings) -> None:
    await world.asker.send(world.support, TRACE)
    await world.bot.close()
    path = settings.data_dir / "state" / "state.sqlite3"
    assert rows(path) == 1
    assert vars(vars(store_of(world))["_database"])["_engine"] is None


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
