"""Corpora of servers as their admins and members see them, with the real engine: the shared one is the invented product's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import discord
import pytest
from discord_world import World
from own_corpora import failure, make_corpus
from simcord import InteractionResult, MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from test_cog_corpus_uploads import said, zip_of

from bot.app import SupportBot
from bot.cluster import Peer
from bot.cogs import corpus_status as shown
from bot.cogs.corpus_words import ELSEWHERE, NO_OWN, OWN_NEEDS_FILE
from bot.cogs.feedback import says
from bot.cogs.feedback.proof import CHANGED
from bot.corpus_store.servers import NONE_BEFORE, NONE_OWN
from bot.engine import Engine
from bot.knowledge.load import corpus_version
from bot.service import Service
from bot.settings import Settings, load_settings

TRACE = (Path(__file__).parent.parent / "corpora/parcel/tracebacks/label-weight-exceeded.txt").read_text("utf-8")
TRIAL = {
    "glueberry": f'Traceback (most recent call last):\n  File "a.py", line 1, in run\n{failure("glueberry")}',
    "marzipan": f'Traceback (most recent call last):\n  File "a.py", line 1, in run\n{failure("marzipan")}',
    "parcelo": TRACE,
}
SAYS = {
    "glueberry": "the glueberry tank is empty, which stops the pump",
    "marzipan": "the marzipan tank is empty, which stops the pump",
    "parcelo": "one parcel may weigh 31.5 kg",
}
TITLES = {
    "glueberry": "The glueberry tank is empty",
    "marzipan": "The marzipan tank is empty",
    "parcelo": "The parcel is heavier than one parcel may be",
}


@pytest.fixture
def settings(cache_dir: Path, parcel: Path, tmp_path: Path) -> Settings:
    return load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def service(parcel_engine: Engine, settings: Settings) -> Iterator[Service]:
    service = Service(parcel_engine, settings)
    yield service
    service.close()


@dataclass
class Place:
    """One server with its admin and a member who asks in its support channel."""

    world: World
    guild: GuildHandle
    channel: ChannelHandle
    admin: MemberActor
    asker: MemberActor

    async def upload(self, word: str, tmp_path: Path, note: str = "") -> tuple[str, str]:
        """Upload a corpus of this word; what was answered, and the corpus' version."""
        folder = make_corpus(tmp_path / f"{word}{len(note)}" / word, word)
        (folder / "sources.yaml").write_text(note + (folder / "sources.yaml").read_text("utf-8"), "utf-8")
        text = said(await self.admin.slash(self.channel, "corpus reload", file=(f"{word}.zip", zip_of(folder))))
        return text, corpus_version(folder)

    async def ask(self, word: str) -> str:
        """What the bot answers to a failure that the corpus of a word knows; it is asked by name."""
        before = set(self.channel.threads)
        message = await self.asker.send(self.channel, f"<@{self.world.me}> {TRIAL[word]}")
        opened = [thread for thread in self.channel.threads if thread.id == message.id and thread not in before]
        return "\n".join(self.world.said(opened[0])) if opened else ""

    async def press(self, label: str) -> str:
        """What the asker is told who presses a button under the bot's latest answer."""
        thread = max(self.channel.threads, key=lambda thread: thread.id)
        message = [m for m in thread.history() if m.author.id == self.world.me and m.components][-1]
        return said(await self.asker.click(message, label=label))

    async def command(self, name: str, **options: object) -> str:
        return said(await self.admin.slash(self.channel, f"corpus {name}", **options))


def furnish(world: World, guild: GuildHandle, channel: ChannelHandle) -> Place:
    role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    admin = guild.add_member(world.env.create_user(f"admin{guild.id}"), roles=[role])
    return Place(world, guild, channel, admin, guild.add_member(world.env.create_user(f"asker{guild.id}")))


@pytest.fixture
def here(world: World) -> Place:
    return furnish(world, world.guild, world.support)


@pytest.fixture
def there(world: World) -> Place:
    guild = world.env.create_guild("other")
    place = furnish(world, guild, guild.create_text_channel("support"))
    world.configure(support_channels=world.settings.support_channels | {place.channel.id})
    return place


def strangers(text: str, *known: str) -> list[str]:
    """The words of corpora that a text must not know, and does."""
    return [word for word in TITLES if word not in known and word in text.casefold()]


async def test_each_server_is_answered_from_its_own_corpus_and_the_shared_one(
    world: World, here: Place, there: Place, tmp_path: Path
) -> None:
    shared = world.service.snapshot.version
    for place, word in ((here, "glueberry"), (there, "marzipan")):
        text, version = await place.upload(word, tmp_path)
        assert f"Corpus `{version}` is live in this server, beside the shared one." in text
    assert world.service.snapshot.version == shared
    for place, own, other in ((here, "glueberry", "marzipan"), (there, "marzipan", "glueberry")):
        assert SAYS[own] in await place.ask(own)
        assert SAYS["parcelo"] in await place.ask("parcelo")
        assert SAYS[other] not in await place.ask(other)


async def test_the_search_of_a_server_finds_nothing_of_another(here: Place, there: Place, tmp_path: Path) -> None:
    await here.upload("glueberry", tmp_path)
    query = "the tank of the pump ran dry, how much does it hold"
    found = await here.command("search", query=query)
    assert "In this server's corpus:" in found
    assert "point glueberry-tank" in found
    assert "In the shared corpus:" in found
    assert not strangers(await there.command("search", query=query), "parcelo")


async def test_the_status_shows_a_server_its_own_and_the_shared_corpus(
    world: World, here: Place, there: Place, tmp_path: Path
) -> None:
    _, version = await here.upload("glueberry", tmp_path)
    mine, other = await here.command("status"), await there.command("status")
    assert f"**This server's own corpus `{version}`** from the upload `glueberry.zip`, chosen by <@{here.admin.id}>" in mine
    assert f"upload: none → {version}" in mine
    assert world.service.snapshot.version in mine
    assert world.service.snapshot.version in other
    for secret in (version, "glueberry", str(here.admin.id), "own corpus"):
        assert secret not in other


async def test_the_help_and_the_insights_know_the_servers_own_products_only(here: Place, there: Place, tmp_path: Path) -> None:
    await here.upload("glueberry", tmp_path, "# two\n")
    assert "questions about Glueberry and Parcelo" in said(await here.asker.slash(here.channel, "diagnose-help"))
    assert "questions about Parcelo and" in said(await there.asker.slash(there.channel, "diagnose-help"))
    for place, known in ((here, ("glueberry", "parcelo")), (there, ("parcelo",))):
        place.world.configure(source_max_age_days=1)
        assert not strangers(said(await place.admin.slash(place.channel, "insights")), *known)
    assert "glueberry-notes" in said(await here.admin.slash(here.channel, "insights"))


async def test_the_buttons_of_an_answer_know_the_corpus_that_gave_it(
    world: World, here: Place, there: Place, tmp_path: Path
) -> None:
    await here.upload("glueberry", tmp_path)
    await here.ask("glueberry")
    evidence = await here.press("Show evidence")
    assert "The glueberry tank is empty" in evidence
    assert CHANGED not in evidence
    assert await here.press("Not it") == says.MISSED
    thread = max(here.channel.threads, key=lambda thread: thread.id)
    assert not strangers(world.said(thread)[-1], "glueberry")
    assert await here.press("Need a human")
    await here.ask("parcelo")
    assert CHANGED not in await here.press("Show evidence")
    await there.ask("parcelo")
    assert not strangers(await there.press("Show evidence"), "parcelo")


@pytest.mark.usefixtures("there")
async def test_the_evidence_after_a_removal_is_how_the_shared_corpus_answers_now(here: Place, tmp_path: Path) -> None:
    await here.upload("glueberry", tmp_path)
    await here.ask("glueberry")
    await here.command("remove")
    evidence = await here.press("Show evidence")
    assert CHANGED in evidence
    assert TITLES["glueberry"] not in evidence


@pytest.mark.usefixtures("there")
async def test_it_is_recorded_with_the_corpus_that_answered(world: World, here: Place, tmp_path: Path) -> None:
    _, version = await here.upload("glueberry", tmp_path)
    store = cast(SupportBot, world.bot).store
    for word, corpus in (("glueberry", version), ("parcelo", world.service.snapshot.version)):
        await here.ask(word)
        thread = max(here.channel.threads, key=lambda thread: thread.id)
        found = await store.answer(thread.id)
        assert found is not None
        assert found.corpus == corpus


async def test_a_command_and_a_thread_are_answered_from_both(here: Place, there: Place, tmp_path: Path) -> None:
    await here.upload("glueberry", tmp_path)
    answer = await here.asker.slash(here.channel, "diagnose", text=TRIAL["glueberry"])
    assert SAYS["glueberry"] in content(answer)
    other = await there.asker.slash(there.channel, "diagnose", text=TRIAL["glueberry"])
    assert SAYS["glueberry"] not in content(other)
    await here.ask("parcelo")
    thread = max(here.channel.threads, key=lambda thread: thread.id)
    await here.asker.send(thread, f"and now {TRIAL['glueberry']}")
    assert SAYS["glueberry"] in here.world.said(thread)[-1]


def content(result: InteractionResult) -> str:
    return "\n".join(response.content for response in (result.response, *result.followups) if response is not None)


async def test_a_direct_message_is_answered_from_the_shared_corpus_alone(world: World, here: Place, tmp_path: Path) -> None:
    world.configure(admin_servers=frozenset({1}))
    await here.upload("glueberry", tmp_path)
    for word, known in (("glueberry", False), ("parcelo", True)):
        await here.asker.send_dm(TRIAL[word])
        assert (SAYS[word] in "\n".join(world.said(here.asker.user.dm_channel))) is known


@pytest.mark.usefixtures("there")
async def test_a_restart_finds_it_again(world: World, here: Place, tmp_path: Path) -> None:
    _, version = await here.upload("glueberry", tmp_path)
    world.service.serve_own(here.guild.id, None)  # as in a new process
    await world.restart()
    await world.service.apart_own(lambda: None)
    await world.env.settle()
    assert version in await here.command("status")
    assert SAYS["glueberry"] in await here.ask("glueberry")


@pytest.mark.usefixtures("there")
async def test_rolling_back_and_removing_are_of_the_own_corpus(world: World, here: Place, tmp_path: Path) -> None:
    assert NONE_BEFORE in await here.command("rollback")
    assert NONE_OWN in await here.command("remove")
    _, first = await here.upload("glueberry", tmp_path)
    text, second = await here.upload("glueberry", tmp_path, "# two\n")
    assert f"Corpus `{second}` is live in this server" in text
    assert f"Corpus `{first}` is live in this server" in await here.command("rollback")
    assert f"Corpus `{first}` is removed" in await here.command("remove")
    assert SAYS["glueberry"] not in await here.ask("glueberry")
    assert "own corpus" not in await here.command("status")


async def test_who_decides_on_the_shared_corpus_chooses_which_one_is_meant(
    world: World, here: Place, there: Place, tmp_path: Path
) -> None:
    world.configure(admin_servers=frozenset({here.guild.id}))
    folder = make_corpus(tmp_path / "own" / "glueberry", "glueberry")
    given = ("glueberry.zip", zip_of(folder))
    shared = world.service.snapshot.version
    assert "in this server" in await here.command("reload", file=given, corpus="this server")
    assert world.service.snapshot.version == shared
    assert OWN_NEEDS_FILE in await here.command("reload", corpus="this server")
    assert "Nothing changed" in await here.command("reload")
    assert ELSEWHERE in await there.command("reload", file=given, corpus="shared")
    assert ELSEWHERE in await there.command("rollback", corpus="shared")
    assert "is live." in await here.command("reload", file=given, corpus="shared")
    assert world.service.snapshot.version == corpus_version(folder)


@pytest.mark.usefixtures("there")
async def test_the_admins_of_a_server_check_an_upload_and_not_the_shared_folder(here: Place, tmp_path: Path) -> None:
    assert OWN_NEEDS_FILE in await here.command("check")
    assert OWN_NEEDS_FILE in await here.command("reload")
    folder = make_corpus(tmp_path / "own" / "glueberry", "glueberry")
    assert "No errors" in await here.command("check", file=("x.zip", zip_of(folder)))


@pytest.mark.usefixtures("there")
async def test_a_broken_upload_is_answered_with_its_errors_and_the_one_before_keeps_serving(here: Place, tmp_path: Path) -> None:
    await here.upload("glueberry", tmp_path)
    text, _ = await here.upload("glueberry", tmp_path, "- id: nothing\n")
    assert "the one before keeps serving in this server" in text
    assert "sources.yaml:1: missing-key" in text
    assert SAYS["glueberry"] in await here.ask("glueberry")


async def test_where_none_may_have_one_nothing_of_it_is_offered(world: World, here: Place, there: Place, tmp_path: Path) -> None:
    world.configure(server_corpora=0)
    text, _ = await there.upload("glueberry", tmp_path)
    assert text == ELSEWHERE
    assert await there.command("rollback") == ELSEWHERE
    world.configure(admin_servers=frozenset({here.guild.id}))
    assert await here.command("rollback", corpus="this server") == NO_OWN


def test_the_status_marks_processes_that_serve_another_corpus() -> None:
    peers = [
        Peer("1", "one:1", 100.0, "aaa"),
        Peer("2", "two:2", 200.0, "bbb", "cannot be `built`"),
        Peer("3", "api:3", 300.0, ""),
    ]
    assert shown.processes(peers, "aaa", named=True) == [
        "**Processes:** 3",
        "- two:2 serves `bbb` **(differs)**, runs since <t:200:f>: cannot be built",
        "- api:3 serves no corpus, runs since <t:300:f>",
        "- one:1 serves `aaa`, runs since <t:100:f>",
    ]
    assert shown.processes(peers, "aaa", named=False)[1] == "- one serves `bbb` **(differs)**, runs since <t:200:f>"
    many = [Peer(str(number), f"p:{number}", 1.0, "aaa") for number in range(20)]
    assert shown.processes(many, "aaa", named=True)[-1] == "- … and 4 more"


async def test_where_no_process_knows_all_servers_only_those_named_decide_on_the_shared_corpus(
    world: World, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cast(SupportBot, world.bot).keeper, "cluster", object())
    assert "No errors" in await here.command("check")
    monkeypatch.setattr(world.bot, "shard_count", 2)
    assert OWN_NEEDS_FILE in await here.command("check")
    assert ELSEWHERE in await here.command("reload", corpus="shared")
    world.configure(admin_servers=frozenset({here.guild.id}))
    assert "No errors" in await here.command("check")
