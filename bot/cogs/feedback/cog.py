"""What the buttons under an answer do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import discord
from discord.ext import commands, tasks

from bot.cogs.desk import Desk
from bot.cogs.feedback import misses, says
from bot.cogs.feedback.buttons import Action, Click, answer_view
from bot.cogs.feedback.calls import Calls
from bot.cogs.feedback.proof import proof
from bot.cogs.feedback.rights import may_judge
from bot.cogs.sending import DISCORD_ERRORS, UNABLE, describe_error, follow_up, send_parts
from bot.cogs.tags import apply_tags
from bot.cogs.updating import remove_parts
from bot.cogs.waiting import BUSY
from bot.errors import UserError
from bot.reply.markdown import render
from bot.settings import Settings
from bot.state import Outcome, StoredAnswer

log = logging.getLogger(__name__)

FLUSH_S = 30.0
"""How often the state is asked to write what it could not write before."""


class Feedback(commands.Cog):
    """Hears the buttons: every click is answered at once, to the one who clicked, and counts once however often it comes."""

    def __init__(self, bot: commands.AutoShardedBot, desk: Desk, settings: Settings) -> None:
        self.bot = bot
        self.desk = desk
        self.settings = settings
        self._calls = Calls()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def cog_load(self) -> None:
        """Begin the upkeep of the state."""
        self.flush.start()
        self.purge.start()

    async def cog_unload(self) -> None:
        """End the upkeep of the state."""
        self.flush.cancel()
        self.purge.cancel()

    @tasks.loop(seconds=FLUSH_S)
    async def flush(self) -> None:
        """Write what could not be written before."""
        await self.desk.store.flush()

    @tasks.loop(hours=24)
    async def purge(self) -> None:
        """Forget what is older than the retention."""
        if removed := await self.desk.store.purge():
            log.info("%d old answer(s) removed from the state", removed)

    async def handle(self, interaction: discord.Interaction[Any], click: Click) -> None:
        """Answer a click; an error of Discord or of the engine is logged, and told where Discord still takes it."""
        try:
            # Discord waits three seconds; what follows may take longer.
            await interaction.response.defer(ephemeral=True, thinking=True)
            await follow_up(interaction, await self._answer(interaction, click), ephemeral=True)
        except DISCORD_ERRORS as error:
            log.warning("Button %s of message %d: %s", click.action, click.source_id, describe_error(error))
            if interaction.response.is_done():
                await follow_up(interaction, [says.FAILED], ephemeral=True)
        except UserError as error:
            log.error("Button %s of message %d: %s", click.action, click.source_id, error)  # noqa: TRY400 - written for the admin
            await follow_up(interaction, [UNABLE], ephemeral=True)

    async def _answer(self, interaction: discord.Interaction[Any], click: Click) -> list[str]:
        if click.action is Action.EVIDENCE:
            answer = await self.desk.store.answer(click.source_id)
            return await self._show(answer) if answer is not None else [self._unknown]
        async with self._locks.setdefault(click.source_id, asyncio.Lock()):
            answer = await self.desk.store.answer(click.source_id)
            if answer is None:
                return [self._unknown]
            if not self._may_judge(interaction, answer):
                return [says.REFUSED]
            if answer.outcome is Outcome.DISMISSED:
                return [says.DISMISSED_ALREADY]
            act = {Action.FIXED: self._fixed, Action.MISSED: self._missed, Action.HUMAN: self._human}
            return [await act.get(click.action, self._dismiss)(interaction, click, answer)]

    async def _show(self, answer: StoredAnswer) -> list[str]:
        if self.desk.waiting.is_full(self.settings.queue_limit):
            self.desk.metrics.refused_busy()
            return [BUSY]
        async with self.desk.waiting.turn():
            return await proof(self.bot, self.desk, self.settings, answer)

    async def _fixed(self, interaction: discord.Interaction[Any], click: Click, answer: StoredAnswer) -> str:
        if answer.outcome is Outcome.FIXED:
            return says.FIXED_ALREADY
        await self._record(interaction, answer, Outcome.FIXED)
        view = answer_view(answer.source_id, answer.verdict, turn=click.turn, without=frozenset({Action.HUMAN}), fixed=True)
        await _set_buttons(interaction, view)
        await self._tag(interaction, self._here(interaction).solved_tag)
        return says.FIXED

    async def _missed(self, interaction: discord.Interaction[Any], click: Click, answer: StoredAnswer) -> str:
        cause = misses.shown(answer, click.turn)
        if cause is None or cause in answer.rejected:
            return says.MISSED_ALREADY
        await self._record(interaction, answer, Outcome.MISSED, cause)
        answer = replace(answer, rejected=answer.rejected | {cause}, outcome=Outcome.MISSED)
        snapshot = misses.corpus_of(self.desk.service.snapshots(interaction.guild_id), answer)
        number, reply = misses.after(snapshot, answer, click.turn)
        await _set_buttons(interaction, answer_view(answer.source_id, without=frozenset(Action) - {Action.EVIDENCE}))
        view = answer_view(
            answer.source_id, turn=number or click.turn, without=frozenset({Action.MISSED} if number is None else ())
        )
        sent = await _say(interaction, render(reply), view)
        # They belong to the answer: they go when it is removed.
        replies = (*answer.reply_ids, *(message.id for message in sent))
        await self.desk.store.record_answer(replace(answer, reply_ids=replies))
        return says.MISSED if sent else says.NOT_SENT

    async def _human(self, interaction: discord.Interaction[Any], _click: Click, answer: StoredAnswer) -> str:
        here = self._here(interaction)
        roles = here.human_roles or here.helper_roles
        known = frozenset(role for role in roles if interaction.guild is not None and interaction.guild.get_role(role))
        if not known:
            return f"{says.NOBODY} People help at <{self._about(answer, interaction)['help']}>."
        if answer.outcome is Outcome.HUMAN:
            return says.CALLED_ALREADY
        if not self._calls.take(_rate_key(interaction), here.human_calls_per_hour):
            return says.CALLED_OFTEN
        await self._record(interaction, answer, Outcome.HUMAN)
        called = " ".join(f"<@&{role}>" for role in sorted(known))
        text = f"{called}: <@{answer.author_id}> needs a human here."
        sent = await _say(interaction, [text], None, pings=known)
        await self._tag(interaction, here.human_tag)
        return says.CALLED if sent else says.NOT_SENT

    async def _dismiss(self, interaction: discord.Interaction[Any], _click: Click, answer: StoredAnswer) -> str:
        await self._record(interaction, answer, Outcome.DISMISSED)
        await remove_parts(self.bot, answer)
        return says.DISMISSED

    async def _record(
        self, interaction: discord.Interaction[Any], answer: StoredAnswer, outcome: Outcome, cause: str = ""
    ) -> None:
        await self.desk.store.vote(answer.source_id, interaction.user.id, outcome, cause)
        await self.desk.store.set_outcome(answer.source_id, outcome)
        self.desk.metrics.voted(str(outcome))
        log.info("Message %d: its answer was called %s", answer.source_id, outcome)

    async def _tag(self, interaction: discord.Interaction[Any], name: str) -> None:
        if name and isinstance(interaction.channel, discord.Thread):
            await apply_tags(interaction.channel, [name.casefold()])

    def _about(self, answer: StoredAnswer, interaction: discord.Interaction[Any]) -> Mapping[str, str]:
        return misses.corpus_of(self.desk.service.snapshots(interaction.guild_id), answer).about

    def _here(self, interaction: discord.Interaction[Any]) -> Settings:
        return self.desk.here(self.settings, interaction.guild)

    def _may_judge(self, interaction: discord.Interaction[Any], answer: StoredAnswer) -> bool:
        user = interaction.user
        return may_judge(
            user_id=user.id,
            asker_id=answer.author_id,
            roles=[role.id for role in user.roles] if isinstance(user, discord.Member) else [],
            helper_roles=self._here(interaction).helper_roles,
            manages_messages=interaction.guild_id is not None and interaction.permissions.manage_messages,
        )

    @property
    def _unknown(self) -> str:
        return says.UNKNOWN if self.desk.store.available else says.UNAVAILABLE


async def _set_buttons(interaction: discord.Interaction[Any], view: discord.ui.View) -> None:
    """Change the buttons under the message that was clicked; one that is gone needs none."""
    if interaction.message is not None:
        try:
            await interaction.message.edit(view=view)
        except DISCORD_ERRORS as error:
            log.info("The buttons of message %d were not changed: %s", interaction.message.id, describe_error(error))


async def _say(
    interaction: discord.Interaction[Any], parts: list[str], view: discord.ui.View | None, *, pings: frozenset[int] = frozenset()
) -> list[discord.Message]:
    """Say something where the button is; the interaction's id makes a nonce of its own."""
    if not isinstance(interaction.channel, discord.abc.Messageable):
        return []
    return await send_parts(interaction.channel, parts, source=interaction.id, view=view, pings=pings)


def _rate_key(interaction: discord.Interaction[Any]) -> int:
    """The channel or forum whose helpers are called."""
    channel = interaction.channel
    return channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id or 0
