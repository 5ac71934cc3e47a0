from __future__ import annotations

from state_fixtures import make

from bot.state import Post


async def test_a_post_is_taken_on_once_by_all_processes(state_url: str) -> None:
    first, second = make(state_url), make(state_url)
    assert await first.posts.find(1, "2026-W01") is None
    assert await first.posts.take(1, "2026-W01")
    assert not await first.posts.take(1, "2026-W01")
    assert not await second.posts.take(1, "2026-W01")
    assert await second.posts.take(1, "2026-W02")
    assert await second.posts.take(2, "2026-W01")
    for store in (first, second):
        await store.close()


async def test_a_post_knows_its_message_once_it_is_made(state_url: str) -> None:
    store = make(state_url)
    await store.posts.take(1, "2026-W01")
    found = await store.posts.find(1, "2026-W01")
    assert found is not None
    assert found.message_id is None
    await store.posts.finish(1, "2026-W01", 77)
    assert await store.posts.find(1, "2026-W01") == Post(found.at, 77)
    await store.close()


async def test_the_settings_of_every_server_are_found_at_once(state_url: str) -> None:
    store = make(state_url)
    assert await store.all_guild_settings() == {}
    await store.set_guild_setting(1, "helper_roles", [5, (1 << 63) - 1])
    await store.set_guild_setting(1, "quiet_hours", "22:00-07:00")
    await store.set_guild_setting(2, "answer_questions", True)
    await store.set_guild_setting(2, "answer_questions", None)
    await store.set_guild_setting(3, "answer_questions", False)
    assert await store.all_guild_settings() == {
        1: {"helper_roles": [5, (1 << 63) - 1], "quiet_hours": "22:00-07:00"},
        3: {"answer_questions": False},
    }
    await store.close()
