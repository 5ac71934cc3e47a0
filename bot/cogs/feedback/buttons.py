"""The buttons under an answer: their ids say everything, so that they work after a restart and nothing is kept in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

import discord

from bot.diagnosis.types import Verdict

COG = "Feedback"
MAX_ID = (1 << 63) - 1
"""Ids of messages in a database are signed; Discord's have room in that until the year 2154."""


class Action(StrEnum):
    """What a button does."""

    FIXED = "fixed"
    MISSED = "missed"
    EVIDENCE = "evidence"
    HUMAN = "human"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Click:
    """What a button's id says. `turn`: which candidate stands above it, 0 for the answer itself."""

    action: Action
    source_id: int
    turn: int = 0


LABELS: dict[Action, tuple[str, discord.ButtonStyle]] = {
    Action.FIXED: ("Fixed it", discord.ButtonStyle.success),
    Action.MISSED: ("Not it", discord.ButtonStyle.secondary),
    Action.EVIDENCE: ("Show evidence", discord.ButtonStyle.secondary),
    Action.HUMAN: ("Need a human", discord.ButtonStyle.primary),
    Action.DISMISS: ("Dismiss", discord.ButtonStyle.secondary),
}
UNSURE = (Action.HUMAN, Action.DISMISS)
"""What is left to say of an answer that admits not to know."""
TEMPLATE = r"v1:(?P<action>fixed|missed|evidence|human|dismiss):(?P<source>[0-9]{1,19})(?::(?P<turn>[0-9]{1,2}))?"


class Handler(Protocol):
    """What the cog does with a click."""

    async def handle(self, interaction: discord.Interaction[Any], click: Click) -> None:
        """Answer the interaction."""


class AnswerButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=TEMPLATE):
    """One button of one answer; the cog does the work."""

    def __init__(self, click: Click, *, disabled: bool = False) -> None:
        label, style = LABELS[click.action]
        turn = f":{click.turn}" if click.turn else ""
        custom_id = f"v1:{click.action}:{click.source_id}{turn}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id, disabled=disabled))
        self.click = click

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """The button that was pressed."""
        source = min(int(match["source"]), MAX_ID)
        return cls(Click(Action(match["action"]), source, int(match["turn"] or 0)))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog answer."""
        await cast(Handler, interaction.client.get_cog(COG)).handle(interaction, self.click)


ANSWER_BUTTONS = (AnswerButton,)
"""What a bot must know to hear the buttons of earlier runs."""


def answer_view(
    source_id: int,
    verdict: Verdict = Verdict.DIAGNOSIS,
    *,
    turn: int = 0,
    without: frozenset[Action] = frozenset(),
    fixed: bool = False,
) -> discord.ui.View:
    """The buttons under an answer to the message with this id. `fixed`: it is known to have helped."""
    view = discord.ui.View(timeout=None)
    for action in UNSURE if verdict is Verdict.ABSTAIN else Action:
        if action not in without:
            view.add_item(AnswerButton(Click(action, source_id, turn), disabled=fixed and action is Action.FIXED))
    return view
