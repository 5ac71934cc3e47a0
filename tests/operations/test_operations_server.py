"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from operations_fixtures import READY, Watched, exercised, free_port
from prometheus_client.parser import text_string_to_metric_families

from bot.operations.metrics import UNMEASURED
from bot.operations.server import Operations, failures_traced
from bot.operations.view import Shard, View, missing
from bot.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]


async def get(port: int, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        read = response.json if response.content_type == "application/json" else response.text
        return response.status, await read()


@pytest.mark.parametrize(
    ("view", "lacks"),
    [
        (READY, {}),
        (View(processes=0), {"gateway", "corpus", "database"}),
        (replace(READY, shards=(Shard(0, True),)), {"gateway"}),
        (replace(READY, shards=()), {"gateway"}),
        (replace(READY, shards=(), shards_needed=0), set()),
        (replace(READY, shards=(Shard(0, True), Shard(1, True), Shard(2, False))), {"gateway"}),
        (replace(READY, corpus=""), {"corpus"}),
        (replace(READY, database=False), {"database"}),
    ],
    ids=["ready", "nothing", "one of two", "none", "stands by", "one lost", "no corpus", "no database"],
)
async def test_ready_is_who_has_its_shards_a_corpus_and_a_database(view: View, lacks: set[str]) -> None:
    assert set(missing(view)) == set(lacks)
    port = free_port()
    async with Operations(port=port) as operations:
        operations.watch(Watched(view).look)
        status, said = await get(port, "/readyz")
    assert status == (503 if lacks else 200)
    assert set(said["missing"]) == set(lacks)
    assert said["ready"] is not bool(lacks)


async def test_before_there_is_a_bot_the_process_is_alive_and_not_ready() -> None:
    port = free_port()
    async with Operations(port=port):
        assert await get(port, "/healthz") == (200, {"status": "alive"})
        status, said = await get(port, "/readyz")
        assert (status, set(said["missing"])) == (503, {"gateway", "corpus", "database"})
        status, text = await get(port, "/metrics")
    assert status == 200
    assert "support_bot_database_up 0.0" in text


async def test_the_lost_shards_are_named() -> None:
    view = replace(READY, shards=(Shard(4, False), Shard(2, False), Shard(1, True)))
    assert missing(view) == {"gateway": "not connected: shard 2, 4"}


async def test_metrics_show_what_was_counted_and_what_is_seen_at_that_moment() -> None:
    port, watched = free_port(), Watched()
    async with Operations(port=port) as operations:
        operations.watch(watched.look)
        operations.metrics.answered("diagnosis", "weight-exceeded", {"total": 0.2, "reading": 0.002})
        operations.metrics.answered("overview", "", {"total": 0.3})
        await get(port, "/metrics")
        watched.view = replace(READY, corpus="2" * 40, shards=(Shard(5, False),))
        _, text = await get(port, "/metrics")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["support_bot_answers_total", (("cause", "weight-exceeded"), ("verdict", "diagnosis"))] == 1
    assert samples["support_bot_answers_total", (("cause", ""), ("verdict", "overview"))] == 1
    assert samples["support_bot_answer_stage_seconds_count", (("stage", "total"),)] == 2
    assert samples["support_bot_answer_stage_seconds_bucket", (("le", "0.25"), ("stage", "total"))] == 1
    plain: dict[str, float] = {
        "queue_messages": 2,
        "messages_under_way": 3,
        "state_pending_writes": 4,
        "database_up": 1,
        "cluster_processes": 2,
    }
    plain |= {"shards": 1, "servers": 5, "corpus_causes": 7, "corpus_points": 11, "corpus_loaded_timestamp_seconds": 1.7e9}
    assert {name: samples[f"support_bot_{name}", ()] for name in plain} == plain
    assert samples["process_resident_memory_bytes", ()] > 1e6
    # What is gone is not shown any longer.
    assert [labels for name, labels in samples if name == "support_bot_gateway_connected"] == [(("shard", "5"),)]
    assert [labels for name, labels in samples if name == "support_bot_corpus_info"] == [(("version", "2" * 40),)]
    assert not [labels for name, labels in samples if name == "support_bot_gateway_latency_seconds"]


def test_two_bots_in_one_process_do_not_mix_their_counts() -> None:
    one, other = exercised(), exercised()
    one.voted("fixed")
    assert b'support_bot_votes_total{kind="fixed"} 2.0' in one.render(READY)[0]
    assert b'support_bot_votes_total{kind="fixed"} 1.0' in other.render(READY)[0]


def test_a_scraper_that_asks_for_openmetrics_gets_it() -> None:
    body, content_type = exercised().render(READY, "application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


async def test_a_port_in_use_is_named_and_the_bot_goes_on_without(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with Operations(port=port) as operations:
            operations.metrics.voted("fixed")
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "METRICS_PORT" in record.getMessage()
    assert str(port) in record.getMessage()


async def test_without_a_port_nothing_is_opened_and_nothing_counted() -> None:
    async with Operations.of(load_settings({})) as operations:
        assert operations.metrics is UNMEASURED
        assert operations.trace is None
        assert vars(operations)["_runner"] is None


def test_a_bot_without_the_port_does_not_import_prometheus() -> None:
    code = "import sys, bot.operations.server, bot.cogs.operations; print('prometheus_client' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    assert ran.stdout == "False\n"


async def test_failed_requests_are_counted_by_status_and_lost_connections_as_such() -> None:
    metrics = exercised()

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]))

    app = web.Application()
    app.router.add_get("/{status}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession(trace_configs=[failures_traced(metrics)]) as session:
        for status in (200, 404, 500, 404):
            async with session.get(f"http://127.0.0.1:{port}/{status}"):
                pass
        await runner.cleanup()
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"http://127.0.0.1:{port}/200")
    text = metrics.render(READY)[0].decode()
    shown = {line for line in text.splitlines() if line.startswith("support_bot_discord_errors_total")}
    assert shown == {
        f'support_bot_discord_errors_total{{status="{status}"}} {count}'
        for status, count in (("403", 1.0), ("404", 2.0), ("500", 1.0), ("connection", 1.0))
    }
