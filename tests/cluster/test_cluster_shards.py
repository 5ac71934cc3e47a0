from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import delete, text, update

from bot.cluster import processes, shards
from bot.cluster.shards import IDENTIFY_S, Review, Session
from bot.state.database import Database
from bot.state.tables import PROCESSES

GATEWAY = "wss://gateway.example"
NOTHING: Mapping[int, Session] = {}


@dataclass
class Table:
    """The shards in one database, as several processes see them."""

    database: Database

    async def beat(self, *names: str) -> None:
        """Show that processes live."""
        for name in names:
            await self.database.run(partial(processes.beat, id_=name, name=name, corpus="", problem=""))

    async def dies(self, name: str) -> None:
        """A process was not seen for long."""
        old = update(PROCESSES).where(PROCESSES.c.id == name).values(seen_at=PROCESSES.c.seen_at - 2 * processes.LIFE_S)
        await self.database.run(lambda c: c.execute(old))

    async def review(
        self, me: str, wish: int = 4, sessions: Mapping[int, Session] = NOTHING, connected: Collection[int] = ()
    ) -> Review:
        """What a process sees and takes; it has just shown that it lives."""
        await self.beat(me)
        return await self.database.run(lambda c: shards.review(c, me, wish, sessions, connected))


@pytest.fixture
async def table(database_url: str) -> AsyncIterator[Table]:
    database = Database(database_url)
    yield Table(database)
    await database.close()


async def test_the_first_process_takes_every_shard_and_knows_that_it_is_alone(table: Table) -> None:
    found = await table.review("a")
    assert (found.count, sorted(found.mine), found.release, found.alone) == (4, [0, 1, 2, 3], (), True)
    assert all(lease.session is None and lease.seen_at is None for lease in found.mine.values())


async def test_processes_that_come_at_once_never_hold_the_same_shard(table: Table) -> None:
    names = [f"p{number}" for number in range(8)]
    await table.beat(*names)
    found = await asyncio.gather(*(table.review(name, 16) for name in names))
    held = [shard for review in found for shard in review.mine]
    assert sorted(held) == list(range(16))


async def test_what_a_dead_process_held_is_taken_with_its_session_and_the_time_it_was_seen_last(table: Table) -> None:
    await table.review("a", 2)
    left = Session("session", 41, GATEWAY)
    await table.review("a", 2, {1: left})
    assert (await table.review("b", 2)).mine == {}
    await table.dies("a")
    found = await table.review("b", 2)
    assert found.alone
    assert [found.mine[shard].session for shard in (0, 1)] == [None, left]
    assert all(lease.seen_at is not None for lease in found.mine.values())


async def test_sessions_of_a_shard_that_was_taken_away_are_not_saved(table: Table) -> None:
    await table.review("a", 1)
    await table.dies("a")
    await table.review("b", 1, {0: Session("of b", 1, GATEWAY)})
    found = await table.review("a", 1, {0: Session("of a", 9, GATEWAY)})
    assert found.mine == {}
    await table.dies("b")
    assert (await table.review("a", 1)).mine[0].session is None
    await table.review("a", 1, {0: Session("of a", 9, GATEWAY)})
    assert (await table.review("a", 1)).mine[0].session == Session("of a", 9, GATEWAY)


async def test_what_is_given_up_goes_to_the_one_that_joined_with_its_session(table: Table) -> None:
    mine = (await table.review("a", 2)).mine
    await table.review("b", 2)
    found = await table.review("a", 2, connected=mine)
    assert (found.release, found.alone) == ((1,), False)
    left = Session("session", 7, GATEWAY)
    await table.database.run(lambda c: shards.release(c, "a", found.release, {1: left}))
    taken = await table.review("b", 2)
    assert {shard: lease.session for shard, lease in taken.mine.items()} == {1: left}
    assert list((await table.review("a", 2, connected=[0])).mine) == [0]


async def test_a_process_that_leaves_gives_up_everything_and_gets_no_share_though_it_lives(table: Table) -> None:
    await table.review("a")
    await table.review("b")
    left = {shard: Session(f"session {shard}", shard, GATEWAY) for shard in range(4)}
    await table.database.run(lambda c: shards.leave(c, "a", left))
    found = await table.review("b")
    assert {shard: lease.session for shard, lease in found.mine.items()} == left
    assert found.alone


async def test_a_process_that_shares_the_database_and_serves_no_shards_gets_no_share(table: Table) -> None:
    await table.beat("elsewhere")
    found = await table.review("a")
    assert len(found.mine) == 4
    assert found.alone


@pytest.mark.parametrize(("others", "count"), [(True, 4), (False, 6)])
async def test_the_number_of_shards_changes_only_when_no_other_process_lives(table: Table, others: bool, count: int) -> None:
    await table.review("a", 4, {})
    if not others:
        await table.dies("a")
    found = await table.review("b", 6)
    assert found.count == count
    assert len(found.mine) == (0 if others else 6)


async def test_sessions_of_another_division_are_forgotten(table: Table) -> None:
    await table.review("a", 4)
    await table.review("a", 4, {0: Session("of four", 1, GATEWAY)})
    await table.dies("a")
    assert (await table.review("b", 2)).mine[0].session is None


async def test_new_sessions_of_a_bucket_are_spaced_over_all_processes(table: Table) -> None:
    async def reserve(bucket: int) -> float:
        return await table.database.run(lambda c: shards.identify_in(c, bucket))

    first = await reserve(0)
    assert first == 0
    waits = sorted(await asyncio.gather(*(reserve(0) for _ in range(3))))
    assert waits == pytest.approx([IDENTIFY_S, 2 * IDENTIFY_S, 3 * IDENTIFY_S], abs=2)
    assert await reserve(1) == 0


async def test_those_that_are_gone_are_no_longer_counted(table: Table) -> None:
    await table.review("a")
    await table.dies("a")
    await table.review("b")
    await table.database.run(lambda c: c.execute(delete(PROCESSES).where(PROCESSES.c.id == "a")))
    await table.review("b")
    noted = await table.database.run(lambda c: c.execute(text("SELECT key FROM cluster WHERE key LIKE 'serves%'")))
    assert [row.key for row in noted] == ["serves shards: b"]
