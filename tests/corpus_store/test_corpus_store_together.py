"""One corpus of several processes: three services with a database between them, each with disks of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from test_corpus_store_archive import zip_of
from test_corpus_store_keeper import broken, edited

from bot.cluster import Cluster
from bot.corpus_store import Keeper, Origin, Upload, ledger, open_service
from bot.corpus_store.kept import KEPT
from bot.corpus_store.proposing import BusyElsewhereError
from bot.corpus_store.record import Record, Served
from bot.engine import Engine, build_engine
from bot.errors import CorpusError, InputError, Problem, StateError
from bot.knowledge.load import corpus_version
from bot.settings import Settings, load_settings
from bot.state import Store
from bot.state.database import Database

ADMIN = 42
SPREAD_S = 1.0
"""Within this time, all processes serve the same."""


@dataclass
class Builder:
    """Builds engines; counts them by version, can refuse, and can be held up."""

    refuses: str = ""
    built: list[str] = field(default_factory=list)
    goes: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes.set()

    def __call__(self, settings: Settings, *, own: bool = False) -> Engine:
        self.goes.wait(60.0)
        engine = build_engine(settings)
        if engine.snapshot.version == self.refuses:
            raise CorpusError([Problem("causes/a.yaml", 7, "too-new", "`shape` is no key of a cause")])
        self.built.append(engine.snapshot.version)
        return engine


class Process:
    """What one process has of it all."""

    def __init__(self, settings: Settings, builder: Builder, life_s: float) -> None:
        assert settings.database_url is not None
        database = Database(settings.database_url.get_secret_value(), retry_after_s=0.0)
        self.cluster = cluster = Cluster(database, life_s=life_s, beat_s=life_s / 5, margin_s=life_s / 5)
        cluster.name = settings.data_dir.name
        self.settings, self.builder = settings, builder
        self.service = open_service(settings, builder)
        self.store = Store(Database(f"sqlite+aiosqlite:///{settings.data_dir / 's.db'}"), 30)
        self.keeper = Keeper(self.service, self.store, settings, cluster=cluster)
        self.swapped: list[tuple[str, float]] = []
        serve = self.service.serve

        def note(engine: Engine) -> list[str]:
            self.swapped.append((engine.snapshot.version, time.monotonic()))
            return serve(engine)

        self.service.serve = note  # type: ignore[method-assign]

    async def start(self) -> Process:
        await self.keeper.start()
        await self.cluster.start()
        await until(lambda: self.keeper._follower.served is not None)
        return self

    async def stop(self) -> None:
        await self.keeper.stop()
        await self.cluster.stop()
        await self.store.close()
        self.service.close()

    async def die(self) -> None:
        """End without a word to anybody, as by a kill."""
        await self.keeper.stop()
        for task in self.cluster._tasks:
            task.cancel()
        self.cluster._tasks = []
        await self.cluster.listener.stop()
        await self.cluster.database.close()

    @property
    def version(self) -> str:
        return self.service.snapshot.version


Start = Callable[..., Awaitable[Process]]


async def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be in time"
        await asyncio.sleep(0.01)


@pytest.fixture
async def start(cache_dir: Path, parcel: Path, tmp_path: Path, database_url: str) -> AsyncIterator[Start]:
    made: list[Process] = []

    async def begin(folder: Path = parcel, life_s: float = 15.0, refuses: str = "", data: str = "") -> Process:
        number = len(made)
        environ = {
            "KNOWLEDGE_DIR": str(folder),
            "CACHE_DIR": str(cache_dir),
            "DATA_DIR": str(tmp_path / (data or f"data{number}")),
            "DATABASE_URL": database_url,
        }
        builder = Builder(refuses)
        process = Process(load_settings(environ), builder, life_s)
        made.append(process)
        return await process.start()

    yield begin
    for process in made:
        await process.stop()


async def three(start: Start, **others: float) -> list[Process]:
    return [await start(**others) for _ in range(3)]


async def test_all_processes_swap_to_an_upload_within_a_second(start: Start, parcel: Path, tmp_path: Path) -> None:
    processes = await three(start)
    old, new = processes[0].version, edited(parcel, tmp_path / "new")
    change = await processes[0].keeper.upload(Upload("edition.zip", zip_of(new)), ADMIN)
    version = corpus_version(new)
    assert (change.old and change.old.version, change.new.version, change.warning) == (old, version, "")
    await until(lambda: all(process.version == version for process in processes), SPREAD_S)
    times = [process.swapped[-1][1] for process in processes]
    assert max(times) - min(times) < SPREAD_S
    for process in processes:
        assert process.builder.built.count(version) == 1
        assert [seen for seen, _ in process.swapped] == [version]
        live = process.keeper.live
        assert (live.version, live.origin, live.name, live.user_id, live.pinned) == (
            version,
            Origin.UPLOAD,
            "edition.zip",
            ADMIN,
            True,
        )
        assert process.keeper.record.previous is not None
        assert process.keeper.record.previous.version == old
    assert {peer.corpus for peer in await processes[1].cluster.peers()} == {version}


async def test_a_rollback_serves_the_engine_before_everywhere_without_building_it(
    start: Start, parcel: Path, tmp_path: Path
) -> None:
    processes = await three(start)
    first = [process.service.engine for process in processes]
    await processes[0].keeper.upload(Upload("x.zip", zip_of(edited(parcel, tmp_path / "new"))), ADMIN)
    await until(lambda: len({process.version for process in processes}) == 1)
    await processes[2].keeper.rollback(ADMIN)
    await until(lambda: all(p.service.engine is engine for p, engine in zip(processes, first, strict=True)), SPREAD_S)
    assert [len(process.builder.built) for process in processes] == [2, 2, 2]


async def test_one_that_cannot_build_it_keeps_all_on_the_old_one_and_is_named(start: Start, parcel: Path, tmp_path: Path) -> None:
    new = edited(parcel, tmp_path / "new")
    processes = [await start(), await start(refuses=corpus_version(new)), await start()]
    old = processes[0].version
    with pytest.raises(InputError) as caught:
        await processes[0].keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    assert processes[1].cluster.name in str(caught.value)
    assert "causes/a.yaml:7: too-new" in str(caught.value)
    await asyncio.sleep(0.3)
    assert [process.version for process in processes] == [old] * 3
    assert all(process.swapped == [] for process in processes)
    assert await processes[0].store.audit_log() == ()
    other = edited(parcel, tmp_path / "other", "# yet another\n")
    await processes[1].keeper.upload(Upload("x.zip", zip_of(other)), ADMIN)
    await until(lambda: {process.version for process in processes} == {corpus_version(other)}, SPREAD_S)


async def test_a_corpus_that_does_not_pass_here_is_not_even_proposed(start: Start, parcel: Path, tmp_path: Path) -> None:
    first, second = await start(), await start()
    with pytest.raises(CorpusError):
        await first.keeper.upload(Upload("x.zip", zip_of(broken(parcel, tmp_path / "new"))), ADMIN)
    assert await second.cluster.database.run(ledger.under_way) is None


async def test_a_process_that_dies_while_it_prepares_is_waited_for_no_longer_than_its_life(
    start: Start, parcel: Path, tmp_path: Path
) -> None:
    life_s = 3.0
    processes = await three(start, life_s=life_s)
    new = edited(parcel, tmp_path / "new")
    processes[1].builder.goes.clear()
    change = asyncio.ensure_future(processes[0].keeper.upload(Upload("x.zip", zip_of(new)), ADMIN))
    await until(lambda: corpus_version(new) in processes[2].builder.built)
    assert not change.done()
    began = time.monotonic()
    await processes[1].die()
    await change
    assert time.monotonic() - began < life_s + 3.0
    assert corpus_version(new) not in processes[1].builder.built
    processes[1].builder.goes.set()
    await until(lambda: processes[2].version == corpus_version(new), SPREAD_S)


async def test_a_change_whose_proposer_died_is_void_and_the_next_one_works(start: Start, parcel: Path, tmp_path: Path) -> None:
    first, second = await start(life_s=2.0), await start(life_s=2.0)
    old = first.version
    left = Record(Served("0123456789ab"), Served(old))

    async def propose(process: str) -> object:
        peers = [peer.id for peer in await first.cluster.peers()]
        return await first.cluster.database.run(lambda c: ledger.propose(c, process, process, left, peers, 60.0))

    dead = second.cluster.id
    assert await propose(dead) is None
    new = edited(parcel, tmp_path / "new")
    with pytest.raises(BusyElsewhereError, match=second.cluster.name):
        await first.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    await second.die()
    async with asyncio.timeout(20.0):
        while len(await first.cluster.peers()) > 1:  # noqa: ASYNC110 - nobody says when another one counts as dead
            await asyncio.sleep(0.1)
    await first.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    assert first.version == corpus_version(new)
    assert not await first.cluster.database.run(lambda c: ledger.commit(c, dead, left))


async def test_of_two_changes_at_once_one_is_made_and_one_refused(start: Start, parcel: Path, tmp_path: Path) -> None:
    processes = await three(start)
    zips = [zip_of(edited(parcel, tmp_path / name, f"# {name}\n")) for name in ("one", "two")]
    results = await asyncio.gather(
        *(process.keeper.upload(Upload("x.zip", data), ADMIN) for process, data in zip(processes, zips, strict=False)),
        return_exceptions=True,
    )
    made = [result for result in results if not isinstance(result, BaseException)]
    assert len(made) == 1
    assert sum(isinstance(result, BusyElsewhereError) for result in results) == 1
    await until(lambda: {process.version for process in processes} == {made[0].new.version}, SPREAD_S)


async def test_a_process_that_does_not_hear_catches_up(start: Start, parcel: Path, tmp_path: Path) -> None:
    first, deaf = await start(life_s=2.0), await start(life_s=2.0)
    await deaf.cluster.listener.stop()
    new = edited(parcel, tmp_path / "new")
    await first.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    await until(lambda: deaf.version == corpus_version(new))
    assert deaf.builder.built.count(corpus_version(new)) == 1


async def test_a_process_that_starts_later_serves_what_is_served(start: Start, parcel: Path, tmp_path: Path) -> None:
    first = await start()
    new = edited(parcel, tmp_path / "new")
    await first.keeper.upload(Upload("edition.zip", zip_of(new)), ADMIN)
    later = await start()
    assert later.version == corpus_version(new)
    assert later.builder.built == [corpus_version(new)]
    assert later.keeper.live == first.keeper.live
    assert later.service.start_problem == ""
    await later.keeper.rollback(ADMIN)
    await until(lambda: first.version == later.version == corpus_version(parcel), SPREAD_S)


async def test_a_start_with_a_newer_folder_brings_it_to_all(start: Start, parcel: Path, tmp_path: Path) -> None:
    old = [await start(), await start()]
    new = edited(parcel, tmp_path / "new")
    newer = await start(new)
    assert newer.builder.built[0] == corpus_version(parcel)
    await until(lambda: {process.version for process in (*old, newer)} == {corpus_version(new)})
    assert newer.service.start_problem == ""
    assert all(process.keeper.live == Served(corpus_version(new)) for process in (*old, newer))


async def test_a_newer_folder_waits_until_no_older_process_refuses_it(start: Start, parcel: Path, tmp_path: Path) -> None:
    new = edited(parcel, tmp_path / "new")
    old = await start(refuses=corpus_version(new), life_s=2.0)
    newer = await start(new, life_s=2.0)
    await until(lambda: newer.service.start_problem != "")
    assert newer.version == old.version == corpus_version(parcel)
    assert corpus_version(new) in newer.service.start_problem
    assert old.cluster.name in newer.service.start_problem
    await old.stop()
    await until(lambda: newer.version == corpus_version(new))
    assert newer.service.start_problem == ""


async def test_an_upload_stays_whatever_the_folder_of_a_later_start_holds(start: Start, parcel: Path, tmp_path: Path) -> None:
    first = await start()
    upload = edited(parcel, tmp_path / "upload")
    await first.keeper.upload(Upload("x.zip", zip_of(upload)), ADMIN)
    later = await start(edited(parcel, tmp_path / "folder", "# folder\n"))
    await asyncio.sleep(1.5)
    assert first.version == later.version == corpus_version(upload)


async def test_processes_of_one_machine_may_share_a_folder(start: Start, parcel: Path, tmp_path: Path) -> None:
    processes = [await start(data="shared") for _ in range(3)]
    new = edited(parcel, tmp_path / "new")
    await processes[0].keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    await until(lambda: {process.version for process in processes} == {corpus_version(new)}, SPREAD_S)
    assert (await start(data="shared")).version == corpus_version(new)


async def test_where_the_database_is_away_a_change_is_refused_and_the_old_corpus_serves(
    start: Start, parcel: Path, tmp_path: Path
) -> None:
    process = await start()
    old = process.version

    async def away(*_: object, **__: object) -> object:
        raise StateError("The state cannot be used at the moment.")

    process.cluster.database.run = away  # type: ignore[method-assign, assignment]
    with pytest.raises(StateError):
        await process.keeper.upload(Upload("x.zip", zip_of(edited(parcel, tmp_path / "new"))), ADMIN)
    assert process.version == old
    del process.cluster.database.run
    assert await process.cluster.database.run(ledger.under_way) is None


async def test_what_is_served_is_told_in_whole_lines(start: Start) -> None:
    process = await start()
    lines = [f"causes/{number}.yaml:1: bad: {'x' * 90}" for number in range(60)]
    await process.cluster.database.run(lambda c: ledger.report(c, "change", "other", "\n".join(lines)))
    said = (await process.cluster.database.run(lambda c: ledger.reports(c, "change")))["other"].splitlines()
    assert said[:-1] == lines[: len(said) - 1]
    assert said[-1] == f"… and {len(lines) - len(said) + 1} more line(s)"


async def test_archives_that_nobody_needs_are_removed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    process = await start()
    monkeypatch.setattr(ledger, "FRESH_S", -10)
    database = process.cluster.database
    for number in range(KEPT + 3):
        await database.run(lambda c, n=number: ledger.add_archive(c, f"{n:012x}", b"zip"))  # type: ignore[misc]
    await database.run(ledger.prune)
    found = [await database.run(lambda c, n=n: ledger.find_archive(c, f"{n:012x}")) for n in range(KEPT + 3)]  # type: ignore[misc]
    assert sum(data is not None for data in found) == KEPT
    assert await database.run(lambda c: ledger.find_archive(c, process.version)) is not None


async def test_a_damaged_archive_is_not_served(start: Start, parcel: Path, tmp_path: Path) -> None:
    first, second = await start(), await start()
    new = edited(parcel, tmp_path / "new")
    version = corpus_version(new)

    add = ledger.add_archive

    async def add_damaged(connection: object, version: str, data: bytes) -> None:
        await add(connection, version, zip_of(parcel))  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "add_archive", add_damaged)
        with pytest.raises(InputError, match=f"archive of corpus {version} in the database is damaged"):
            await first.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    assert second.version == first.version == corpus_version(parcel)


def test_where_the_database_is_away_a_start_serves_what_is_known_without_it(
    cache_dir: Path, parcel: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {
        "KNOWLEDGE_DIR": str(parcel),
        "CACHE_DIR": str(cache_dir),
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": "postgresql+asyncpg://bot:hush-this@127.0.0.1:1/bot",
    }
    service = open_service(load_settings(environ), Builder())
    service.close()
    assert service.snapshot.version == corpus_version(parcel)
    assert "What the other processes serve cannot be read" in caplog.text
    assert "hush-this" not in caplog.text
