"""Corpora that servers have of their own: of one process with files, and of processes that share a database."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from own_corpora import failure, make_corpus
from test_corpus_store_archive import zip_of

from bot.cluster import Cluster
from bot.corpus_store import Keeper, Origin, Upload, open_service
from bot.corpus_store.servers import NONE_BEFORE, NONE_OWN
from bot.diagnosis.types import Verdict
from bot.engine import Engine, build_engine
from bot.errors import CorpusError, InputError, Problem
from bot.knowledge.load import corpus_version
from bot.settings import Settings, load_settings
from bot.state import Store
from bot.state.database import Database

ADMIN, ONE, TWO = 42, 1001, 1002


class Bot:
    """What a process has of it all."""

    def __init__(self, settings: Settings, build: Callable[..., Engine]) -> None:
        self.cluster: Cluster | None = None
        if settings.database_url is not None:
            self.cluster = Cluster(Database(settings.database_url.get_secret_value(), retry_after_s=0.0), life_s=3.0, beat_s=0.5)
        self.settings = settings
        self.service = open_service(settings, build)
        self.store = Store(Database(f"sqlite+aiosqlite:///{settings.data_dir / 's.db'}"), 30)
        self.keeper = Keeper(self.service, self.store, settings, cluster=self.cluster)
        self.servers = self.keeper.servers

    async def start(self) -> Bot:
        await self.keeper.start()
        if self.cluster is not None:
            await self.cluster.start()
        return self

    async def stop(self) -> None:
        await self.keeper.stop()
        if self.cluster is not None:
            await self.cluster.stop()
        await self.store.close()
        self.service.close()

    async def finds(self, word: str, guild_id: int | None) -> bool:
        answer = await self.service.answer(failure(word), guild_id=guild_id)
        return answer.diagnosis.verdict is Verdict.DIAGNOSIS

    def loaded(self, guild_id: int) -> str:
        engine = self.service.own_engine(guild_id)
        return engine.snapshot.version if engine is not None else ""


Start = Callable[..., "asyncio.Future[Bot]"]


async def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be in time"
        await asyncio.sleep(0.01)


@pytest.fixture(params=["files", "postgresql"])
async def start(
    request: pytest.FixtureRequest, cache_dir: Path, parcel: Path, tmp_path: Path
) -> AsyncIterator[Callable[..., object]]:
    made: list[Bot] = []
    environ = {"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir)}
    if request.param == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("database_url")

    async def begin(data: str = "data", build: Callable[..., Engine] = build_engine, **more: str) -> Bot:
        made.append(Bot(load_settings({**environ, "DATA_DIR": str(tmp_path / data), **more}), build))
        return await made[-1].start()

    yield begin
    for bot in made:
        await bot.stop()


@pytest.fixture
async def bot(start: Start) -> Bot:
    return await start()


def upload(tmp_path: Path, word: str, note: str = "") -> tuple[Upload, str]:
    """A corpus of this word as an upload, and its version."""
    folder = make_corpus(tmp_path / f"{word}{len(note)}", word)
    if note:
        (folder / "sources.yaml").write_text(note + (folder / "sources.yaml").read_text("utf-8"), "utf-8")
    return Upload(f"{word}.zip", zip_of(folder)), corpus_version(folder)


async def test_an_upload_answers_in_its_server_and_nowhere_else(bot: Bot, tmp_path: Path) -> None:
    shared = bot.service.engine
    for guild_id, word in ((ONE, "glueberry"), (TWO, "marzipan")):
        given, version = upload(tmp_path, word)
        change = await bot.servers.upload(given, guild_id, ADMIN)
        assert (change.old, change.new.version, change.new.origin, change.new.name) == (
            None,
            version,
            Origin.UPLOAD,
            f"{word}.zip",
        )
        assert bot.loaded(guild_id) == version
    found = {
        (word, place): await bot.finds(word, place) for word in ("glueberry", "marzipan") for place in (ONE, TWO, 1003, None)
    }
    assert {key for key, is_found in found.items() if is_found} == {("glueberry", ONE), ("marzipan", TWO)}
    assert bot.service.engine is shared
    assert bot.keeper.record.previous is None


async def test_each_change_is_written_down_for_its_server_alone(bot: Bot, tmp_path: Path) -> None:
    given, version = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    await bot.servers.remove(ONE, ADMIN + 1)
    entries = [(entry.guild_id, entry.user_id, entry.action, entry.detail) for entry in await bot.store.audit_log(ONE)]
    assert entries == [
        (ONE, ADMIN + 1, "server-corpus-remove", f"{version} → none"),
        (ONE, ADMIN, "server-corpus-upload", f"none → {version} (upload glueberry.zip)"),
    ]
    assert await bot.store.audit_log(TWO) == ()


async def test_a_restart_finds_it_again(bot: Bot, start: Start, tmp_path: Path) -> None:
    given, version = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    record = bot.servers.records[ONE]
    await bot.stop()
    later = await start()
    assert later.servers.records == {ONE: record}
    if later.cluster is not None:
        assert not later.loaded(ONE)
        assert not await later.finds("glueberry", ONE)  # the shared one answers meanwhile
    await until(lambda: later.loaded(ONE) == version)
    assert await later.finds("glueberry", ONE)
    assert not await later.finds("glueberry", TWO)


async def test_a_rollback_and_back(bot: Bot, start: Start, tmp_path: Path) -> None:
    versions = []
    for note in ("", "# two\n"):
        given, version = upload(tmp_path, "glueberry", note)
        await bot.servers.upload(given, ONE, ADMIN)
        versions.append(version)
    assert (await bot.servers.rollback(ONE, ADMIN)).new.version == versions[0]
    assert bot.loaded(ONE) == versions[0]
    shutil.rmtree(bot.settings.data_dir / "corpus" / "servers" / str(ONE) / "incoming", ignore_errors=True)
    await bot.stop()
    later = await start()
    assert (await later.servers.rollback(ONE, ADMIN)).new.version == versions[1]
    with pytest.raises(InputError, match=NONE_BEFORE):
        await later.servers.rollback(TWO, ADMIN)


async def test_what_is_removed_is_gone_and_stays_gone(bot: Bot, start: Start, tmp_path: Path) -> None:
    given, version = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    assert (await bot.servers.remove(ONE, ADMIN)).version == version
    assert not await bot.finds("glueberry", ONE)
    assert not (bot.settings.data_dir / "corpus" / "servers" / str(ONE)).exists()
    with pytest.raises(InputError, match=NONE_OWN):
        await bot.servers.remove(ONE, ADMIN)
    await bot.stop()
    assert (await start()).servers.records == {}


async def test_one_that_fails_its_checks_is_refused_and_the_one_before_serves(bot: Bot, tmp_path: Path) -> None:
    given, version = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    bad = make_corpus(tmp_path / "bad", "glueberry")
    (bad / "sources.yaml").write_text("- id: nothing\n", "utf-8")
    with pytest.raises(CorpusError, match=r"sources\.yaml:1: missing-key"):
        await bot.servers.upload(Upload("x.zip", zip_of(bad)), ONE, ADMIN)
    with pytest.raises(InputError, match="no zip"):
        await bot.servers.upload(Upload("x.zip", b"no zip"), TWO, ADMIN)
    assert (bot.loaded(ONE), set(bot.servers.records)) == (version, {ONE})


async def test_no_more_servers_than_set_have_one(start: Start, tmp_path: Path) -> None:
    bot = await start(SERVER_CORPORA="1")
    first, _ = upload(tmp_path, "glueberry")
    await bot.servers.upload(first, ONE, ADMIN)
    second, version = upload(tmp_path, "glueberry", "# two\n")
    with pytest.raises(InputError, match="SERVER_CORPORA"):
        await bot.servers.upload(second, TWO, ADMIN)
    assert (await bot.servers.upload(second, ONE, ADMIN)).new.version == version
    await bot.stop()
    fewer = await start(SERVER_CORPORA="0")
    fewer.servers.want(ONE)
    assert "SERVER_CORPORA" in fewer.servers.problems[ONE]
    assert not await fewer.finds("glueberry", ONE)


async def test_one_that_no_longer_loads_is_told_of_and_the_shared_one_serves(
    bot: Bot, start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given, version = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    await bot.stop()
    refused: list[str] = []

    def refuse(settings: Settings, *, own: bool = False) -> Engine:
        if own and not refused:
            refused.append(settings.knowledge_dir.name)
            raise CorpusError([Problem("causes/a.yaml", 7, "too-new", "`shape` is no key of a cause")])
        return build_engine(settings, own=own)

    later = await start(build=refuse)
    later.servers.want(ONE)
    await until(lambda: ONE in later.servers.problems)
    later.servers.want(ONE)
    assert refused == [version]
    assert f"corpus {version} no longer loads: 1 problem(s), the first: causes/a.yaml:7" in later.servers.problems[ONE]
    assert later.servers.problems[ONE] in caplog.text
    assert not await later.finds("glueberry", ONE)
    again, _ = upload(tmp_path, "glueberry", "# mended\n")
    await later.servers.upload(again, ONE, ADMIN)
    assert later.servers.problems == {}
    assert await later.finds("glueberry", ONE)


@pytest.mark.parametrize("start", ["postgresql"], indirect=True)
async def test_other_processes_follow(start: Start, tmp_path: Path) -> None:
    first, second = await start("one"), await start("two")
    given, version = upload(tmp_path, "glueberry")
    await first.servers.upload(given, ONE, ADMIN)
    await until(lambda: ONE in second.servers.records)
    assert not second.loaded(ONE)
    second.servers.want(ONE)
    await until(lambda: second.loaded(ONE) == version)
    newer, version = upload(tmp_path, "glueberry", "# two\n")
    await first.servers.upload(newer, ONE, ADMIN)
    await until(lambda: second.loaded(ONE) == version)
    await first.servers.remove(ONE, ADMIN)
    await until(lambda: second.loaded(ONE) == "")
    assert not await second.finds("glueberry", ONE)


@pytest.mark.parametrize("start", ["postgresql"], indirect=True)
async def test_its_vectors_are_searched_in_the_database(start: Start, tmp_path: Path) -> None:
    bot = await start()
    given, _ = upload(tmp_path, "glueberry")
    await bot.servers.upload(given, ONE, ADMIN)
    own, shared = bot.service.own_engine(ONE), bot.service.engine
    assert own is not None
    hits = await bot.service.run(own.index.search, "how much fits into the tank", ("point",), 5)
    assert [hit.document.id for hit in hits] == ["glueberry-tank"]
    assert hits[0].dense > 0
    others = await bot.service.run(shared.index.search, "how much fits into the glueberry tank", ("point", "cause"), 50)
    assert not any("glueberry" in hit.document.text for hit in others)
