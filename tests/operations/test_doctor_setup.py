"""What the doctor finds without Discord: token, settings, machine, model, corpus, database; and how it tells."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from operations_fixtures import free_port
from postgres_fixtures import name_of
from postgres_server import PostgresServer

from bot.cli import main
from bot.errors import ModelError
from bot.operations.doctor import database, knowledge, machine
from bot.operations.doctor.findings import Finding, Level, run_check, run_network_check
from bot.operations.doctor.setup import bot_id, check_settings, check_token
from bot.operations.server import Operations
from bot.retrieval.exported import Export
from bot.settings import Settings, load_settings
from bot.state import make_store
from bot.state.schema import newest

OK, WARNING, ERROR = Level
PARCEL = Path(__file__).resolve().parents[1] / "corpora/parcel"
SECRET = "secret-part-of-it"


def token(first: str) -> str:
    return f"{base64.urlsafe_b64encode(first.encode()).decode().rstrip('=')}.abcdef.{SECRET}"


@pytest.mark.parametrize(
    ("given", "level", "found"),
    [
        (token("112233445566778899"), OK, "of the bot 112233445566778899"),
        (token("1001"), OK, "of the bot 1001"),
        ("", ERROR, "not set"),
        (SECRET, ERROR, "1 part(s)"),
        (f"a.b.c.{SECRET}", ERROR, "4 part(s)"),
        (token("no number"), ERROR, "not the id of a bot"),
        (f"*.abcdef.{SECRET}", ERROR, "not the id of a bot"),
        (f"..{SECRET}", ERROR, "not the id of a bot"),
    ],
)
def test_the_shape_of_the_token_is_checked_and_the_token_not_shown(given: str, level: Level, found: str) -> None:
    (finding,) = check_token(load_settings({"DISCORD_TOKEN": given}))
    assert (finding.level, finding.about) == (level, "DISCORD_TOKEN")
    assert found in finding.found
    assert bool(finding.advice) is (level is ERROR)
    assert SECRET not in str(finding)
    assert (bot_id(given) is not None) is (level is OK)


CHOSEN = {"SUPPORT_CHANNELS": "1", "HELPER_ROLES": "2", "DATA_DIR": "/srv/data", "CACHE_DIR": "/srv/cache"}


@pytest.mark.parametrize(
    ("environ", "about", "advice"),
    [
        ({"SUPPORT_CHANNELS": ""}, "SUPPORT_CHANNELS", "/settings set"),
        ({"MESSAGE_CONTENT_INTENT": "off"}, "MESSAGE_CONTENT_INTENT", "MESSAGE_CONTENT_INTENT=auto"),
        ({"HELPER_ROLES": ""}, "HUMAN_ROLES", "helpers' roles"),
        ({"USER_ANSWERS_PER_MINUTE": "31"}, "USER_ANSWERS_PER_MINUTE", "CHANNEL_ANSWERS_PER_MINUTE"),
        ({"DATA_DIR": "/srv/cache/data"}, "DATA_DIR", "another folder"),
        ({"DATA_DIR": "/srv/cache"}, "DATA_DIR", "another folder"),
        ({"DISCORD_API_BASE": "http://example.org/api"}, "DISCORD_API_BASE", "https://"),
        ({"METRICS_PORT": "9100", "METRICS_HOST": "0.0.0.0"}, "METRICS_HOST", "127.0.0.1"),
        ({"API_TOKENS": "x" * 24, "API_HOST": "::"}, "API_HOST", "TLS"),
    ],
)
def test_settings_that_do_not_go_together_are_named_with_what_to_do(environ: dict[str, str], about: str, advice: str) -> None:
    (finding,) = check_settings(load_settings({**CHOSEN, **environ}))
    assert (finding.level, finding.about) == (WARNING, about)
    assert advice in finding.advice


def test_screenshots_without_ocr_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.operations.doctor.setup.is_installed", lambda: False)
    (finding,) = check_settings(load_settings({**CHOSEN, "READ_SCREENSHOTS": "on"}))
    assert (finding.level, finding.about) == (ERROR, "READ_SCREENSHOTS")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HELPER_ROLES": "", "HUMAN_CALLS_PER_HOUR": "0"},
        {"METRICS_PORT": "9100", "METRICS_HOST": "::1"},
        {"METRICS_HOST": "0.0.0.0"},
        {"DISCORD_API_BASE": "http://localhost:8080/api"},
    ],
)
def test_sound_settings_have_one_finding_that_says_so(environ: dict[str, str]) -> None:
    assert [finding.level for finding in check_settings(load_settings({**CHOSEN, **environ}))] == [OK]


class Room(NamedTuple):
    total: int
    used: int
    free: int


def folders(tmp_path: Path, **more: str) -> Settings:
    return load_settings({"DATA_DIR": str(tmp_path / "data"), "CACHE_DIR": str(tmp_path / "cache"), **more})


@pytest.mark.parametrize(("free_mb", "level"), [(50_000, OK), (500, WARNING), (50, ERROR)])
def test_folders_need_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, level: Level) -> None:
    monkeypatch.setattr("bot.operations.doctor.machine.shutil.disk_usage", lambda _: Room(0, 0, free_mb << 20))
    found = list(machine.check_disk(folders(tmp_path)))
    assert [(finding.level, finding.about) for finding in found] == [(level, "DATA_DIR"), (level, "CACHE_DIR")]
    assert f"{free_mb:,} MB are free" in found[0].found
    assert list(tmp_path.iterdir()) == [], "nothing is made"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    data, cache = machine.check_disk(folders(tmp_path))
    assert (data.level, data.about, cache.level) == (ERROR, "DATA_DIR", OK)
    assert "may write" in data.advice


async def test_a_port_is_free_or_the_bot_s_own_or_taken() -> None:
    port = free_port()
    settings = load_settings({"METRICS_PORT": str(port)})
    assert [finding.level for finding in machine.check_ports(settings)] == [OK]
    async with Operations(port=port):
        (own,) = await asyncio.to_thread(lambda: list(machine.check_ports(settings)))
    assert (own.level, own.found) == (OK, f"a running bot answers on 127.0.0.1:{port}")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port was open just now
        taken.bind(("127.0.0.1", port))
        taken.listen()
        (other,) = await asyncio.to_thread(lambda: list(machine.check_ports(settings)))
    assert (other.level, other.about) == (ERROR, "METRICS_PORT")
    assert "another port" in other.advice


def test_only_ports_that_are_to_be_opened_are_looked_at() -> None:
    assert list(machine.check_ports(load_settings({}))) == []
    with_api = load_settings({"API_TOKENS": "x" * 24, "API_PORT": str(free_port())})
    assert [finding.about for finding in machine.check_ports(with_api)] == ["API_PORT"]


def test_a_sound_model_embeds_a_text(export: Export) -> None:
    settings = load_settings({"CACHE_DIR": str(export.folder.parent.parent)})
    assert [finding.level for finding in knowledge.check_model(settings)] == [OK]


def test_a_damaged_export_is_told_with_the_command_that_mends_it(export: Export, tmp_path: Path) -> None:
    copy = tmp_path / "models" / export.folder.name
    shutil.copytree(export.folder, copy)
    with (copy / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    first, *_ = knowledge.check_model(load_settings({"CACHE_DIR": str(tmp_path)}))
    assert (first.level, first.advice) == (ERROR, "python -m bot model export --force")


def test_an_unknown_model_is_a_finding() -> None:
    settings = load_settings({"EMBEDDING_MODEL": "/nowhere/model"})
    with pytest.raises(ModelError):
        list(knowledge.check_model(settings))
    (finding,) = run_check("EMBEDDING_MODEL", lambda: knowledge.check_model(settings))
    assert finding.level is ERROR
    assert "/nowhere/model" in finding.found


def test_a_broken_corpus_is_told_with_its_first_error(parcel: Path, cache_dir: Path) -> None:
    environ = {"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir)}
    first, *_ = knowledge.check_knowledge(load_settings(environ))
    assert first.level is OK
    assert " causes, " in first.found
    cause = next((parcel / "causes").rglob("*.yaml"))
    cause.write_text(cause.read_text(encoding="utf-8") + "\nunheard_of: 1\n", encoding="utf-8")
    (finding,) = knowledge.check_knowledge(load_settings(environ))
    assert finding.level is ERROR
    assert cause.name in finding.found
    assert "corpus check" in finding.advice


async def test_a_check_that_breaks_or_hangs_is_a_finding_and_not_the_end() -> None:
    def breaks() -> Iterator[Finding]:
        raise ValueError(SECRET)

    async def hangs() -> list[Finding]:
        await asyncio.sleep(60)
        return []

    (broken,) = run_check("disk", breaks)
    (late,) = await run_network_check("Discord", hangs(), 0.05)
    assert (broken.level, broken.about, late.level, late.about) == (ERROR, "disk", ERROR, "Discord")
    assert SECRET not in str(broken)
    assert late.advice


def levels(found: list[Finding]) -> list[tuple[Level, str]]:
    return [(finding.level, finding.found) for finding in found]


async def test_a_state_in_a_file_is_looked_at_and_left_as_it_is(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    file = tmp_path / "data/state/state.sqlite3"
    assert levels(await database.check_database(settings)) == [(OK, f"{file} is made at the first start")]
    assert not file.exists()
    store = make_store(settings)
    await store.open()
    await store.claim(7)
    await store.close()
    found = await database.check_database(settings)
    assert [finding.level for finding in found] == [OK] * 3
    assert database.is_current(found)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT source_id FROM claims").fetchall() == [(7,)]


@pytest.mark.parametrize(("version", "level", "advice"), [("0001", WARNING, "back it up"), ("9999", ERROR, "Start that version")])
async def test_an_older_schema_is_told_and_not_changed_and_a_newer_one_is_an_error(
    tmp_path: Path, version: str, level: Level, advice: str
) -> None:
    settings = folders(tmp_path)
    store = make_store(settings)
    await store.open()
    await store.close()
    file = tmp_path / "data/state/state.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [version])
    found = await database.check_database(settings)
    (finding,) = [finding for finding in found if finding.level is not OK]
    assert (finding.level, finding.about) == (level, "DATABASE_URL")
    assert advice in finding.advice
    assert not database.is_current(found)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(version,)]


async def test_a_locked_or_damaged_file_is_an_error(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    store = make_store(settings)
    await store.open()
    await store.close()
    file = tmp_path / "data/state/state.sqlite3"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        found = await database.check_database(settings)
    finally:
        other.close()
    assert [finding.found for finding in found if finding.level is ERROR] == ["it cannot be written: database is locked"]
    file.write_bytes(b"no database at all" * 100)
    (finding,) = await database.check_database(settings)
    assert (finding.level, finding.about) == (ERROR, "DATABASE_URL")
    assert "not a database" in finding.found


def tables(server: PostgresServer, url: str) -> str:
    """The tables of a database."""
    return server.execute("SELECT schemaname || '.' || tablename FROM pg_tables", name_of(url))


async def test_of_postgresql_version_pgvector_clock_and_processes_are_told(
    database_url: str, postgres_server: PostgresServer
) -> None:
    settings = load_settings({"DATABASE_URL": database_url})
    found = await database.check_database(settings)
    assert {finding.level for finding in found} == {OK}
    assert not database.is_current(found)
    assert "public.claims" not in await asyncio.to_thread(tables, postgres_server, database_url), "nothing is made"
    store = make_store(settings)
    await store.open()
    await store.close()
    again = await database.check_database(settings)
    text = "\n".join(finding.found for finding in again)
    assert {finding.level for finding in again} == {OK}
    for said in (
        f"schema up to date ({newest()})",
        "it can be written",
        "PostgreSQL 18",
        "pgvector 0.",
        "clock differs",
        "0 live process",
    ):
        assert said in text
    assert "postgres:***@127.0.0.1" in text


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://somebody:hidden-word@127.0.0.1:9/state", "refused"),
        ("postgresql://somebody:hidden-word@no-such-host.invalid/state", "cannot be used"),
    ],
)
async def test_a_server_that_is_not_there_is_an_error_without_its_password(url: str, found: str) -> None:
    (finding,) = await database.check_database(load_settings({"DATABASE_URL": url}))
    assert (finding.level, finding.about) == (ERROR, "DATABASE_URL")
    assert found in finding.found
    assert "host, port, user, password" in finding.advice
    assert "hidden-word" not in str(finding)


@pytest.fixture
def environ(tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A bot of the tiny corpus, whose token is none."""
    for name, value in {
        "DISCORD_TOKEN": SECRET,
        "SUPPORT_CHANNELS": "1",
        "HELPER_ROLES": "2",
        "KNOWLEDGE_DIR": str(PARCEL),
        "CACHE_DIR": str(cache_dir),
        "DATA_DIR": str(tmp_path / "data"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return monkeypatch


def test_every_check_is_made_whatever_the_others_find_and_an_error_ends_with_one(
    environ: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.setenv("EMBEDDING_MODEL", "/nowhere/model")
    assert main(["doctor", "--offline"]) == 1
    *lines, summary = capsys.readouterr().out.splitlines()
    assert summary.startswith("2 error(s), ")
    assert all(line.split()[0] in set(Level) for line in lines)
    for about in ("DISCORD_TOKEN", "settings", "DATA_DIR", "CACHE_DIR", "EMBEDDING_MODEL", "KNOWLEDGE_DIR", "DATABASE_URL"):
        assert any(line.startswith(tuple(f"{level:8}{about}: " for level in Level)) for line in lines), about
    assert SECRET not in "\n".join(lines)


def test_without_an_error_it_ends_with_zero_and_tells_in_json(
    environ: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.setenv("DISCORD_TOKEN", token("1001"))
    environ.setenv("HELPER_ROLES", "")
    assert main(["doctor", "--offline", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert all(finding.keys() == {"level", "about", "found", "advice"} for finding in found)
    assert "warning" in {finding["level"] for finding in found}
    assert not [finding for finding in found if finding["level"] != "ok" and not finding["advice"]]
