"""Several processes on one PostgreSQL: a message is answered by one of them, also when the one that took it on dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from state_fixtures import make, stored

from bot.cluster import processes
from bot.state import Store
from bot.state.database import Database

ANSWERED = 7


class Processes:
    """Stores that stand for processes, on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        self.stores: list[Store] = []

    async def add(self, name: str, *, lives: bool = True) -> Store:
        """One more."""
        store = make(self.url, retention_days=36_500)
        store.owner = name
        self.stores.append(store)
        if lives:
            await self.database.run(lambda c: processes.beat(c, name, name, "", ""))
        return store

    async def kill(self, name: str, *, forgotten: bool = False) -> None:
        """Have it dead since a minute, or gone from the list."""
        if forgotten:
            await self.database.run(lambda c: processes.leave(c, name))
            return

        async def age(connection: object) -> None:
            await connection.exec_driver_sql(f"UPDATE processes SET seen_at = seen_at - 60 WHERE id = '{name}'")  # type: ignore[attr-defined]

        await self.database.run(age)


@pytest.fixture
async def all_(database_url: str) -> AsyncIterator[Processes]:
    found = Processes(database_url)
    yield found
    for store in found.stores:
        await store.close()
    await found.database.close()


async def test_of_many_claims_of_a_message_one_wins(all_: Processes) -> None:
    stores = [await all_.add(f"p{number % 5}") for number in range(50)]
    assert sum(await asyncio.gather(*(store.claim(1) for store in stores))) == 1


@pytest.mark.parametrize("forgotten", [False, True])
async def test_what_a_dead_process_did_not_answer_is_taken_over_once(all_: Processes, forgotten: bool) -> None:
    dead = await all_.add("dead")
    assert await dead.claim(1)
    others = [await all_.add(f"p{number}") for number in range(20)]
    await all_.kill("dead", forgotten=forgotten)
    assert sum(await asyncio.gather(*(store.claim(1) for store in others))) == 1
    assert not await (await all_.add("late")).claim(1)


async def test_what_was_taken_over_is_taken_over_again_when_the_next_one_dies_too(all_: Processes) -> None:
    for name in ("first", "second"):
        assert await (await all_.add(name)).claim(1)
        await all_.kill(name)
    assert await (await all_.add("third")).claim(1)


@pytest.mark.parametrize("ending", ["recorded", "silent", "done"])
async def test_what_a_dead_process_was_done_with_is_never_taken_over(all_: Processes, ending: str) -> None:
    dead, other = await all_.add("dead"), await all_.add("other")
    assert await dead.claim(ANSWERED)
    if ending == "done":
        await dead.done(ANSWERED)
    else:
        await dead.record_answer(stored(ANSWERED, **({"reply_ids": ()} if ending == "silent" else {})))
    await all_.kill("dead")
    assert not await other.claim(ANSWERED)


async def test_what_a_live_process_took_on_stays_its_own(all_: Processes) -> None:
    live, other = await all_.add("live"), await all_.add("other")
    assert await live.claim(1)
    assert not await other.claim(1)
    assert not await live.claim(1)


async def test_a_claim_of_one_process_alone_is_never_taken_over(all_: Processes) -> None:
    alone = make(all_.url)
    all_.stores.append(alone)
    assert await alone.claim(1)
    assert not await (await all_.add("other")).claim(1)


async def test_a_process_does_not_take_over_from_itself(all_: Processes) -> None:
    first = await all_.add("same", lives=False)
    assert await first.claim(1)
    again = await all_.add("same", lives=False)
    assert not await again.claim(1)


async def test_how_long_a_process_may_be_silent_is_for_the_cluster_to_say(all_: Processes) -> None:
    silent, other = await all_.add("silent"), await all_.add("other")
    assert await silent.claim(1)
    await asyncio.sleep(0.15)
    other.life_s = 0.1
    assert await other.claim(1)
