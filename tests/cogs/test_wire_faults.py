from __future__ import annotations

from dataclasses import replace

import pytest
from bot_process import RAISES
from openapi_requests import problems_of
from wire import until
from wire_faults import Cut, Fault
from wire_fixtures import CAUSE, FAILURE, Scene, scene, vectors
from wire_payloads import CHANNEL, command, thread

from bot.cogs.request import FAILED
from bot.cogs.sending import UNABLE

__all__ = ["scene", "vectors"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN, SEND = "/channels/3001/messages/{id}/threads$", "/channels/{id}/messages$"
ORIGINAL = "/webhooks/1001/token-{id}/messages/@original$"
PROXY = {"Via": "1.1 google"}


def post(path: str, status: int = 0, code: int = 0, **more: object) -> Fault:
    return replace(Fault("POST", path, status, code), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        pytest.param(post(SEND, 429, headers={**PROXY, "Retry-After": "0.2"}), 2, id="rate limit of Discord"),
        pytest.param(post(SEND, 429, headers={"Retry-After": "0.2"}), 2, id="rate limit of a proxy"),
        pytest.param(post(SEND, 500, effect=True), 2, id="500 after the effect"),
        pytest.param(post(SEND, 502, effect=True), 2, id="502 after the effect"),
        pytest.param(post(SEND, 503, effect=True), 2, id="503 after the effect"),
        pytest.param(post(SEND, cut=Cut.BEFORE_REPLY, effect=True), 2, id="connection closed after the effect"),
        pytest.param(post(SEND, cut=Cut.IN_REPLY, effect=True), 2, id="connection closed in the middle of the reply"),
        pytest.param(post(OPEN, 500, effect=True), 2, id="500 after the thread was opened"),
        pytest.param(post(OPEN, 503), 2, id="503 instead of a thread"),
        pytest.param(post(OPEN, cut=Cut.IN_REPLY, effect=True), 2, id="connection closed while the thread is opened"),
        pytest.param(post(OPEN, 429, headers={**PROXY, "Retry-After": "0.2"}), 2, id="rate limit on threads"),
    ],
)
async def test_what_passes_is_answered_in_its_thread_exactly_once(scene: Scene, fault: Fault, tries: int) -> None:
    id_ = scene.next_id()
    scene.wire.faults = [replace(fault, path=fault.path.format(id=id_))]
    assert await scene.ask() == id_
    await scene.logs(f"Message {id_}: diagnosis")
    await scene.is_answered(id_)
    asked = OPEN if fault.path == OPEN else SEND
    assert len(scene.wire.posts(asked.format(id=id_).rstrip("$"))) == tries
    assert scene.wire.threads[id_]["name"] == CAUSE


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(post(OPEN, 403, 50013), id="permission to open threads is gone"),
        pytest.param(post(OPEN, 403, 50001), id="access is gone"),
        pytest.param(post(OPEN, 400, 160005), id="locked"),
        pytest.param(post(OPEN, 400, 160006), id="too many threads"),
        pytest.param(post(OPEN, 503, times=3), id="503 again and again"),
    ],
)
async def test_where_no_thread_can_be_opened_the_answer_is_a_reply(
    scene: Scene, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = scene.next_id()
    scene.wire.faults = [replace(fault, path=fault.path.format(id=id_))]
    before = len(scene.wire.said(CHANNEL))
    await scene.ask()
    await until(lambda: len(scene.wire.said(CHANNEL)) == before + 1)
    assert scene.wire.posts(f"/channels/{CHANNEL}/messages")[-1]["message_reference"]["message_id"] == int(id_)
    assert scene.wire.said(id_) == []
    assert len(scene.wire.posts(f"/{id_}/threads")) == fault.times


@pytest.mark.parametrize(
    ("fault", "logged"),
    [
        pytest.param(post(OPEN, 404, 10008), "Message {id} is gone", id="message deleted"),
        pytest.param(post(OPEN, 404, 10003), "Message {id} is gone", id="channel deleted"),
        pytest.param(post(SEND, 403, 50013), "part 1 was not sent: Forbidden (status 403, code 50013)", id="no right to send"),
        pytest.param(post(SEND, 403, 50001), "part 1 was not sent: Forbidden (status 403, code 50001)", id="no access"),
        pytest.param(post(SEND, 404, 10003), "part 1 was not sent: NotFound (status 404, code 10003)", id="thread deleted"),
        pytest.param(post(SEND, 400, 160005), "part 1 was not sent: HTTPException (status 400, code 160005)", id="locked"),
        pytest.param(post(SEND, 429, headers={"Retry-After": "3600"}), "(status 429, code 0)", id="address blocked"),
    ],
)
async def test_what_does_not_pass_is_logged_and_not_repeated(scene: Scene, fault: Fault, logged: str) -> None:
    id_ = scene.next_id()
    scene.wire.faults = [replace(fault, path=fault.path.format(id=id_), times=9)]
    before = len(scene.bot.log)
    assert await scene.ask() == id_
    await until(lambda: logged.format(id=id_) in scene.bot.log[before:])
    assert scene.wire.faults[0].hits == 1
    assert scene.wire.said(id_) == []
    await scene.goes_on()


async def test_a_thread_that_exists_already_is_answered_in(scene: Scene) -> None:
    id_ = scene.next_id()
    scene.wire.threads[id_] = thread(id_, "somebody was faster")
    await scene.ask()
    await scene.is_answered(id_)


async def test_an_exception_in_the_middle_of_an_analysis_ends_nothing_else_and_keeps_the_text_out_of_the_log(
    scene: Scene,
) -> None:
    unasked, asked = await scene.ask(RAISES), await scene.ask(RAISES, mentions=True)
    await until(lambda: UNABLE in scene.wire.said(CHANNEL))
    await scene.logs(f"Message {unasked} was not answered: RuntimeError")
    await scene.logs(f"Message {asked} was not answered: RuntimeError")
    assert scene.wire.said(CHANNEL).count(UNABLE) == 1
    assert RAISES not in scene.bot.log
    await scene.goes_on()


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([], id="no fault"),
        pytest.param([post(ORIGINAL, 500, method="PATCH", effect=True)], id="500 after the effect"),
        pytest.param([post(ORIGINAL, method="PATCH", effect=True, cut=Cut.IN_REPLY)], id="connection closed"),
        pytest.param([post(ORIGINAL, 429, method="PATCH", headers={**PROXY, "Retry-After": "0.2"})], id="rate limit"),
    ],
)
async def test_a_command_is_answered_exactly_once(scene: Scene, faults: list[Fault]) -> None:
    id_ = scene.new_id()
    scene.wire.faults = [replace(fault, path=fault.path.format(id=id_)) for fault in faults]
    await scene.wire.dispatch("INTERACTION_CREATE", command(id_, FAILURE))
    await scene.logs(f"Interaction {id_}: diagnosis")
    (said,) = scene.wire.said(f"token-{id_}")
    assert "31.5 kg" in said
    assert all(fault.hits for fault in scene.wire.faults)


async def test_a_command_whose_analysis_raises_is_told_so(scene: Scene) -> None:
    id_ = scene.new_id()
    await scene.wire.dispatch("INTERACTION_CREATE", command(id_, RAISES))
    await until(lambda: scene.wire.said(f"token-{id_}") == [FAILED])
    assert RAISES not in scene.bot.log
    await scene.goes_on()


async def test_a_late_interaction_is_logged_and_given_up(scene: Scene) -> None:
    id_ = scene.new_id()
    scene.wire.faults = [Fault("POST", f"/interactions/{id_}/", 404, 10062, times=9)]
    await scene.wire.dispatch("INTERACTION_CREATE", command(id_, FAILURE))
    await scene.logs(f"Interaction {id_} was not told: NotFound (status 404, code 10062)")
    assert scene.wire.said(f"token-{id_}") == []
    assert not any(f"token-{id_}" in path and "webhooks" in path for _, path, _ in scene.wire.requests)
    await scene.goes_on()


async def test_every_request_made_above_is_one_that_discord_takes(scene: Scene) -> None:
    assert {method for method, _, _ in scene.wire.requests} >= {"GET", "POST", "PUT"}
    assert problems_of(scene.wire.requests) == []
