"""Corpora replaced, taken back, and found again after a restart, with the real engine on the invented product's corpus."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from test_corpus_store_archive import zip_of

from bot.corpus_store import Keeper, Origin, Upload, open_service
from bot.corpus_store.keeper import NOTHING_BEFORE
from bot.corpus_store.kept import KEPT, Kept
from bot.corpus_store.record import FILE_NAME, Record, Served, read_record, write_record
from bot.corpus_store.workshop import BUSY, TOO_LONG
from bot.engine import Engine, build_engine
from bot.errors import CorpusError, InputError
from bot.knowledge.load import corpus_version
from bot.settings import Settings, load_settings
from bot.state import Store
from bot.state.database import Database

ADMIN = 42


@pytest.fixture
def settings(cache_dir: Path, parcel: Path, tmp_path: Path) -> Settings:
    return load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(Database(f"sqlite+aiosqlite:///{tmp_path / 's.db'}"), 30)
    yield store
    await store.close()


class Bot:
    """What a process has of it all; `again` is the next process."""

    def __init__(self, settings: Settings, store: Store, timeout_s: float = 60.0) -> None:
        self.settings, self.store = settings, store
        self.service = open_service(settings)
        self.keeper = Keeper(self.service, store, settings, timeout_s)

    def again(self) -> Bot:
        self.service.close()
        return Bot(self.settings, self.store)

    @property
    def version(self) -> str:
        return self.service.snapshot.version


@pytest.fixture
def bot(settings: Settings, store: Store) -> Bot:
    return Bot(settings, store)


def edited(source: Path, target: Path, note: str = "# another edition\n") -> Path:
    """The corpus with a comment more: another version that says the same."""
    shutil.copytree(source, target)
    sources = target / "sources.yaml"
    sources.write_text(note + sources.read_text("utf-8"), "utf-8")
    return target


def broken(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    sources = target / "sources.yaml"
    sources.write_text(sources.read_text("utf-8") + "\n- id: nothing\n", "utf-8")
    return target


def files_of(settings: Settings) -> list[str]:
    folder = settings.data_dir / "corpus"
    names = [path.relative_to(folder) for path in folder.rglob("*")]
    return sorted(name.as_posix() for name in names if len(name.parts) <= 2 and name != Path("incoming"))


async def test_an_uploaded_corpus_is_served_and_still_is_after_a_restart(bot: Bot, tmp_path: Path) -> None:
    new = edited(bot.settings.knowledge_dir, tmp_path / "new")
    old = bot.version
    change = await bot.keeper.upload(Upload("edition.zip", zip_of(new)), ADMIN)
    assert change.old is not None
    assert (change.old.version, change.new.version) == (old, corpus_version(new))
    later = bot.again()
    for process in (bot, later):
        assert process.version == corpus_version(new)
        live = process.keeper.live
        assert (live.origin, live.name, live.user_id, live.pinned) == (Origin.UPLOAD, "edition.zip", ADMIN, True)
        assert process.keeper.record.previous is not None
        assert process.keeper.record.previous.version == old
    assert later.service.start_problem == ""


async def test_every_change_is_written_down_with_who_and_what(bot: Bot, tmp_path: Path) -> None:
    old, new = bot.version, edited(bot.settings.knowledge_dir, tmp_path / "new")
    await bot.keeper.upload(Upload("edition.zip", zip_of(new)), ADMIN)
    await bot.keeper.rollback(ADMIN + 1)
    await bot.keeper.reload(ADMIN)
    entries = [(entry.user_id, entry.action, entry.detail) for entry in await bot.store.audit_log()]
    assert entries == [
        (ADMIN, "corpus-reload", f"{old} → {old} (folder)"),
        (ADMIN + 1, "corpus-rollback", f"{corpus_version(new)} → {old} (folder)"),
        (ADMIN, "corpus-upload", f"{old} → {corpus_version(new)} (upload edition.zip)"),
    ]


async def test_an_upload_that_fails_its_checks_changes_nothing_and_leaves_nothing(bot: Bot, tmp_path: Path) -> None:
    before, version = files_of(bot.settings), bot.version
    with pytest.raises(CorpusError) as caught:
        await bot.keeper.upload(Upload("x.zip", zip_of(broken(bot.settings.knowledge_dir, tmp_path / "new"))), ADMIN)
    assert all(problem.path == "sources.yaml" for problem in caught.value.problems)
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(InputError):
        await bot.keeper.upload(Upload("x.zip", b"no zip"), ADMIN)
    assert bot.version == bot.again().version == version
    assert files_of(bot.settings) == before
    assert await bot.store.audit_log() == ()


async def test_a_corpus_that_breaks_its_own_tests_is_refused(bot: Bot, tmp_path: Path) -> None:
    new = edited(bot.settings.knowledge_dir, tmp_path / "new")
    cause = next(iter(sorted((new / "causes").rglob("*.yaml"))))
    text = cause.read_text("utf-8")
    cause.write_text(text.replace("no_match:", "no_match:\n    - placeholder that is quiet", 1), "utf-8")
    target = text.split("match:\n", 1)[1].split("\n", 1)[0]
    cause.write_text(cause.read_text("utf-8").replace("    - placeholder that is quiet", target, 1), "utf-8")
    with pytest.raises(CorpusError):
        await bot.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)


async def test_rolling_back_serves_the_engine_before_at_once_and_after_a_restart(bot: Bot, tmp_path: Path) -> None:
    first = bot.service.engine
    new = edited(bot.settings.knowledge_dir, tmp_path / "new")
    await bot.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    await bot.keeper.rollback(ADMIN)
    assert bot.service.engine is first
    later = bot.again()
    assert later.version == first.snapshot.version
    await later.keeper.rollback(ADMIN)
    assert later.version == later.again().version == corpus_version(new)


async def test_after_a_rollback_a_restart_does_not_serve_what_the_folder_holds_now(bot: Bot) -> None:
    first, folder = bot.version, bot.settings.knowledge_dir
    (folder / "sources.yaml").write_text("# new\n" + (folder / "sources.yaml").read_text("utf-8"), "utf-8")
    await bot.keeper.reload(ADMIN)
    assert bot.version == corpus_version(folder) != first
    await bot.keeper.rollback(ADMIN)
    later = bot.again()
    assert later.version == first
    await later.keeper.reload(ADMIN)
    assert later.again().version == corpus_version(folder)


async def test_reading_the_same_corpus_again_does_not_lose_the_one_before(bot: Bot, tmp_path: Path) -> None:
    first = bot.version
    data = zip_of(edited(bot.settings.knowledge_dir, tmp_path / "new"))
    await bot.keeper.upload(Upload("x.zip", data), ADMIN)
    await bot.keeper.upload(Upload("again.zip", data), ADMIN)
    assert (await bot.keeper.rollback(ADMIN)).new.version == first


async def test_without_an_earlier_corpus_there_is_nothing_to_go_back_to(bot: Bot) -> None:
    with pytest.raises(InputError, match=NOTHING_BEFORE):
        await bot.keeper.rollback(ADMIN)


@pytest.mark.parametrize("damage", ["broken", "changed", "gone"])
async def test_a_kept_corpus_that_no_longer_loads_gives_way_to_the_folder(
    bot: Bot, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, new = bot.version, edited(bot.settings.knowledge_dir, tmp_path / "new")
    await bot.keeper.upload(Upload("x.zip", zip_of(new)), ADMIN)
    copy = Kept(bot.settings.data_dir / "corpus").path(corpus_version(new))
    if damage == "gone":
        shutil.rmtree(copy)
    else:
        note = "- id: nothing\n" if damage == "broken" else "# changed\n"
        (copy / "sources.yaml").write_text(note + (copy / "sources.yaml").read_text("utf-8"), "utf-8")
    with caplog.at_level(logging.ERROR):
        later = bot.again()
    assert later.version == first
    assert corpus_version(new) in later.service.start_problem
    assert later.service.start_problem in caplog.text


async def test_a_damaged_record_is_as_good_as_none(bot: Bot, tmp_path: Path) -> None:
    first = bot.version
    await bot.keeper.upload(Upload("x.zip", zip_of(edited(bot.settings.knowledge_dir, tmp_path / "new"))), ADMIN)
    record = bot.settings.data_dir / "corpus" / FILE_NAME
    for text in ("{", "[]", '{"live": {"version": "../../etc"}}', '{"live": 3}'):
        record.write_text(text, "utf-8")
        assert bot.again().version == first


async def test_what_a_crash_left_half_done_is_removed_at_the_start(bot: Bot) -> None:
    left = bot.settings.data_dir / "corpus" / "incoming" / "tmp1" / "corpus"
    left.mkdir(parents=True)
    (bot.settings.data_dir / "corpus" / f"{FILE_NAME}.new").write_text("{", "utf-8")
    assert bot.again().version == bot.version
    assert not left.exists()


async def test_one_change_at_a_time_and_the_live_corpus_answers_meanwhile(bot: Bot, tmp_path: Path) -> None:
    data = zip_of(edited(bot.settings.knowledge_dir, tmp_path / "new"))
    go = threading.Event()
    holds = bot.service.apart(go.wait)
    first = asyncio.ensure_future(bot.keeper.upload(Upload("x.zip", data), ADMIN))
    await asyncio.sleep(0)
    for attempt in (bot.keeper.reload(ADMIN), bot.keeper.rollback(ADMIN), bot.keeper.check(None)):
        with pytest.raises(InputError, match=BUSY):
            await attempt
    assert (await bot.service.answer("parcelo.LabelError: overweight")).reply.headline
    go.set()
    await holds
    assert (await first).new.version == bot.version


async def test_what_takes_too_long_is_given_up_and_nothing_comes_of_it(settings: Settings, store: Store) -> None:
    bot = Bot(settings, store, timeout_s=0.05)
    go, version = threading.Event(), bot.version
    holds = bot.service.apart(go.wait)
    with pytest.raises(InputError, match=TOO_LONG):
        await bot.keeper.reload(ADMIN)
    with pytest.raises(InputError, match=BUSY):
        await bot.keeper.reload(ADMIN)
    go.set()
    await holds
    await bot.service.apart(lambda: None)
    assert bot.version == version
    assert read_record(settings.data_dir / "corpus") == Record()


async def test_where_nothing_can_be_kept_an_upload_is_refused_and_the_folder_still_served(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way", "utf-8")
    bot = Bot(settings, store)
    with pytest.raises(InputError, match="cannot be unpacked"):
        await bot.keeper.upload(Upload("x.zip", zip_of(settings.knowledge_dir)), ADMIN)
    folder = settings.knowledge_dir
    (folder / "sources.yaml").write_text("# new\n" + (folder / "sources.yaml").read_text("utf-8"), "utf-8")
    change = await bot.keeper.reload(ADMIN)
    assert bot.version == corpus_version(folder)
    assert "No copy of it could be kept" in change.warning
    assert change.old is not None
    assert (await bot.keeper.rollback(ADMIN)).new.version == change.old.version


async def test_only_the_latest_versions_are_kept_and_those_in_use(tmp_path: Path, parcel: Path) -> None:
    kept = Kept(tmp_path / "kept")
    versions = []
    for number in range(KEPT + 3):
        version = corpus_version(edited(parcel, tmp_path / str(number), f"# {number}\n"))
        kept.copy(tmp_path / str(number), version)
        versions.append(version)
    kept.prune({versions[0]})
    assert kept.has(versions[0])
    assert sum(map(kept.has, versions)) == KEPT + 1


def test_a_copy_of_a_corpus_that_changed_meanwhile_is_not_kept(tmp_path: Path, parcel: Path) -> None:
    kept = Kept(tmp_path / "kept")
    with pytest.raises(OSError, match="changed meanwhile"):
        kept.copy(parcel, "0" * 12)
    assert not kept.has("0" * 12)


def test_the_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(Served("a" * 12, Origin.UPLOAD, "näme.zip", 7, 8, True), Served("b" * 12))
    write_record(tmp_path, record)
    assert read_record(tmp_path) == record


async def test_checking_serves_and_keeps_nothing(bot: Bot, tmp_path: Path) -> None:
    before, version = files_of(bot.settings), bot.version
    own = await bot.keeper.check(None)
    assert own.errors == ()
    report = await bot.keeper.check(Upload("x.zip", zip_of(broken(bot.settings.knowledge_dir, tmp_path / "new"))))
    assert {problem.path for problem in report.errors} == {"sources.yaml"}
    assert bot.version == version
    assert files_of(bot.settings) == before


def test_a_broken_folder_stops_the_start_when_nothing_was_uploaded(settings: Settings, tmp_path: Path) -> None:
    bad = settings.model_copy(update={"knowledge_dir": broken(settings.knowledge_dir, tmp_path / "bad")})
    with pytest.raises(CorpusError):
        open_service(bad)


def test_the_start_builds_from_what_is_served(settings: Settings) -> None:
    seen: list[Path] = []

    def build(given: Settings, *, own: bool = False) -> Engine:
        seen.append(given.knowledge_dir)
        return build_engine(given, own=own)

    open_service(settings, build).close()
    assert seen == [settings.knowledge_dir]
