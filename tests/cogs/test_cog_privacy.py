from __future__ import annotations

import pytest
from discord_world import CHATTER, DIAGNOSED, TRACE, UNKNOWN, World
from simcord import InteractionResult

from bot.cogs.privacy import NOT_STORED, OPTED_IN, OPTED_OUT, help_text
from bot.errors import StateError
from bot.settings import Settings, load_settings
from bot.state import Store


def said(result: InteractionResult) -> str:
    responses = [result.response, *result.followups]
    assert all(response.ephemeral for response in responses if response is not None)
    return "\n".join(response.content for response in responses if response is not None)


async def test_help_says_what_is_read_and_stored_here_and_how_to_opt_out(world: World) -> None:
    text = said(await world.asker.slash(world.lounge, "diagnose-help"))
    assert f"<#{world.support.id}>" in text
    assert "Acme" in text
    assert "Never what somebody wrote" in text
    assert "`/diagnose-opt-out`" in text


async def test_who_opts_out_is_neither_read_nor_recorded_unasked(world: World) -> None:
    assert said(await world.asker.slash(world.lounge, "diagnose-opt-out")) == OPTED_OUT
    message = await world.asker.send(world.support, TRACE)
    assert world.engine.seen == []
    assert world.sent() == []
    assert await store(world).answer(message.id) is None


async def test_who_opted_out_is_answered_when_they_ask_and_still_not_recorded(world: World) -> None:
    await world.asker.slash(world.lounge, "diagnose-opt-out")
    message = await world.asker.send(world.support, f"<@{world.me}> {TRACE}")
    assert DIAGNOSED in "\n".join(world.said(world.thread))
    assert await store(world).answer(message.id) is None
    await world.asker.send(world.thread, f"and {TRACE}")
    assert len(world.engine.seen) == 1, "the thread is not followed unasked"
    await world.asker.slash(world.lounge, "diagnose", text=CHATTER)
    assert UNKNOWN in "\n".join(world.said(world.lounge))


async def test_opting_out_holds_after_a_restart_and_can_be_taken_back(world: World) -> None:
    await world.asker.slash(world.lounge, "diagnose-opt-out")
    await world.restart()
    await world.asker.send(world.support, TRACE)
    assert world.engine.seen == []
    assert "You have opted out" in said(await world.asker.slash(world.lounge, "diagnose-help"))
    assert said(await world.asker.slash(world.lounge, "diagnose-opt-in")) == OPTED_IN
    await world.asker.send(world.support, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_opting_out_concerns_nobody_else(world: World) -> None:
    await world.member("friend").slash(world.lounge, "diagnose-opt-out")
    await world.asker.send(world.support, TRACE)
    assert DIAGNOSED in "\n".join(world.said(world.thread))


async def test_a_choice_that_cannot_be_stored_is_not_confirmed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StateError("the disk is full")

    monkeypatch.setattr(store(world), "set_user_setting", fail)
    assert said(await world.asker.slash(world.lounge, "diagnose-opt-out")) == NOT_STORED


@pytest.mark.parametrize("sees_all", [True, False])
@pytest.mark.parametrize("opted_out", [True, False])
@pytest.mark.parametrize("screens", [True, False])
def test_the_help_fits_into_one_message(sees_all: bool, opted_out: bool, screens: bool) -> None:
    channels = frozenset(range(10**18, 10**18 + 200))
    settings = load_settings({}).model_copy(update={"support_channels": channels, "read_screenshots": screens})
    text = help_text("Acme" * 20, settings, guild=Everywhere(), sees_all=sees_all, opted_out=opted_out)  # type: ignore[arg-type]
    assert len(text) <= 2_000
    assert text.splitlines()[-1].startswith("**Opting out:**"), "nothing was left out"


def test_without_the_intent_the_help_says_that_only_what_is_addressed_to_the_bot_is_read(settings: Settings) -> None:
    text = help_text("Acme", settings, guild=None, sees_all=False, opted_out=False)
    assert "Only what is addressed to me: Discord shows me nothing else." in text


class Everywhere:
    """A server that has every channel."""

    def get_channel(self, _id: int) -> object:
        return object()


def store(world: World) -> Store:
    """The state of the running bot."""
    found = vars(world.bot)["store"]
    assert isinstance(found, Store)
    return found
