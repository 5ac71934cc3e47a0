from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from state_fixtures import DAY, make, stored

from bot.diagnosis.types import Verdict
from bot.state import Day, Insights, Outcome, Store, Unexplained
from bot.state.database import Database
from bot.state.tables import TEMPLATES

START = 1_750_032_000 // DAY * DAY
FIRST, SECOND = "2025-06-16", "2025-06-17"


async def filled(state_url: str) -> Store:
    """Two days of one server, and an answer in another."""
    store = make(state_url, retention_days=36_500)
    open_ = {"verdict": Verdict.OVERVIEW, "cause": None}
    silent = {"verdict": Verdict.ABSTAIN, "cause": None, "reply_ids": ()}
    for answer in (
        stored(1, created_at=START, outcome=Outcome.FIXED),
        stored(2, created_at=START + DAY - 1, channel_id=21, fingerprints=frozenset({"rare"}), **open_),
        stored(3, created_at=START + DAY, fingerprints=frozenset({"often", "rare"}), **silent),
        stored(4, created_at=START + DAY + 5, channel_id=22, fingerprints=frozenset({"often"}), **open_),
        stored(5, created_at=START + DAY + 6, channel_id=23, fingerprints=frozenset({"often"}), **silent),
        stored(6, created_at=START + DAY + 7, guild_id=11, outcome=Outcome.HUMAN),
        stored(7, created_at=START + 2 * DAY, outcome=Outcome.DISMISSED),
    ):
        await store.record_answer(answer)
    for user in (1, 2):
        await store.vote(4, user, Outcome.MISSED)
    await store.vote(1, 1, Outcome.FIXED)
    return store


async def test_counts_a_server_over_a_period_that_ends_before_its_end(state_url: str) -> None:
    store = await filled(state_url)
    assert await store.insights(START, START + 2 * DAY, guild_id=10) == Insights(
        seen=5,
        classified=1,
        answered={Verdict.DIAGNOSIS: 1, Verdict.OVERVIEW: 2},
        fixed=1,
        missed=1,
        unexplained=(Unexplained("often", 3, 23, 5), Unexplained("rare", 2, 20, 3)),
        failures=5,
        days=(Day(FIRST, seen=2, answered=2, fixed=1), Day(SECOND, seen=3, answered=1, missed=1)),
    )
    await store.close()


@pytest.mark.parametrize(
    ("guild", "since", "until", "seen", "human", "dismissed"),
    [(None, 0, 10 * DAY, 7, 1, 1), (11, 0, 10 * DAY, 1, 1, 0), (10, 2 * DAY, 3 * DAY, 1, 0, 1), (12, 0, 10 * DAY, 0, 0, 0)],
)
async def test_counts_what_was_asked_for(
    state_url: str, guild: int | None, since: int, until: int, seen: int, human: int, dismissed: int
) -> None:
    store = await filled(state_url)
    found = await store.insights(START + since, START + until, guild_id=guild)
    assert (found.seen, found.human, found.dismissed) == (seen, human, dismissed)
    await store.close()


async def test_lists_only_the_most_frequent_unexplained_failures(state_url: str) -> None:
    store = await filled(state_url)
    found = await store.insights(START, START + 9 * DAY, top=1)
    assert [failure.fingerprint for failure in found.unexplained] == ["often"]
    await store.close()


async def test_a_question_is_no_failure(state_url: str) -> None:
    store = make(state_url, retention_days=36_500)
    await store.record_answer(stored(1, created_at=START, verdict=Verdict.ANSWER, cause=None, fingerprints=frozenset()))
    await store.record_answer(stored(2, created_at=START, verdict=Verdict.ABSTAIN, cause=None))
    found = await store.insights(START, START + DAY)
    assert (found.seen, found.failures, found.classified) == (2, 1, 0)
    await store.close()


async def test_shows_the_masked_message_of_what_nothing_explains(state_url: str) -> None:
    store = make(state_url, retention_days=36_500)
    masked = {"often": "SocketError: closed after #", "rare": "x" * 300}
    for number, cause in ((1, None), (2, None), (3, "known")):
        prints = frozenset(masked) if cause is None else frozenset({"known"})
        answer = stored(number, created_at=START, verdict=Verdict.OVERVIEW, cause=cause, fingerprints=prints)
        await store.record_answer(replace(answer, templates=masked if cause is None else {"known": "KeyError"}))
    found = await store.insights(START, START + DAY)
    assert [(failure.fingerprint, failure.template) for failure in found.unexplained] == [
        ("often", "SocketError: closed after #"),
        ("rare", "x" * 120),
    ]
    await store.close()


async def test_a_masked_message_goes_with_the_last_answer_about_it(state_url: str) -> None:
    store = make(state_url, retention_days=36_500)
    for number in (1, 2):
        answer = stored(number, verdict=Verdict.OVERVIEW, cause=None, fingerprints=frozenset({"often"}))
        await store.record_answer(replace(answer, templates={"often": "SocketError"}))

    database = Database(state_url)

    async def kept() -> int:
        return await database.run(lambda c: c.scalar(select(func.count()).select_from(TEMPLATES)), reads=True) or 0

    await store.remove_answer(1)
    assert await kept() == 1
    await store.remove_answer(2)
    assert await kept() == 0
    await database.close()
    await store.close()
