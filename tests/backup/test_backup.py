"""A backup is one moment of the whole state, and is taken back whole, into either kind of database, or not at all."""

from __future__ import annotations

import asyncio
import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from postgres_fixtures import name_of
from postgres_server import PASSWORD, PostgresServer
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backup import make_backup, restore_backup
from bot.backup.contents import MANIFEST, TABLES, table_member
from bot.backup.folders import folder_of
from bot.cli import main
from bot.corpus_store.kept import Kept
from bot.corpus_store.packing import pack
from bot.corpus_store.record import Origin, Record, Served, read_record, write_record
from bot.corpus_store.start import corpus_folder
from bot.diagnosis.types import Verdict
from bot.errors import InputError, StateError, UserError
from bot.knowledge.load import corpus_version
from bot.knowledge.types import Level
from bot.settings import Settings, load_settings
from bot.state import Outcome, StoredAnswer, StoredCandidate, make_store
from bot.state.database import Database
from bot.state.schema import newest
from bot.state.store import state_url
from bot.state.tables import ARCHIVES, AUDIT, EMBEDDINGS, METADATA, PROCESSES, SERVED, SHARDS

PARCEL = Path(__file__).parent.parent / "corpora/parcel"
VERSION = corpus_version(PARCEL)
GUILD = (1 << 62) + 3
RECORDS = {0: Record(Served(VERSION, Origin.UPLOAD, "mine.zip", 7, 100, pinned=True)), GUILD: Record(Served(VERSION))}


@dataclass
class Place:
    """Somewhere a bot has its state."""

    settings: Settings

    @property
    def shared(self) -> bool:
        return self.settings.database_url is not None

    def run(self, work: Callable[[AsyncConnection], Any]) -> Any:
        """Work on the database."""

        async def use() -> Any:
            database = Database(state_url(self.settings))
            try:
                return await database.run(work)
            finally:
                await database.close()

        return asyncio.run(use())

    def fill(self) -> None:
        """What a bot writes in its life, with the corpora."""
        asyncio.run(self._fill())
        if self.shared:
            self.run(self._add_corpora)
            return
        for scope, record in RECORDS.items():
            kept = Kept(folder_of(corpus_folder(self.settings), scope))
            kept.copy(PARCEL, VERSION)
            write_record(kept.folder, record)

    async def _fill(self) -> None:
        store = make_store(self.settings)
        for source in (5, (1 << 63) - 1):
            await store.claim(source)
            await store.record_answer(stored(source))
        await store.vote(5, 30, Outcome.MISSED, "quota-exceeded")
        await store.set_guild_setting(GUILD, "helper_roles", [1 << 62, "ünïcödé \u2028", None, {"a": 1.5}])
        await store.set_user_setting(30, "opted_out", True)
        await store.posts.take(GUILD, "2026-W01")
        for number in range(3):
            await store.audit(7, "reload", f"corpus {number}")
        assert store.available
        await store.close()

    async def _add_corpora(self, connection: AsyncConnection) -> None:
        await connection.execute(insert(ARCHIVES).values(version=VERSION, archive=pack(PARCEL), added_at=1))
        for scope, record in RECORDS.items():
            await connection.execute(insert(SERVED).values(scope=scope, record=asdict(record)))
        await connection.execute(insert(SHARDS).values(shard=0, owner="someone"))
        await connection.execute(insert(EMBEDDINGS).values(model="m", text=b"t" * 32, vector=b"v", at=1))

    def content(self) -> dict[str, Any]:
        """All that a backup is to keep, as values that do not depend on the kind of database."""

        async def read(connection: AsyncConnection) -> dict[str, Any]:
            found = {}
            for name, table in TABLES.items():
                rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).all()
                found[name] = [tuple(row) for row in rows]
            return found

        found: dict[str, Any] = self.run(read)
        root = corpus_folder(self.settings)
        if self.shared:
            found["archives"] = self.run(lambda c: c.scalar(select(func.count()).select_from(ARCHIVES)))
        else:
            scopes = [scope for scope in sorted(RECORDS) if read_record(folder_of(root, scope)).live is not None]
            found[SERVED.name] = [(scope, asdict(read_record(folder_of(root, scope)))) for scope in scopes]
            found["archives"] = int(any(Kept(folder_of(root, scope)).is_intact(VERSION) for scope in scopes))
        return found


def stored(source: int) -> StoredAnswer:
    answer = StoredAnswer(source, 20, 30, Verdict.OVERVIEW, guild_id=GUILD, thread_id=40, reply_ids=(source - 1,))
    candidates = (StoredCandidate("quota-exceeded", Level.LIKELY, 0.7),)
    return replace(answer, candidates=candidates, fingerprints=frozenset({"aa", f"f{source}"}), templates={"aa": "KeyError: #"})


@pytest.fixture
def places(tmp_path: Path, postgres_server: PostgresServer, request: pytest.FixtureRequest) -> Callable[[str], Place]:
    """Makes places with nothing in them, of the kind that is asked for."""
    made: list[str] = []

    def make(kind: str) -> Place:
        values = {"DATA_DIR": str(tmp_path / f"data{len(made)}")}
        made.append(f"backup_{len(made)}_{id(made)}")
        if kind == "postgresql":
            postgres_server.execute(f"CREATE DATABASE {made[-1]}")
            request.addfinalizer(partial(postgres_server.execute, f"DROP DATABASE {made[-1]} WITH (FORCE)"))
            values["DATABASE_URL"] = postgres_server.url(made[-1])
        return Place(load_settings(values))

    return make


Places = Callable[[str], Place]
KINDS = ("sqlite", "postgresql")


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_everything_comes_back_in_either_kind_of_database(places: Places, tmp_path: Path, source: str, target: str) -> None:
    old, new = places(source), places(target)
    old.fill()
    expected = old.content()
    assert all(expected[name] for name in TABLES if name != "cluster")
    manifest = make_backup(old.settings, tmp_path / "backup.zip")
    assert {name: member.rows for name, member in manifest.tables.items()} == {name: len(expected[name]) for name in TABLES}
    restore_backup(new.settings, tmp_path / "backup.zip")
    assert new.content() == expected
    assert new.content()["archives"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_audit_goes_on_after_a_restore(places: Places, tmp_path: Path, kind: str) -> None:
    old, new = places("sqlite"), places(kind)
    old.fill()
    make_backup(old.settings, tmp_path / "b")
    restore_backup(new.settings, tmp_path / "b")

    async def go_on() -> list[str]:
        store = make_store(new.settings)
        await store.audit(8, "after")
        entries = await store.audit_log()
        await store.close()
        return [entry.action for entry in entries]

    assert asyncio.run(go_on()) == ["after", "reload", "reload", "reload"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_is_there_is_replaced_only_when_told(places: Places, tmp_path: Path, kind: str) -> None:
    old, new = places("sqlite"), places(kind)
    old.fill()
    make_backup(old.settings, tmp_path / "b")
    new.fill()

    async def change() -> None:
        store = make_store(new.settings)
        await store.set_guild_setting(GUILD, "other", 1)
        await store.claim(999)
        await store.close()

    asyncio.run(change())
    before = new.content()
    with pytest.raises(InputError, match=r"holds a state already \(claims, answers, .*--replace"):
        restore_backup(new.settings, tmp_path / "b")
    assert new.content() == before
    restore_backup(new.settings, tmp_path / "b", replace=True)
    assert new.content() == {**old.content(), "cluster": []}
    assert new.content() != before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["in the last table", "at the end"])
def test_a_restore_that_breaks_off_leaves_the_old_state(
    places: Places, tmp_path: Path, kind: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = places("sqlite"), places(kind)
    old.fill()
    make_backup(old.settings, tmp_path / "b")
    new.fill()
    asyncio.run(_claim_more(new.settings))
    if not new.shared:
        write_record(folder_of(corpus_folder(new.settings), 0), Record(Served(VERSION, name="the old one")))
    before = new.content()
    target = "bot.backup.restore._insert"
    if fault == "in the last table":
        from bot.backup.restore import _insert

        async def broken(connection: AsyncConnection, table: Any, rows: Any) -> None:
            await _insert(connection, table, rows)
            if table is AUDIT:
                raise KeyboardInterrupt

        monkeypatch.setattr(target, broken)
    elif new.shared:
        monkeypatch.setattr("bot.backup.restore._go_on_counting", _interrupted)
    else:
        monkeypatch.setattr(AsyncConnection, "commit", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(new.settings, tmp_path / "b", replace=True)
    monkeypatch.undo()
    assert new.content() == before


async def _interrupted(_: object) -> None:
    raise KeyboardInterrupt


async def _claim_more(settings: Settings) -> None:
    store = make_store(settings)
    await store.claim(1234)
    await store.close()


def test_a_running_process_keeps_a_restore_away(places: Places, tmp_path: Path) -> None:
    old, new = places("sqlite"), places("postgresql")
    old.fill()
    make_backup(old.settings, tmp_path / "b")
    from bot.cluster import processes

    new.run(lambda c: processes.beat(c, "p1", "host:42", "", ""))
    with pytest.raises(InputError, match=r"The bot runs on this database \(host:42\): stop it"):
        restore_backup(new.settings, tmp_path / "b", replace=True)
    new.run(lambda c: c.execute(PROCESSES.update().values(seen_at=PROCESSES.c.seen_at - 60)))
    restore_backup(new.settings, tmp_path / "b")
    assert new.content() == {**old.content(), "cluster": []}


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_is_one_moment_while_the_bot_writes(places: Places, tmp_path: Path, kind: str) -> None:
    place = places(kind)
    place.fill()

    async def write_and_back_up() -> None:
        store = make_store(place.settings)
        going, many = True, asyncio.Event()

        async def write() -> None:
            source = 1_000
            while going:
                source += 2
                assert await store.claim(source)
                await store.record_answer(stored(source))
                if source > 1_020:
                    many.set()

        writing = asyncio.ensure_future(write())
        await many.wait()
        await asyncio.to_thread(make_backup, place.settings, tmp_path / "b")
        going = False
        await writing
        await store.close()

    asyncio.run(write_and_back_up())
    with zipfile.ZipFile(tmp_path / "b") as archive:
        rows = {name: [json.loads(line) for line in archive.open(table_member(name))] for name in TABLES}
    answers = {row["source_id"] for row in rows["answers"]}
    assert len(answers) > 10
    assert {row["source_id"] for row in rows["replies"]} == answers
    assert {row["source_id"] for row in rows["fingerprints"]} == answers
    assert answers <= {row["source_id"] for row in rows["claims"]}


def test_only_its_owner_may_read_a_backup_and_it_holds_no_password(places: Places, tmp_path: Path) -> None:
    place = places("postgresql")
    place.fill()
    path = tmp_path / "b"
    path.write_text("an older one")
    path.chmod(0o644)
    make_backup(place.settings, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.glob("*b*") if found.is_file()] == ["b"]
    with zipfile.ZipFile(path) as archive:
        assert PASSWORD.encode() not in b"".join(archive.read(name) for name in archive.namelist())
        assert not {name for name in archive.namelist() if "shards" in name or "processes" in name or "embeddings" in name}


def test_a_backup_that_cannot_be_finished_leaves_the_one_that_is_there(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = places("sqlite")
    place.fill()
    (tmp_path / "b").write_text("an older one")
    monkeypatch.setattr("bot.backup.make.to_line", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InputError, match="No space left on device"):
        make_backup(place.settings, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "an older one"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["b"]


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The same file with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, change(name, data))


def in_manifest(**values: Any) -> Callable[[str, bytes], bytes]:
    return lambda name, data: json.dumps({**json.loads(data), **values}).encode() if name == MANIFEST else data


def in_member(wanted: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, data: data.replace(old, new) if name.startswith(wanted) else data


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (in_manifest(schema="9999"), r"newer version of this bot \(its schema is 9999"),
        (in_manifest(format=2), "newer version"),
        (in_manifest(tables={"secrets": {"bytes": 1, "sha256": "", "rows": 1}}), "tables that this version .*: secrets"),
        (in_manifest(tables=7), "manifest.json is damaged"),
        (in_manifest(corpora={"abcd": {"bytes": 1, "sha256": ""}}), "damaged"),
        (in_member("tables/claims", b'"at"', b'"to"'), "columns that this version"),
        (in_member("tables/claims", b'"source_id":5', b'"source_id":6'), "table claims is damaged"),
        (in_member("tables/claims", b"{", b""), "table claims is damaged"),
        (in_member("tables/claims", b'"at":', b'"at":null,"owner":'), "lacks the column at"),
        (in_member("corpora/", b"PK", b"KP"), "corpus .* is damaged"),
        (in_member(MANIFEST, b"{", b""), "manifest.json is damaged"),
    ],
)
def test_a_file_that_is_not_what_it_was_is_refused(
    places: Places, tmp_path: Path, change: Callable[[str, bytes], bytes], told: str
) -> None:
    place = places("sqlite")
    place.fill()
    make_backup(place.settings, tmp_path / "b")
    rewritten(tmp_path / "b", change)
    empty = places("sqlite")
    with pytest.raises(InputError, match=told):
        restore_backup(empty.settings, tmp_path / "b")
    assert not empty.settings.data_dir.exists()


def test_a_file_that_is_cut_off_flipped_or_none_is_refused(places: Places, tmp_path: Path) -> None:
    place, path = places("sqlite"), tmp_path / "b"
    place.fill()
    make_backup(place.settings, path)
    whole = path.read_bytes()
    empty = places("sqlite")
    flips = [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in range(40, len(whole), 307)]
    refused = 0
    for data in (b"", b"no zip", whole[:-30], whole[: len(whole) // 2], *flips):
        path.write_bytes(data)
        try:
            restore_backup(empty.settings, path, replace=True)
        except InputError:
            refused += 1
        else:
            assert empty.content() == {**place.content(), "cluster": []}, "a bit that says nothing may flip"
    assert refused >= 4 + len(flips) // 2
    with pytest.raises(InputError, match="there is no such file"):
        restore_backup(empty.settings, tmp_path / "nothing")
    with pytest.raises(InputError, match="cannot be read"):
        restore_backup(empty.settings, tmp_path)


def test_a_backup_of_an_older_schema_is_restored_into_this_one(
    places: Places, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    old, new = places("postgresql"), places("sqlite")
    old.fill()
    expected = old.content()
    name = name_of(str(old.settings.database_url.get_secret_value())) if old.settings.database_url else ""
    postgres_server.execute("ALTER TABLE claims DROP COLUMN owner; DROP TABLE cluster, served, archives", name)
    postgres_server.execute("UPDATE alembic_version SET version_num = '0002'", name)
    manifest = make_backup(old.settings, tmp_path / "b")
    assert manifest.schema == "0002" < newest()
    assert postgres_server.execute("SELECT version_num FROM alembic_version", name) == "0002", "a backup changes nothing"
    restore_backup(new.settings, tmp_path / "b")
    assert new.content() == {**expected, "served": [], "cluster": [], "archives": 0}


def test_what_cannot_be_backed_up_is_told(places: Places, tmp_path: Path, postgres_server: PostgresServer) -> None:
    with pytest.raises(StateError, match="There is no state in"):
        make_backup(places("sqlite").settings, tmp_path / "b")
    with pytest.raises(StateError, match="no state of this bot"):
        make_backup(places("postgresql").settings, tmp_path / "b")
    place = places("sqlite")
    place.fill()
    with pytest.raises(InputError, match="cannot be written"):
        make_backup(place.settings, tmp_path / "nowhere" / "b")
    with pytest.raises(InputError, match="cannot be written"):
        make_backup(place.settings, tmp_path)
    away = load_settings({"DATABASE_URL": "postgresql://u:hush-this-one@127.0.0.1:1/d"})
    make_backup(place.settings, tmp_path / "b")
    for use in (make_backup, restore_backup):
        with pytest.raises(UserError, match=r"DATABASE_URL: .*Connection refused") as caught:
            use(away, tmp_path / "b")
        assert PASSWORD not in str(caught.value)


def test_a_corpus_that_is_damaged_on_disk_is_left_out_and_told(
    places: Places, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = places("sqlite")
    place.fill()
    for scope in RECORDS:
        (Kept(folder_of(corpus_folder(place.settings), scope)).path(VERSION) / "product.yaml").write_text("other: 1")
    assert make_backup(place.settings, tmp_path / "b").corpora == {}
    assert f"Corpus {VERSION} is not in the backup" in caplog.text


def test_every_table_is_kept_or_left_out_on_purpose() -> None:
    left_out = {"processes", "shards", "identifies", "changes", "prepared", "embeddings", "archives"}
    assert set(METADATA.tables) == TABLES.keys() | left_out


def test_one_command_backs_up_and_one_restores(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = places("sqlite"), places("sqlite")
    old.fill()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATA_DIR", str(old.settings.data_dir))
    assert main(["backup", str(tmp_path / "b")]) == 0
    assert "claims 2, answers 2, " in capsys.readouterr().out
    monkeypatch.setenv("DATA_DIR", str(new.settings.data_dir))
    assert main(["restore", str(tmp_path / "b")]) == 0
    assert new.content() == old.content()
    assert main(["restore", str(tmp_path / "b")]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "b"), "--replace"]) == 0
