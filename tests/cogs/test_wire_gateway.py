from __future__ import annotations

import pytest
from wire import until
from wire_fixtures import FAILURE, Scene, scene, vectors
from wire_payloads import question

__all__ = ["scene", "vectors"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_first_connection_that_is_refused_is_tried_again(scene: Scene) -> None:
    assert scene.wire.attempts == 2
    assert scene.bot.log.count("No connection to Discord") == 1
    await scene.goes_on()


async def test_after_a_dropped_connection_the_session_is_resumed_and_what_was_missed_is_answered(scene: Scene) -> None:
    scene.wire.drop()
    missed = await scene.ask()
    await scene.is_answered(missed)
    assert len(scene.wire.resumed) == 1
    assert len(scene.wire.intents) == 1


async def test_what_was_asked_just_before_the_connection_drops_is_answered_once(scene: Scene) -> None:
    asked = await scene.ask()
    scene.wire.drop()
    await scene.goes_on()
    await scene.is_answered(asked)


async def test_asked_to_connect_again_the_bot_resumes_its_session(scene: Scene) -> None:
    before = len(scene.wire.resumed)
    await scene.wire.ask_to_reconnect()
    await until(lambda: len(scene.wire.resumed) == before + 1)
    await scene.goes_on()


async def test_a_message_that_is_announced_twice_is_answered_once(scene: Scene) -> None:
    id_ = await scene.ask()
    await scene.is_answered(id_)
    await scene.wire.dispatch("MESSAGE_CREATE", question(id_, FAILURE))
    await scene.goes_on()
    await until(lambda: len(scene.wire.posts(f"/{id_}/threads")) == 2)
    await scene.goes_on()
    assert len(scene.wire.posts(f"/channels/{id_}/messages")) == 1


async def test_a_session_that_discord_has_forgotten_is_begun_anew(scene: Scene) -> None:
    scene.wire.forgets = True
    scene.wire.drop()
    await until(lambda: len(scene.wire.intents) == 2, 15.0)
    await scene.goes_on()
