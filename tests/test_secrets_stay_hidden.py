"""No planted secret leaves the process: not in a log, not in the cache on disk, not in any form of the answer."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PARCEL

from bot.benchmark.planted import Planted, left_of, planted
from bot.commands.diagnose import as_json
from bot.diagnosis.conversation import Conversation
from bot.engine import Engine, build_engine
from bot.knowledge.load import load_snapshot
from bot.reply import markdown, terminal
from bot.reply.explain import explain
from bot.settings import load_settings

BY_KIND: dict[str, list[Planted]] = defaultdict(list)
for one in planted(load_snapshot(PARCEL).profile):
    BY_KIND[one.kind].append(one)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def own_engine(cache: Path) -> Engine:
    """An engine with a cache of its own, so that what is on disk came from these messages."""
    return build_engine(load_settings({"KNOWLEDGE_DIR": str(PARCEL), "CACHE_DIR": str(cache)}))


def messages(plants: list[Planted]) -> Iterator[str]:
    """Failures of the product with the secret on the lines that an answer quotes, and one message with all notations."""
    for plant in plants[:: max(len(plants) // 4, 1)]:
        yield f"why does this fail?\nparcelo.ApiError: 422 weight_exceeded {plant.text}"
        yield f"parcelo: does {plant.text} have a limit?"
    yield "\n".join(f"2026-03-01 10:00:00,000 - parcelo - ERROR - depot_closed\n{plant.text}" for plant in plants)


@pytest.mark.parametrize("kind", BY_KIND)
def test_no_planted_secret_reaches_a_log_the_cache_or_an_answer(
    kind: str, own_engine: Engine, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plants = BY_KIND[kind]
    conversation = Conversation()
    shown: list[str] = []
    for text in messages(plants):
        answer = own_engine.answer(text, conversation)
        conversation = answer.conversation
        assert answer.reading.redactions
        shown += [
            json.dumps(as_json(own_engine, "id", answer), ensure_ascii=False),
            *markdown.render(answer.reply),
            terminal.render(answer.reply),
            explain(answer.diagnosis, answer.timing_ms),
            repr(answer),
            repr(conversation),
        ]
    logged = [caplog.text, *(repr(record.args) for record in caplog.records)]
    stored = [path.read_bytes().decode("latin-1") for path in cache.rglob("*") if path.is_file()]
    assert stored
    for text in (*shown, *logged, *stored):
        for plant in plants:
            assert not left_of(plant.secret, text), plant.wrapping
