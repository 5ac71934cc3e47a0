from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from state_fixtures import DAY, make, stored

from bot.diagnosis.types import Verdict
from bot.settings import load_settings
from bot.state import Outcome, Store, make_store
from bot.state.preferences import MAX_DETAIL


@pytest.fixture
async def store(state_url: str) -> AsyncIterator[Store]:
    store = make(state_url, retention_days=36_500)
    await store.open()
    yield store
    await store.close()


async def test_a_message_is_claimed_once_in_this_process_and_the_next(store: Store, state_url: str) -> None:
    assert await store.claim(1)
    assert not await store.claim(1)
    assert await store.claim(2)
    later = make(state_url)
    assert not await later.claim(1)
    await later.close()


async def test_an_answer_is_found_by_message_by_reply_and_by_thread(store: Store, state_url: str) -> None:
    first, second = stored(1), stored(2, outcome=Outcome.HUMAN)
    await store.record_answer(first)
    await store.record_answer(second)
    later = make(state_url)
    for state in (store, later):
        assert await state.answer(1) == first
        assert await state.answer_by_reply(11) == first
        assert await state.latest_in_thread(40) == second
        assert await state.answer(3) is None
        assert await state.answer_by_reply(1) is None
        assert await state.latest_in_thread(41) is None
    await later.close()


async def test_the_largest_id_of_discord_in_use_fits(store: Store) -> None:
    answer = stored((1 << 63) - 1, reply_ids=((1 << 63) - 2,), guild_id=None, thread_id=None)
    await store.record_answer(answer)
    assert await store.answer(answer.source_id) == answer


async def test_a_later_record_of_the_same_message_takes_the_place_of_the_first(store: Store) -> None:
    await store.record_answer(stored(1))
    edited = stored(1, cause="payment-issue", reply_ids=(10,), fingerprints=frozenset({"cccc"}))
    await store.record_answer(edited)
    assert await store.answer(1) == edited
    assert await store.answer_by_reply(11) is None


async def test_the_time_of_an_answer_is_set_when_it_is_not_given(store: Store) -> None:
    await store.record_answer(stored(1, created_at=0))
    found = await store.answer(1)
    assert found is not None
    assert abs(found.created_at - time.time()) < 60


async def test_a_silent_record_is_not_the_latest_answer_of_its_thread(store: Store) -> None:
    await store.record_answer(stored(1))
    await store.record_answer(stored(2, verdict=Verdict.ABSTAIN, cause=None, reply_ids=()))
    assert await store.latest_in_thread(40) == await store.answer(1)


async def test_a_thread_is_solved_once_an_answer_in_it_fixed_it(store: Store) -> None:
    await store.record_answer(stored(1))
    assert not await store.thread_solved(40)
    await store.set_outcome(1, Outcome.FIXED)
    await store.record_answer(stored(2))
    assert await store.thread_solved(40)
    assert not await store.thread_solved(41)
    await store.set_outcome(1, None)
    assert not await store.thread_solved(40)


async def test_a_vote_counts_once_for_each_user_kind_and_cause(store: Store) -> None:
    await store.record_answer(stored(1))
    assert await store.vote(1, 30, Outcome.MISSED, "quota-exceeded")
    assert not await store.vote(1, 30, Outcome.MISSED, "quota-exceeded")
    assert await store.vote(1, 30, Outcome.MISSED, "payment-issue")
    assert await store.vote(1, 31, Outcome.MISSED, "quota-exceeded")
    assert await store.vote(1, 30, Outcome.FIXED)
    found = await store.answer(1)
    assert found is not None
    assert found.rejected == {"quota-exceeded", "payment-issue"}


async def test_a_removed_answer_is_gone_with_its_votes_and_its_message_stays_claimed(store: Store, state_url: str) -> None:
    await store.claim(1)
    await store.record_answer(stored(1))
    await store.vote(1, 30, Outcome.MISSED, "quota-exceeded")
    removed = await store.remove_answer(1)
    assert removed is not None
    assert removed.reply_ids == (10, 11)
    assert await store.answer(1) is None
    assert await store.remove_answer(1) is None
    await store.record_answer(stored(1))
    found = await store.answer(1)
    assert found is not None
    assert found.rejected == frozenset()
    later = make(state_url)
    assert not await later.claim(1)
    await later.close()


@pytest.mark.parametrize("value", [True, 7, "text", [1, 2], {"a": [None, 1.5]}])
async def test_settings_hold_whatever_json_holds(store: Store, value: object) -> None:
    await store.set_guild_setting(10, "key", value)
    await store.set_user_setting(10, "key", value)
    await store.set_guild_setting(11, "other", 1)
    assert await store.guild_settings(10) == {"key": value}
    assert await store.user_settings(10) == {"key": value}
    await store.set_guild_setting(10, "key", "new")
    assert await store.guild_settings(10) == {"key": "new"}
    await store.set_guild_setting(10, "key", None)
    assert await store.guild_settings(10) == {}
    assert await store.user_settings(12) == {}


async def test_the_audit_lists_the_latest_first_for_a_server_and_the_whole_bot(store: Store) -> None:
    await store.audit(1, "reload", "corpus 1")
    await store.audit(2, "setting", "x" * 5_000, guild_id=10)
    await store.audit(3, "setting", "y", guild_id=11)
    assert [(e.user_id, e.action) for e in await store.audit_log(10)] == [(2, "setting"), (1, "reload")]
    assert [e.user_id for e in await store.audit_log()] == [3, 2, 1]
    assert [e.user_id for e in await store.audit_log(limit=1)] == [3]
    (long,) = [e for e in await store.audit_log() if e.user_id == 2]
    assert len(long.detail) == MAX_DETAIL
    assert abs(long.at - time.time()) < 60


async def test_what_is_older_than_the_retention_is_purged_at_the_start(state_url: str) -> None:
    now = int(time.time())
    store = make(state_url, retention_days=30)
    await store.open()
    old, new = stored(1, created_at=now - 31 * DAY), stored(2, created_at=now - 29 * DAY)
    for answer in (old, new):
        await store.record_answer(answer)
        await store.vote(answer.source_id, 30, Outcome.MISSED, "x")
    await store.set_guild_setting(10, "key", 1)
    await store.close()

    later = make(state_url, retention_days=30)
    await later.open()
    assert await later.answer(1) is None
    assert await later.answer_by_reply(10) is None
    assert await later.answer(2) == replace(new, rejected=frozenset({"x"}))
    assert await later.vote(1, 30, Outcome.MISSED, "x"), "the vote on the purged answer is gone"
    assert await later.guild_settings(10) == {"key": 1}
    await later.close()


async def test_claims_votes_and_audit_are_purged_by_their_own_time(state_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make(state_url, retention_days=30)
    await store.claim(1)
    await store.audit(1, "reload")
    later = time.time() + 31 * DAY
    monkeypatch.setattr("bot.state.store.time.time", lambda: later)
    assert await store.purge() == 0
    assert await store.audit_log() == ()
    await store.close()
    fresh = make(state_url)
    assert await fresh.claim(1)
    await fresh.close()


async def test_the_default_place_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "odd ?#% name"
    store = make_store(load_settings({"DATA_DIR": str(folder)}))
    await store.open()
    assert await store.claim(1)
    await store.close()
    assert (folder / "state" / "state.sqlite3").stat().st_size > 0


async def test_another_place_can_be_named(tmp_path: Path) -> None:
    store = make_store(load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'mine.db'}"}))
    await store.open()
    await store.close()
    assert (tmp_path / "mine.db").is_file()
