from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Diagnosis, Verdict
from bot.engine import Answer, Engine
from bot.errors import CorpusError, Problem
from bot.knowledge.types import Point, Snapshot
from bot.reading.profile import Profile
from bot.reading.types import Reading
from bot.reply.types import Reply
from bot.service import Service
from bot.settings import Settings, load_settings


class CountingEngine(Engine):
    """Answers with its corpus' version; knows how many answers were worked out at the same time."""

    def __init__(self, version: str, takes_s: float = 0.0) -> None:
        points = {version: Point(version, "A claim.", "docs", "2025-01-01")}
        self.snapshot = Snapshot(version, Profile("Acme"), {}, {}, points, {}, {})
        self.takes_s = takes_s
        self.now = self.most = 0
        self._lock = threading.Lock()

    def answer(self, text: str, conversation: Conversation | None = None, *, before: Reading | None = None) -> Answer:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.takes_s)
        with self._lock:
            self.now -= 1
        turns = (conversation or Conversation()).turns + 1
        reading = Reading(text, (), (), (), (), (), (), text)
        return Answer(
            reading, Diagnosis(Verdict.ABSTAIN), Reply(self.snapshot.version), Conversation(turns=turns), {}, self.snapshot
        )


@dataclass
class Disk:
    """What building an engine gives, in turn; knows how many builds ran at the same time."""

    outcomes: list[CountingEngine | Exception] = field(default_factory=list)
    takes_s: float = 0.0
    now: int = 0
    most: int = 0

    def build(self, settings: Settings, *, own: bool = False) -> Engine:
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(self.takes_s)
        self.now -= 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def reload(service: Service) -> list[str]:
    """Build an engine beside the one that serves, and let it serve."""
    return service.serve(await service.apart(service.build, Path("knowledge")))


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    services: list[Service] = []

    def start(engine: Engine, disk: Disk | None = None, **environ: str) -> Service:
        services.append(Service(engine, load_settings(environ), build=(disk or Disk()).build))
        return services[-1]

    yield start
    for service in services:
        service.close()


async def test_answers_one_message_after_another_of_a_conversation(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"))
    first = await service.answer("hello")
    second = await service.answer("again", first.conversation)
    assert (first.conversation.turns, second.conversation.turns) == (1, 2)


async def test_works_on_no_more_messages_at_once_than_set_and_answers_all(serve: Callable[..., Service]) -> None:
    engine = CountingEngine("one", takes_s=0.02)
    service = serve(engine, ANALYSIS_WORKERS="3")
    answers = await asyncio.gather(*(service.answer(str(number)) for number in range(30)))
    assert [answer.reading.text for answer in answers] == [str(number) for number in range(30)]
    assert engine.most == 3


async def test_the_loop_runs_on_while_an_answer_is_worked_out(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one", takes_s=0.3))
    work = asyncio.ensure_future(service.answer("slow"))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10


async def test_a_reload_serves_the_new_engine_and_says_what_changed(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"), Disk([CountingEngine("two")]))
    changes = await reload(service)
    assert any("two" in change for change in changes)
    assert service.snapshot.version == "two"
    assert (await service.answer("hello")).reply.headline == "two"


async def test_a_broken_corpus_leaves_the_old_engine_serving(serve: Callable[..., Service]) -> None:
    broken = CorpusError([Problem("causes/a.yaml", 1, "bad", "broken")])
    service = serve(CountingEngine("one"), Disk([broken, CountingEngine("two")]))
    with pytest.raises(CorpusError, match=r"causes/a\.yaml:1: bad: broken"):
        await reload(service)
    assert (await service.answer("hello")).reply.headline == "one"
    await reload(service)
    assert (await service.answer("hello")).reply.headline == "two"


async def test_the_engine_before_can_serve_again_at_once(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"), Disk([CountingEngine("two")]))
    await reload(service)
    assert service.previous is not None
    service.serve(service.previous)
    assert (await service.answer("hello")).reply.headline == "one"
    assert service.previous.snapshot.version == "two"


async def test_reloads_run_one_after_another(serve: Callable[..., Service]) -> None:
    disk = Disk([CountingEngine(str(number)) for number in range(4)], takes_s=0.02)
    service = serve(CountingEngine("one"), disk)
    await asyncio.gather(*(reload(service) for _ in range(4)))
    assert disk.most == 1
    assert service.snapshot.version == "3"


async def test_answers_do_not_wait_for_a_reload(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"), Disk([CountingEngine("two")], takes_s=0.5), ANALYSIS_WORKERS="1")
    reloading = asyncio.ensure_future(reload(service))
    await asyncio.sleep(0.05)
    assert (await service.answer("hello")).reply.headline == "one"
    assert not reloading.done()
    await reloading


async def test_an_answer_under_way_is_finished_by_the_engine_it_began_with(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one", takes_s=0.3), Disk([CountingEngine("two")]))
    under_way = asyncio.ensure_future(service.answer("hello"))
    await asyncio.sleep(0.05)
    await reload(service)
    assert (await under_way).reply.headline == "one"


async def test_an_error_of_the_work_reaches_the_caller(serve: Callable[..., Service]) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await serve(CountingEngine("one")).run(fail)


async def test_a_closed_service_takes_no_more_work(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"))
    service.close()
    service.close()
    with pytest.raises(RuntimeError):
        await service.answer("hello")


def test_can_be_made_outside_an_event_loop(serve: Callable[..., Service]) -> None:
    service = serve(CountingEngine("one"))
    assert cast(Any, asyncio.run(service.answer("hello"))).reply.headline == "one"
