from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cluster import Cluster
from bot.errors import InputError, StateError
from bot.server_settings import SERVER_SETTINGS, ServerSettings, parse_value
from bot.settings import Settings, load_settings
from bot.state import Store
from bot.state.database import Database

BASE = load_settings({"HELPER_ROLES": "1", "SUPPORT_CHANNELS": "2", "QUIET_HOURS": "20:00-21:00"})


def make(path: Path) -> Store:
    return Store(Database(f"sqlite+aiosqlite:///{path}", busy_timeout_s=0.05, retry_after_s=0.0), 30)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("support_channels", "<#12> <#13>", frozenset({12, 13})),
        ("support_channels", "<#12><#13>", frozenset({12, 13})),
        ("support_channels", "12, 13", frozenset({12, 13})),
        ("support_channels", "none", frozenset()),
        ("helper_roles", "<@&7>", frozenset({7})),
        ("helper_roles", " - ", frozenset()),
        ("insights_channel", "<#12>", 12),
        ("insights_channel", "none", 0),
        ("user_answers_per_minute", "3", 3),
        ("answer_questions", "On", True),
        ("answer_questions", "no", False),
        ("quiet_hours", "22:00-07:00", "22:00-07:00"),
        ("quiet_hours", "none", ""),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("solved_tag", " solved ", "solved"),
        ("solved_tag", "x" * 200, "x" * 100),
    ],
)
def test_reads_a_value_as_people_write_it_in_discord(field: str, text: str, value: object) -> None:
    assert parse_value(SERVER_SETTINGS[field], text) == value


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("support_channels", "#support", "not a Discord id"),
        ("support_channels", "<@7>", "not a Discord id"),
        ("helper_roles", " ".join(map(str, range(1, 60))), "at most 50"),
        ("insights_channel", "<#1> <#2>", "valid integer"),
        ("user_answers_per_minute", "0", "greater than or equal to 1"),
        ("user_answers_per_minute", "many", "valid integer"),
        ("answer_questions", "perhaps", "valid boolean"),
        ("quiet_hours", "at night", "not two times of the day"),
        ("time_zone", "none", "no time zone"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wrong(field: str, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_value(SERVER_SETTINGS[field], text)


def test_every_setting_of_a_server_is_one_of_the_environment() -> None:
    assert set(SERVER_SETTINGS) <= set(Settings.model_fields)
    assert len(SERVER_SETTINGS) <= 25, "Discord offers as many choices"
    assert all(len(setting.label) <= 100 for setting in SERVER_SETTINGS.values())


async def test_what_a_server_sets_holds_there_and_nowhere_else_until_it_is_reset(tmp_path: Path) -> None:
    store = make(tmp_path / "s.db")
    servers = ServerSettings(store)
    assert servers.effective(BASE, 5) is BASE
    await servers.set(5, "helper_roles", frozenset({8, 9}))
    await servers.set(5, "quiet_hours", "")
    mine = servers.effective(BASE, 5)
    assert (mine.helper_roles, mine.quiet_hours, mine.support_channels) == (frozenset({8, 9}), "", frozenset({2}))
    assert servers.effective(BASE, 6) is BASE
    assert servers.effective(BASE, None) is BASE
    await servers.set(5, "quiet_hours", None)
    assert servers.effective(BASE, 5).quiet_hours == "20:00-21:00"
    await store.close()


async def test_another_process_finds_what_was_set(tmp_path: Path) -> None:
    first, second = make(tmp_path / "s.db"), make(tmp_path / "s.db")
    here, there = ServerSettings(first), ServerSettings(second)
    values: dict[str, Any] = {
        "helper_roles": frozenset({8}),
        "answer_questions": True,
        "insights_channel": 4,
        "solved_tag": "done",
    }
    for field, value in values.items():
        await here.set(5, field, value)
    await there.refresh()
    assert there.chosen(5) == values
    await here.set(5, "helper_roles", None)
    await there.refresh()
    assert "helper_roles" not in there.chosen(5)
    for store in (first, second):
        await store.close()


async def test_a_stored_value_that_cannot_be_used_leaves_the_default(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = make(tmp_path / "s.db")
    await store.set_guild_setting(5, "user_answers_per_minute", "lots")
    await store.set_guild_setting(5, "discord_token", "stolen")
    await store.set_guild_setting(5, "solved_tag", "done")
    servers = ServerSettings(store)
    await servers.refresh()
    assert servers.chosen(5) == {"solved_tag": "done"}
    assert "USER_ANSWERS_PER_MINUTE" in caplog.text
    await store.close()


async def test_without_a_state_nothing_is_changed_and_what_was_known_holds(tmp_path: Path) -> None:
    store = make(tmp_path / "s.db")
    servers = ServerSettings(store)
    await servers.set(5, "solved_tag", "done")
    with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StateError):
            await servers.set(5, "solved_tag", "lost")
        await servers.refresh()
        assert servers.chosen(5) == {"solved_tag": "done"}
        other.execute("ROLLBACK")
    await store.close()


async def test_what_one_process_sets_holds_in_the_others_at_once(database_url: str) -> None:
    clusters = [Cluster(Database(database_url, retry_after_s=0.0)) for _ in range(2)]
    stores = [Store(Database(database_url), 30) for _ in clusters]
    here, there = (ServerSettings(store) for store in stores)
    heard = asyncio.Event()
    for store, settings, cluster in zip(stores, (here, there), clusters, strict=True):
        await store.open()
        settings.share(cluster)
        await cluster.beat()
    clusters[1].listener.on("", lambda _: _set(heard))
    for cluster in clusters:
        await cluster.start()
    try:
        await asyncio.wait_for(heard.wait(), 10)
        await here.set(11, "quiet_hours", "22:00-07:00")
        async with asyncio.timeout(10):
            while there.chosen(11) != {"quiet_hours": "22:00-07:00"}:  # noqa: ASYNC110 - told through the database
                await asyncio.sleep(0.01)
    finally:
        for cluster, store in zip(clusters, stores, strict=True):
            await cluster.stop()
            await store.close()


async def _set(event: asyncio.Event) -> None:
    event.set()
