"""A state that cannot be used is told once, stops nothing, and is used again as soon as that works."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from state_fixtures import DAY, file_url, make, stored

from bot.errors import StateError
from bot.state import Outcome, Store
from bot.state.database import Database


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes for a long time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def use(store: Store) -> None:
    """What an answer and its buttons ask of the state."""
    assert await store.claim(2)
    assert not await store.claim(2)
    await store.record_answer(stored(2))
    assert await store.answer(2) == stored(2)
    assert await store.answer_by_reply(21) == stored(2)
    assert await store.latest_in_thread(40) == stored(2)
    assert await store.vote(2, 30, Outcome.MISSED, "quota-exceeded")
    await store.set_outcome(2, Outcome.FIXED)
    assert await store.thread_solved(40)
    found = await store.answer(2)
    assert found is not None
    assert (found.outcome, found.rejected) == (Outcome.FIXED, frozenset({"quota-exceeded"}))
    assert await store.user_settings(30) == {}
    assert await store.purge() == 0
    await store.audit(1, "reload")


async def kept(path: Path) -> None:
    """What `use` did is in the file."""
    later = make(path, retention_days=36_500)
    assert not await later.claim(2)
    found = await later.answer(2)
    assert found is not None
    assert (found.outcome, found.rejected) == (Outcome.FIXED, frozenset({"quota-exceeded"}))
    assert [entry.action for entry in await later.audit_log()] == ["reload"]
    await later.close()


async def test_a_locked_database_stops_nothing_is_told_once_and_is_made_up_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "s.db"
    store = make(path, retention_days=36_500)
    await store.open()
    with locked(path):
        await use(store)
        with pytest.raises(StateError, match="locked"):
            await store.insights(0, DAY)
        assert len(complaints(caplog)) == 1
        assert "database is locked" in complaints(caplog)[0]
    await store.flush()
    await store.close()
    await kept(path)


async def test_a_database_locked_at_the_start_is_opened_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "s.db"
    sqlite3.connect(path).close()
    store = make(path, retention_days=36_500)
    with locked(path):
        await store.open()
        await use(store)
    await store.close()
    assert len(complaints(caplog)) == 1
    await kept(path)


async def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    path = tmp_path / "state" / "s.db"
    store = make(path, retention_days=36_500)
    await store.open()
    await use(store)
    with pytest.raises(StateError):
        await store.set_guild_setting(10, "key", 1)
    assert len(complaints(caplog)) == 1
    assert str(tmp_path / "state") in complaints(caplog)[0]
    (tmp_path / "state").unlink()
    await store.close()
    await kept(path)


async def test_a_read_only_database_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "s.db"
    first = make(path)
    await first.open()
    await first.close()
    readonly = Database(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true", busy_timeout_s=0.05, retry_after_s=0.0)
    store = Store(readonly, 36_500)
    await store.open()
    await use(store)
    await store.close()
    assert len(complaints(caplog)) == 1
    assert "readonly" in complaints(caplog)[0]


async def test_a_full_disk_stops_nothing_and_is_made_up_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "s.db"
    store = make(path, retention_days=36_500)
    await store.open()
    engine = vars(vars(store)["_database"])["_engine"]
    assert isinstance(engine, AsyncEngine)
    pages = path.stat().st_size // 4096
    event.listen(engine.sync_engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}"))
    await engine.dispose()
    for number in range(100, 400):
        await store.record_answer(stored(number, created_at=int(time.time())))
    assert complaints(caplog) == [
        "The state cannot be used (database or disk is full): answers go on without it, and it is tried again"
    ]
    assert await store.answer(399) is not None
    event.listen(engine.sync_engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 100000"))
    await engine.dispose()
    await store.close()
    later = make(path)
    assert await later.answer(399) is not None
    await later.close()


async def test_a_file_that_vanished_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state" / "s.db"
    store = make(path, retention_days=36_500)
    await store.record_answer(stored(1))
    shutil.rmtree(tmp_path / "state")
    await use(store)
    assert await store.answer(1) is None
    assert complaints(caplog) == []
    assert "is not the file it was" in caplog.text
    await store.close()
    await kept(path)


async def test_a_file_that_is_no_database_stops_nothing_and_is_left_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(b"not a database, " * 500)
    store = make(path)
    await store.open()
    await use(store)
    await store.close()
    assert len(complaints(caplog)) == 1
    assert path.read_bytes() == b"not a database, " * 500


async def test_a_driver_that_is_not_installed_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(Database("postgresql+nodriver://host/name"), 30)
    await store.open()
    await store.close()
    assert "its driver is not installed" in complaints(caplog)[0]


def test_what_is_no_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(StateError) as caught:
        Database("sqlite+aiosqlite//user:secret@host")
    assert "secret" not in str(caught.value)


async def test_a_failing_database_is_left_alone_for_a_while(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = make(path, retry_after_s=60.0)
    await store.open()
    with locked(path):
        assert store.available
        assert await store.claim(1)
        assert not store.available
    start = time.perf_counter()
    for number in range(2, 200):
        assert await store.claim(number)
    assert time.perf_counter() - start < 1.0
    await store.close()


async def test_every_kind_of_failure_is_told_and_told_again_after_a_recovery(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "s.db"
    caplog.set_level(logging.INFO)
    store = make(path)
    await store.open()
    for _ in range(2):
        with locked(path):
            assert await store.claim(len(caplog.records) + 1)
            assert await store.claim(len(caplog.records) + 100)
        await store.flush()
    await store.close()
    assert len(complaints(caplog)) == 2
    assert caplog.text.count("can be used again") == 2


async def test_a_url_with_a_password_shows_it_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(Database("postgresql+nodriver://user:hush@localhost:1/name"), 30)
    await store.open()
    await store.close()
    assert "hush" not in caplog.text
    assert "hush" not in repr(file_url(tmp_path))


async def test_a_write_whose_caller_gave_up_is_finished_and_closing_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = make(path, retention_days=36_500)
    await store.open()
    for number in range(1, 40):
        writing = asyncio.ensure_future(store.record_answer(stored(number)))
        for _ in range(1 + number % 8):
            await asyncio.sleep(0.0005)
        writing.cancel()
    async with asyncio.timeout(10):
        await store.close()
    later = make(path, retention_days=36_500)
    assert [await later.answer(number) for number in range(1, 40)] == [stored(number) for number in range(1, 40)]
    await later.close()
