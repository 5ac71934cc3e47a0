"""The whole way, with the real engine on the invented product's corpus."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import discord
import pytest
from discord_world import World

from bot.engine import Engine, build_engine
from bot.service import Service
from bot.settings import Settings, load_settings

CORPUS = Path(__file__).parent.parent / "corpora" / "parcel"
TRACE = (CORPUS / "tracebacks" / "label-weight-exceeded.txt").read_text("utf-8")
QUESTION = "How heavy can one parcel be with Parcelo?"
KEY = "pk_live_0123456789abcdefghijkl"


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def engine(cache_dir: Path) -> Engine:
    return build_engine(load_settings({"KNOWLEDGE_DIR": str(CORPUS), "CACHE_DIR": str(cache_dir)}))


@pytest.fixture
def settings(cache_dir: Path, tmp_path: Path) -> Settings:
    folder = tmp_path / "knowledge"
    shutil.copytree(CORPUS, folder)
    data = tmp_path / "data"
    return load_settings({"KNOWLEDGE_DIR": str(folder), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(data)})


@pytest.fixture
def service(engine: Engine, settings: Settings) -> Any:
    service = Service(engine, settings)
    yield service
    service.close()


def edit(world: World, name: str, old: str, new: str) -> None:
    path = world.settings.knowledge_dir / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


async def reload(world: World) -> str:
    role = world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    result = await world.member("manager", role).slash(world.lounge, "corpus reload")
    return "\n".join(response.content for response in (result.response, *result.followups) if response is not None)


async def test_a_trace_is_answered_with_the_cause_the_line_that_shows_it_the_fix_and_the_page(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    assert world.thread.name == "The parcel is heavier than one parcel may be"
    answer = "\n".join(world.said(world.thread))
    for part in ("31.5 kg", "> 6 │", "weight_exceeded", "Split the shipment", "(<https://docs.parcelo.example/weights>)"):
        assert part in answer


async def test_a_question_is_answered_from_the_documentation(world: World) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}")
    assert "31.5 kg" in "\n".join(world.said(world.thread))


@pytest.mark.parametrize(
    "content",
    [
        "good morning everybody",
        "thanks, works now!",
        "shipfast.errors.Timeout: https://api.shipfast.example/v1/labels timed out",
        "KeyError: 'name'",
    ],
)
async def test_what_is_not_about_the_product_is_met_with_silence(world: World, content: str) -> None:
    await world.asker.send(world.support, content)
    assert world.support.threads == []


async def test_asked_about_something_else_it_says_that_it_does_not_know(world: World) -> None:
    await world.asker.send(world.lounge, f"<@{world.me}> KeyError: 'name'")
    (thread,) = world.lounge.threads
    assert "not in my knowledge" in "\n".join(world.said(thread)).lower()


async def test_a_follow_up_does_not_repeat_the_answer(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.asker.send(world.thread, TRACE)
    first, second = world.said(world.thread)
    assert "Split the shipment" in first
    assert "Split the shipment" not in second


async def test_after_a_restart_a_follow_up_still_does_not_repeat_the_answer(world: World) -> None:
    await world.asker.send(world.support, TRACE)
    await world.restart()
    await world.asker.send(world.thread, TRACE)
    assert "Split the shipment" not in world.said(world.thread)[-1]


async def test_a_key_in_the_paste_is_warned_of_and_never_repeated(world: World) -> None:
    await world.asker.send(world.support, f"PARCELO_KEY={KEY}\n{TRACE}")
    (told,) = world.said(world.asker.user.dm_channel)
    assert "revoke" in told
    assert "press Revoke beside the key" in told
    assert "revoke" not in "\n".join(world.said(world.thread))
    assert KEY not in repr([(request.path, request.json) for request in world.env.http_requests])


async def test_what_a_hostile_paste_holds_is_harmless_in_the_answer(world: World) -> None:
    hostile = '@everyone <@&1> [x](https://evil.example) `` ** parcelo.ApiError: 422 {"fault": "weight_exceeded"}'
    await world.asker.send(world.support, hostile)
    answer = "\n".join(world.said(world.thread))
    assert "evil.example" in answer  # the line is quoted, for it is the evidence
    outside_code = re.sub(r"`[^`\n]*`", "", answer)
    assert "@everyone" not in outside_code
    assert "evil.example" not in outside_code
    assert all(body["allowed_mentions"] == {"parse": []} for body in world.sent())


async def test_a_reload_serves_what_was_edited_and_says_so(world: World) -> None:
    edit(world, "causes/delivery/weight-exceeded.yaml", "Split the shipment into", "Divide the shipment into")
    assert "weight-exceeded" in await reload(world)
    await world.asker.send(world.support, TRACE)
    assert "Divide the shipment" in "\n".join(world.said(world.thread))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("causes/delivery/weight-exceeded.yaml", "certain: [code]", "certain: [cod]"),
        ("causes/delivery/weight-exceeded.yaml", "weight_exceeded, why", "depot_closed, why"),
        ("causes/delivery/weight-exceeded.yaml", "title:", "titel:"),
        ("points/core.yaml", "- id: weight-limit", "- id: ["),
    ],
    ids=["a signal that is not there", "a test that fails", "an unknown key", "no YAML"],
)
async def test_a_broken_corpus_is_refused_with_located_errors_and_the_old_one_serves(
    world: World, name: str, old: str, new: str
) -> None:
    edit(world, name, old, new)
    told = await reload(world)
    assert "keeps serving" in told
    assert re.search(rf"{re.escape(name)}:\d+: [\w-]+: ", told)
    await world.asker.send(world.support, TRACE)
    assert "Split the shipment" in "\n".join(world.said(world.thread))


async def test_a_missing_corpus_folder_is_told(world: World) -> None:
    shutil.rmtree(world.settings.knowledge_dir)
    assert "keeps serving" in await reload(world)
    await world.asker.send(world.support, TRACE)
    assert "Split the shipment" in "\n".join(world.said(world.thread))


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 1000, b"\xff\xfe", b"", b"\x80\x81\xfe\xff weight_exceeded parcelo"])
async def test_no_bytes_break_the_bot(world: World, data: bytes) -> None:
    await world.asker.send(world.support, f"<@{world.me}> {QUESTION}", attachments=[("app.log", data)])
    assert "31.5 kg" in "\n".join(world.said(world.thread))


async def test_five_megabytes_are_read_without_trouble(world: World) -> None:
    noise = "2025-09-24 08:14:41,441 - app - INFO - all is well with parcel 17\n" * 80_000
    await world.asker.send(world.support, "", attachments=[("message.txt", (noise + TRACE).encode())])
    assert "Split the shipment" in "\n".join(world.said(world.thread))
