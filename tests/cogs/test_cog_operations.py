"""What happens on Discord is counted, and seen, as it happens."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
import pytest
from discord_world import CHATTER, QUESTION, TRACE, ScriptedEngine, World, snapshot
from test_cog_buttons import press
from test_cog_corpus import manager, on_disk

from bot.app import SupportBot
from bot.cluster import Cluster, Peer
from bot.cogs.operations import look
from bot.diagnosis.types import Diagnosis, Hypothesis, Verdict
from bot.errors import CorpusError, Problem, StateError
from bot.knowledge.types import Advice, Cause, Level
from bot.operations.prometheus import PrometheusMetrics
from bot.operations.view import View, missing


@pytest.fixture
def metrics(world: World) -> PrometheusMetrics:
    """What the bot's desk tells of what happens."""
    found = PrometheusMetrics()
    support_bot(world).desk.metrics = found
    return found


def support_bot(world: World) -> SupportBot:
    assert isinstance(world.bot, SupportBot)
    return world.bot


def counted(metrics: PrometheusMetrics, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a counter, by the values of its labels."""
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == f"support_bot_{name}"
    }


async def channel(world: World) -> None:
    await world.asker.send(world.support, TRACE)


async def post(world: World) -> None:
    await world.post("It is full", TRACE)


async def mention(world: World) -> None:
    await world.asker.send(world.lounge, f"<@{world.me}> {TRACE}")


async def slash(world: World) -> None:
    await world.asker.slash(world.lounge, "diagnose", text=TRACE)


async def form(world: World) -> None:
    shown = await world.asker.slash(world.lounge, "diagnose")
    await world.asker.submit_modal(shown, {"text": TRACE})


async def menu(world: World) -> None:
    pasted = await world.member("friend").send(world.lounge, TRACE)
    await world.asker.context_menu(world.lounge, "Diagnose this message", pasted)


async def edit(world: World) -> None:
    world.configure(follow_edits_hours=1_000_000)
    message = await world.asker.send(world.support, f"vague, <@{world.me}>")
    await world.asker.edit(message, TRACE)


@pytest.mark.parametrize(
    ("way", "surface"),
    [
        (channel, "channel"),
        (post, "post"),
        (mention, "elsewhere"),
        (slash, "command"),
        (form, "form"),
        (menu, "menu"),
        (edit, "edit"),
    ],
)
async def test_an_answer_is_logged_and_counted_once_whatever_way_it_was_asked_for(
    world: World,
    metrics: PrometheusMetrics,
    caplog: pytest.LogCaptureFixture,
    way: Callable[[World], Awaitable[None]],
    surface: str,
) -> None:
    caplog.set_level(logging.INFO)
    await way(world)
    lines = [vars(record) for record in caplog.records if vars(record).get("event") == "answered"]
    (line,) = [line for line in lines if line["verdict"] == "diagnosis"]
    assert line["surface"] == surface
    assert line["asked"] is (surface in {"elsewhere", "command", "form", "menu"})
    assert line["author_id"] == str(world.asker.id)
    assert line["corpus"] == world.service.snapshot.version
    assert line["total_ms"] >= line["waiting_ms"] >= 0
    assert counted(metrics, "answers_total")["", "diagnosis"] == 1
    assert counted(metrics, "answer_stage_seconds_count")["total",] == len(lines)


async def test_of_who_opted_out_no_id_is_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await world.asker.slash(world.lounge, "diagnose-opt-out")
    await mention(world)
    await slash(world)
    lines = [vars(record) for record in caplog.records if vars(record).get("event") == "answered"]
    assert [line["author_id"] for line in lines] == ["", ""]


async def test_a_message_that_is_read_and_not_answered_is_a_silence(world: World, metrics: PrometheusMetrics) -> None:
    await world.asker.send(world.support, CHATTER)
    await world.asker.send(world.support, QUESTION)
    assert counted(metrics, "silences_total") == {("abstain",): 1, ("answer",): 1}
    assert counted(metrics, "answers_total") == {}


async def test_who_is_turned_away_because_too_much_waits_is_counted(world: World, metrics: PrometheusMetrics) -> None:
    world.configure(queue_limit=1)
    support_bot(world).desk.waiting.count = 1
    await mention(world)
    await slash(world)
    assert counted(metrics, "busy_refusals_total") == {(): 2}


async def test_votes_are_counted_by_what_they_say(world: World, metrics: PrometheusMetrics) -> None:
    await world.asker.send(world.support, TRACE)
    await press(world, world.asker, "Not it")
    await press(world, world.asker, "Fixed it")
    assert counted(metrics, "votes_total") == {("missed",): 1, ("fixed",): 1}


async def test_changes_of_the_corpus_are_counted_by_what_came_of_them(world: World, metrics: PrometheusMetrics) -> None:
    admin = manager(world)
    await admin.slash(world.lounge, "corpus rollback")
    on_disk(world, ScriptedEngine(snapshot("2" * 40)))
    await admin.slash(world.lounge, "corpus reload")
    on_disk(world, CorpusError([Problem("a.yaml", 1, "x", "y")]))
    await admin.slash(world.lounge, "corpus reload")
    assert counted(metrics, "corpus_changes_total") == {
        ("rollback", "failed"): 1,
        ("reload", "served"): 1,
        ("reload", "refused"): 1,
    }


@pytest.mark.parametrize(("known", "label"), [(True, "full"), (False, "other")])
async def test_only_causes_of_the_shared_corpus_are_counted_one_by_one(
    world: World, metrics: PrometheusMetrics, monkeypatch: pytest.MonkeyPatch, known: bool, label: str
) -> None:
    cause = Cause("full", "Full", "a", Advice("It is full.", ("limit",)), {}, {}, (), (), (), (), (), (), "causes/a/full.yaml")
    diagnosis = Diagnosis(Verdict.DIAGNOSIS, hypotheses=(Hypothesis(cause, 0.9, Level.CERTAIN, (), ()),))
    monkeypatch.setattr("discord_world.Diagnosis", lambda verdict: diagnosis)
    if known:
        world.engine.snapshot = replace(world.engine.snapshot, causes={"full": cause})
    await mention(world)
    assert counted(metrics, "answers_total") == {(label, "diagnosis"): 1}


async def test_the_view_shows_the_bot_as_it_is(world: World) -> None:
    bot = support_bot(world)
    before = bot.service.loaded_at
    view = await look(bot, bot.desk, None)
    assert (view.corpus, view.points, view.servers, view.database) == ("1" * 40, 1, 1, True)
    assert (view.waiting, view.under_way, view.pending_writes, view.processes) == (0, 0, 0, 1)
    assert view.loaded_at == before
    on_disk(world, ScriptedEngine(snapshot("2" * 40)))
    await manager(world).slash(world.lounge, "corpus reload")
    after = await look(bot, bot.desk, None)
    assert after.corpus == "2" * 40
    assert after.loaded_at > before


async def test_a_database_that_cannot_be_used_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = support_bot(world)
    database = vars(bot.store)["_database"]
    monkeypatch.setattr(database, "_retry_at", float("inf"))
    await world.asker.send(world.support, TRACE)
    view = await look(bot, bot.desk, None)
    assert not view.database
    assert view.pending_writes > 0
    assert "database" in missing(view)


def test_a_view_of_nothing_lacks_everything() -> None:
    assert set(missing(View())) == {"gateway", "corpus", "database"}


async def test_discord_s_own_count_of_shards_is_what_must_be_connected(world: World) -> None:
    bot = support_bot(world)
    assert isinstance(bot, discord.AutoShardedClient)
    assert (await look(bot, bot.desk, None)).shards_needed == (bot.shard_count or 1)


class Peers(Cluster):
    """Processes that share a database: as many as `live`, or none that is known."""

    def __init__(self, live: int | None) -> None:
        self.live = live

    async def peers(self) -> list[Peer]:
        if self.live is None:
            raise StateError("away")
        return [Peer(str(number), "", 0.0, "") for number in range(self.live)]


@pytest.mark.parametrize(
    ("live", "shards", "processes", "needed"), [(1, 2, 1, 1), (2, 2, 2, 1), (3, 2, 3, 0), (None, 2, 1, 1), (0, 1, 1, 1)]
)
async def test_a_process_beyond_the_number_of_shards_needs_none(
    world: World, live: int | None, shards: int, processes: int, needed: int
) -> None:
    bot = support_bot(world)
    bot.shard_count = shards
    view = await look(bot, bot.desk, Peers(live))
    assert (view.processes, view.shards_needed) == (processes, needed)
