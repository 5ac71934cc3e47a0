from __future__ import annotations

from typing import cast

from bot.conversations import Conversations, ThreadState, replay
from bot.diagnosis.conversation import Conversation
from bot.engine import Answer


def test_remembers_what_was_put() -> None:
    store = Conversations()
    state = ThreadState(asker=7, conversation=Conversation(turns=3))
    store.put(1, state)
    assert store.get(1) == state
    assert store.get(2) is None


def test_forgets_the_thread_longest_without_a_message() -> None:
    store = Conversations(limit=2)
    for thread in (1, 2):
        store.put(thread, ThreadState(asker=thread))
    store.get(1)
    store.put(3, ThreadState(asker=3))
    assert store.get(2) is None
    assert store.get(1) is not None
    assert len(store) == 2


def test_forgets_on_demand() -> None:
    store = Conversations()
    store.put(1, ThreadState(asker=1))
    store.forget(1)
    store.forget(1)
    assert store.get(1) is None


def test_a_thread_has_one_lock_while_it_is_in_use() -> None:
    store = Conversations()
    first, second, other = store.lock(1), store.lock(1), store.lock(2)
    assert first is second
    assert first is not other


async def test_replay_leads_through_the_messages_in_order() -> None:
    seen: list[tuple[str, int]] = []

    async def answer(text: str, conversation: Conversation) -> Answer:
        seen.append((text, conversation.turns))

        class Answered:
            conversation = Conversation(turns=len(seen))

        return cast(Answer, Answered)

    assert (await replay(["one", "two", "three"], answer)).turns == 3
    assert seen == [("one", 0), ("two", 1), ("three", 2)]


async def test_replay_of_nothing_is_a_new_conversation() -> None:
    async def answer(text: str, conversation: Conversation) -> Answer:
        raise AssertionError(text)

    assert await replay([], answer) == Conversation()
