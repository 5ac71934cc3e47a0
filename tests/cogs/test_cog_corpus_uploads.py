"""Corpora uploaded in Discord, with the real engine on the invented product's corpus."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import cast

import discord
import pytest
from discord_world import World
from simcord import InteractionResult, MemberActor

from bot.app import SupportBot
from bot.cogs import corpus as cog
from bot.cogs.admins import REFUSED
from bot.cogs.corpus_words import ELSEWHERE, NOTHING_FOUND
from bot.corpus_store.keeper import NOTHING_BEFORE
from bot.engine import Engine
from bot.knowledge.load import corpus_version
from bot.service import Service
from bot.settings import Settings, load_settings

TRACE = (Path(__file__).parent.parent / "corpora/parcel/tracebacks/label-weight-exceeded.txt").read_text("utf-8")


@pytest.fixture
def settings(cache_dir: Path, parcel: Path, tmp_path: Path) -> Settings:
    return load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def service(parcel_engine: Engine, settings: Settings) -> Iterator[Service]:
    service = Service(parcel_engine, settings)
    yield service
    service.close()


def zip_of(folder: Path) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, path.relative_to(folder.parent).as_posix())
    return file.getvalue()


def edition(parcel: Path, tmp_path: Path, note: str) -> Path:
    new = tmp_path / "edition"
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(parcel, new)
    sources = new / "sources.yaml"
    sources.write_text(note + sources.read_text("utf-8"), "utf-8")
    return new


def manager(world: World) -> MemberActor:
    return world.member("manager", world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True)))


def said(result: InteractionResult) -> str:
    responses = [response for response in (result.response, *result.followups) if response is not None]
    assert all(response.ephemeral for response in responses)
    assert all(len(response.content) <= 2000 for response in responses)
    return "\n".join(response.content for response in responses)


def files_of(result: InteractionResult) -> list[discord.Attachment]:
    return [file for response in (result.response, *result.followups) if response is not None for file in response.attachments]


async def test_an_uploaded_corpus_is_served_and_can_be_taken_back(world: World, parcel: Path, tmp_path: Path) -> None:
    admin, before = manager(world), world.service.snapshot.version
    new = edition(parcel, tmp_path, "# another edition\n")
    text = said(await admin.slash(world.lounge, "corpus reload", file=("edition.zip", zip_of(new))))
    assert f"Corpus `{corpus_version(new)}` is live" in text
    assert world.service.snapshot.version == corpus_version(new)
    status = said(await admin.slash(world.lounge, "corpus status"))
    assert f"<@{admin.id}>" in status
    assert "from the upload `edition.zip`" in status
    assert f"**Before:** `{before}`" in status
    assert f"upload: {before} → {corpus_version(new)} (upload edition.zip)" in status
    assert f"Corpus `{before}` is live" in said(await admin.slash(world.lounge, "corpus rollback"))
    assert world.service.snapshot.version == before
    await world.asker.send(world.support, TRACE)
    assert world.said(world.thread)


async def test_the_choice_is_known_to_the_next_process(world: World, parcel: Path, tmp_path: Path) -> None:
    admin = manager(world)
    await admin.slash(world.lounge, "corpus reload", file=("edition.zip", zip_of(edition(parcel, tmp_path, "# two\n"))))
    await world.restart()
    assert "from the upload `edition.zip`" in said(await admin.slash(world.lounge, "corpus status"))


async def test_a_broken_upload_is_answered_with_every_error_and_the_old_corpus_keeps_serving(
    world: World, parcel: Path, tmp_path: Path
) -> None:
    before = world.service.snapshot.version
    new = edition(parcel, tmp_path, "".join(f"- id: nothing-{n}\n" for n in range(60)))
    result = await manager(world).slash(world.lounge, "corpus reload", file=("edition.zip", zip_of(new)))
    text = said(result)
    assert "the one before keeps serving" in text
    assert "sources.yaml:1: missing-key" in text
    (file,) = files_of(result)
    listed = (await file.read()).decode()
    assert "sources.yaml:60:" in listed
    assert str(tmp_path) not in listed
    assert world.service.snapshot.version == before
    entries = await cast(SupportBot, world.bot).store.audit_log()
    assert entries == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"no zip", "no zip that can be read"), (b"", "no zip that can be read")],
)
async def test_what_is_no_corpus_is_refused_in_a_sentence(world: World, data: bytes, says: str) -> None:
    assert says in said(await manager(world).slash(world.lounge, "corpus reload", file=("x.zip", data)))


async def test_a_zip_above_the_cap_is_not_even_downloaded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cog, "MAX_ZIP_BYTES", 10)

    async def read(self: discord.Attachment) -> bytes:
        raise AssertionError("downloaded")

    monkeypatch.setattr(discord.Attachment, "read", read)
    assert "larger than" in said(await manager(world).slash(world.lounge, "corpus reload", file=("x.zip", bytes(20))))


async def test_a_rollback_without_an_earlier_corpus_says_so(world: World) -> None:
    assert NOTHING_BEFORE in said(await manager(world).slash(world.lounge, "corpus rollback"))


async def test_a_check_tells_what_is_wrong_and_serves_nothing(world: World, parcel: Path, tmp_path: Path) -> None:
    admin, before = manager(world), world.service.snapshot.version
    assert "No errors" in said(await admin.slash(world.lounge, "corpus check"))
    new = edition(parcel, tmp_path, "- id: nothing\n")
    text = said(await admin.slash(world.lounge, "corpus check", file=("x.zip", zip_of(new))))
    assert "sources.yaml:1: missing-key" in text
    assert world.service.snapshot.version == before


async def test_a_search_shows_what_is_found_with_kinds_ids_and_scores(world: World) -> None:
    admin = manager(world)
    text = said(await admin.slash(world.lounge, "corpus search", query="the label is too heavy @everyone ``` weight"))
    assert "cause weight-exceeded: " in text
    assert "point " in text
    assert text.count("```") == 2
    assert world.service.engine.index is not None
    empty = said(await admin.slash(world.lounge, "corpus search", query=" "))
    assert empty == NOTHING_FOUND


@pytest.mark.parametrize("command", ["reload", "rollback", "remove", "check", "status", "search"])
async def test_members_are_refused_every_command(world: World, command: str) -> None:
    registered = next(c for c in await world.bot.tree.fetch_commands() if c.name == "corpus")
    world.guild.set_command_permissions(registered, {world.asker: True})
    options = {"query": "label"} if command == "search" else {}
    assert said(await world.asker.slash(world.lounge, f"corpus {command}", **options)) == REFUSED


async def test_admins_of_another_server_may_look_but_not_replace_what_all_servers_are_served(world: World) -> None:
    admin = manager(world)
    other = world.env.create_guild("other")
    assert len(world.bot.guilds) == 2
    before = world.service.snapshot.version
    world.configure(server_corpora=0)
    for command in ("reload", "rollback", "check"):
        assert said(await admin.slash(world.lounge, f"corpus {command}")) == ELSEWHERE
    world.configure(admin_servers=frozenset({other.id}))
    assert said(await admin.slash(world.lounge, "corpus reload")) == ELSEWHERE
    assert before in said(await admin.slash(world.lounge, "corpus status"))
    world.configure(admin_servers=frozenset({world.guild.id}))
    assert "Nothing changed" in said(await admin.slash(world.lounge, "corpus reload"))


async def test_status_tells_of_a_corpus_that_was_chosen_but_no_longer_loads(world: World) -> None:
    world.service.start_problem = "Corpus 1234 was chosen, but no longer loads"
    assert "**At the start:** Corpus 1234 was chosen" in said(await manager(world).slash(world.lounge, "corpus status"))
