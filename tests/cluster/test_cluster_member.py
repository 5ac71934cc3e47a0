"""Processes that share a database know of each other, and none acts for longer than the others can know it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from postgres_fixtures import through
from postgres_proxy import PausingProxy
from postgres_server import PASSWORD, PostgresServer

from bot.cluster import Cluster, make_cluster
from bot.errors import StateError
from bot.settings import load_settings
from bot.state.database import Database

LIFE_S, BEAT_S, MARGIN_S = 2.0, 0.1, 0.8
WITHIN_S = 20.0


class Members:
    """Clusters that stand for processes, as lively as a test needs them."""

    def __init__(self) -> None:
        self.all: list[Cluster] = []

    async def join(self, url: str) -> Cluster:
        """One more process; back when it is seen, and listens."""
        member = Cluster(Database(url, retry_after_s=0.0), life_s=LIFE_S, beat_s=BEAT_S, margin_s=MARGIN_S)
        self.all.append(member)
        listening = hear(member, "")
        await member.start()
        await until(lambda: _true(member.trusted and bool(listening)))
        return member


@pytest.fixture
async def members() -> AsyncIterator[Members]:
    found = Members()
    yield found
    await asyncio.gather(*(member.stop() for member in found.all))


async def until(holds: Callable[[], Awaitable[bool]]) -> float:
    """Wait until something holds; returns after how many seconds."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < WITHIN_S, "it never held"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def _true(value: bool) -> bool:
    return value


async def ids(member: Cluster) -> set[str]:
    return {peer.id for peer in await member.peers()}


def hear(member: Cluster, topic: str) -> list[str]:
    """What a process hears of a topic, from now on."""
    heard: list[str] = []

    async def handler(payload: str) -> None:
        heard.append(payload)

    member.listener.on(topic, handler)
    return heard


async def test_processes_know_each_other_and_what_each_serves(members: Members, database_url: str) -> None:
    first, second = await members.join(database_url), await members.join(database_url)
    second.corpus, second.problem = "abc", "it is broken"
    await second.beat()
    peers = await first.peers()
    assert [peer.id for peer in peers] == [first.id, second.id]
    assert (peers[1].corpus, peers[1].problem, peers[1].name) == ("abc", "it is broken", second.name)
    assert abs(peers[1].started_at - time.time()) < 60


async def test_who_leaves_is_gone_at_once(members: Members, database_url: str) -> None:
    first, second = await members.join(database_url), await members.join(database_url)
    await second.stop()
    assert await ids(first) == {first.id}
    assert not second.trusted


async def test_who_falls_silent_stops_trusting_itself_before_the_others_take_it_for_dead(
    members: Members, postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str
) -> None:
    first = await members.join(database_url)
    second = await members.join(through(postgres_server, postgres_proxy, database_url))
    lost: list[float] = []

    async def note() -> None:
        lost.append(time.monotonic())

    second.lost.append(note)
    postgres_proxy.pause()
    await until(lambda: _gone(first, second))
    gone = time.monotonic()
    assert not second.trusted
    assert len(lost) == 1
    assert lost[0] < gone
    postgres_proxy.resume()
    await until(lambda: _true(second.trusted))
    assert await ids(first) == {first.id, second.id}
    assert len(lost) == 1


async def _gone(member: Cluster, other: Cluster) -> bool:
    """Whether the other is dead to a member; as long as it is not, or trusts itself, nobody may take what it holds."""
    return other.id not in await ids(member)


async def test_a_restart_of_the_database_makes_nobody_dead(
    members: Members, postgres_server: PostgresServer, database_url: str
) -> None:
    first, second = await members.join(database_url), await members.join(database_url)
    await asyncio.to_thread(postgres_server.restart)
    await until(lambda: _both(first, {first.id, second.id}))
    assert first.trusted
    assert second.trusted


async def _both(member: Cluster, expected: set[str]) -> bool:
    try:
        return await ids(member) == expected
    except StateError:
        return False


async def test_an_announcement_reaches_every_process_in_order(members: Members, database_url: str) -> None:
    first, second = await members.join(database_url), await members.join(database_url)
    heard = [hear(member, "corpus") for member in (first, second)]
    other = hear(second, "shards")
    for number in range(20):
        await first.announce("corpus", str(number))
    took = await until(lambda: _true(all(len(said) == 20 for said in heard)))
    assert took < 1.0
    assert heard == [[str(number) for number in range(20)]] * 2
    assert other == []


async def test_an_announcement_of_what_was_not_committed_is_not_heard(members: Members, database_url: str) -> None:
    member = await members.join(database_url)
    heard = hear(member, "corpus")

    async def fail(connection: object) -> None:
        from bot.cluster.listening import announce

        await announce(connection, "corpus", "lost")  # type: ignore[arg-type]
        raise StateError("changed its mind")

    with pytest.raises(StateError, match="changed its mind"):
        await member.database.run(fail)
    await member.announce("corpus", "kept")
    await until(lambda: _true(bool(heard)))
    assert heard == ["kept"]


@pytest.mark.parametrize("fault", ["restart", "cut"])
async def test_who_listens_is_told_when_the_connection_is_back(
    members: Members, postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str, fault: str
) -> None:
    member = await members.join(through(postgres_server, postgres_proxy, database_url))
    back, heard = hear(member, ""), hear(member, "corpus")
    if fault == "restart":
        await asyncio.to_thread(postgres_server.restart)
    else:
        postgres_proxy.cut()
    assert await until(lambda: _true(len(back) == 1)) < 4.0
    await until(lambda: _announced(member))
    await until(lambda: _true(bool(heard)))


async def _announced(member: Cluster) -> bool:
    try:
        await member.announce("corpus", "again")
    except StateError:
        return False
    return True


async def test_what_others_say_on_the_channel_and_a_handler_that_fails_stop_nothing(
    members: Members, postgres_server: PostgresServer, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    member = await members.join(database_url)

    async def broken(payload: str) -> None:
        raise RuntimeError("broken handler")

    member.listener.on("corpus", broken)
    heard = hear(member, "corpus")
    name = database_url.rpartition("/")[2]
    for said in ("no json", "[1]", '"x"', "7", '{"a": 1}', "[[], []]"):
        postgres_server.execute(f"SELECT pg_notify('support_bot', '{said}')", name)
    await member.announce("corpus", "after")
    await until(lambda: _true(bool(heard)))
    assert heard == ["after"]
    assert "was not handled" in caplog.text
    assert "Something else than this bot" in caplog.text


async def test_a_step_that_takes_long_or_fails_holds_up_no_beat(
    members: Members, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    member = await members.join(database_url)
    steps: list[str] = []

    async def broken() -> None:
        steps.append("broken")
        raise RuntimeError("a broken step")

    async def slow() -> None:
        steps.append("slow")
        await asyncio.sleep(LIFE_S + 1)

    member.steps += [broken, slow]
    await until(lambda: _true(len(steps) == 2))
    await asyncio.sleep(LIFE_S)
    assert member.trusted
    assert "A step of the beat failed" in caplog.text


async def test_a_process_joins_as_soon_as_the_database_is_there(
    members: Members, postgres_server: PostgresServer, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await asyncio.to_thread(postgres_server.stop)
    joining = asyncio.ensure_future(members.join(database_url))
    try:
        await asyncio.sleep(0.5)
        assert not joining.done()
    finally:
        await asyncio.to_thread(postgres_server.start)
    member = await joining
    assert await ids(member) == {member.id}
    assert PASSWORD not in caplog.text


async def test_leaving_behind_a_silent_network_does_not_hang(
    members: Members, postgres_server: PostgresServer, postgres_proxy: PausingProxy, database_url: str
) -> None:
    member = await members.join(through(postgres_server, postgres_proxy, database_url))
    postgres_proxy.pause()
    async with asyncio.timeout(WITHIN_S):
        await member.stop()


@pytest.mark.parametrize(
    ("url", "shared"), [("", False), ("sqlite:///x.db", False), ("postgres://h/d", True), ("postgresql://h/d", True)]
)
def test_only_postgresql_is_shared(url: str, shared: bool) -> None:
    assert (make_cluster(load_settings({"DATABASE_URL": url})) is not None) is shared
