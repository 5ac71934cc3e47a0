from __future__ import annotations

import asyncio

import pytest

from bot.cogs.waiting import Waiting


async def test_no_more_than_the_slots_are_at_work_at_once() -> None:
    waiting = Waiting(slots=2)
    at_work, most = 0, 0

    async def work() -> None:
        nonlocal at_work, most
        async with waiting.turn():
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            at_work -= 1

    await asyncio.gather(*(work() for _ in range(10)))
    assert most == 2
    assert waiting.count == 0


async def test_those_who_share_a_lock_go_one_after_the_other_in_order() -> None:
    waiting, lock, done = Waiting(slots=4), asyncio.Lock(), list[int]()

    async def work(number: int) -> None:
        async with waiting.turn(lock):
            await asyncio.sleep(0)
            done.append(number)

    await asyncio.gather(*(work(number) for number in range(5)))
    assert done == [0, 1, 2, 3, 4]


async def test_a_conversation_that_queues_up_leaves_the_slots_to_others() -> None:
    waiting, lock = Waiting(slots=2), asyncio.Lock()
    async with lock:
        stuck = [asyncio.ensure_future(_take(waiting, lock)) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.wait_for(_take(waiting, None), timeout=1)
        assert waiting.count == 5
    await asyncio.gather(*stuck)


async def test_is_full_when_as_many_wait_as_may() -> None:
    waiting = Waiting(slots=1)
    async with waiting.turn():
        assert not waiting.is_full(1)
        other = asyncio.ensure_future(_take(waiting, None))
        await asyncio.sleep(0)
        assert waiting.is_full(1)
        assert not waiting.is_full(2)
    await other
    assert not waiting.is_full(1)


async def test_who_gives_up_or_fails_is_no_longer_counted() -> None:
    waiting = Waiting(slots=1)
    with pytest.raises(ValueError, match="broken"):
        await _fail(waiting)
    async with waiting.turn():
        other = asyncio.ensure_future(_take(waiting, None))
        await asyncio.sleep(0)
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other
        assert waiting.count == 0
    await asyncio.wait_for(_take(waiting, None), timeout=1)


async def _take(waiting: Waiting, lock: asyncio.Lock | None) -> None:
    async with waiting.turn(lock):
        pass


async def _fail(waiting: Waiting) -> None:
    async with waiting.turn():
        raise ValueError("broken")
