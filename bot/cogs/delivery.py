"""From an answer to messages on Discord: the leaked key first, then the thread, the answer, the tags and the record."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import discord

from bot.cogs import leaks
from bot.cogs.desk import Answered, Desk, remember
from bot.cogs.feedback.buttons import Action, answer_view
from bot.cogs.operations import Told, note_answer
from bot.cogs.policy import Place, Situation
from bot.cogs.sending import send_parts
from bot.cogs.tags import apply_tags, wanted_tags
from bot.cogs.threads import open_thread
from bot.reply.markdown import render
from bot.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Safe:
    """The parts of an answer that may be shown in public, after the author of a leaked key was told.

    warning: what to say in public of a key whose author could not be told in private, or "".
    deletes: the message is to be deleted.
    """

    parts: list[str]
    warning: str = ""
    deletes: bool = False


async def deliver(
    desk: Desk, settings: Settings, message: discord.Message, done: Answered, situation: Situation, *, in_place: bool = False
) -> None:
    """Answer a message in its thread, opened for it where there is none; `in_place`: as a reply in its channel."""
    safe = await make_safe(desk, settings, message, done, situation)
    target = message.channel if in_place else await open_thread(message, done.answer.reply.headline)
    if safe.deletes:
        await _delete(desk, message)
    if target is None or not await desk.store.claim(message.id):
        return
    stays = target.id == message.channel.id and not isinstance(target, discord.Thread) and situation.place is not Place.DIRECT
    if stays:
        desk.conversations.forget(message.id)
    without = frozenset({Action.HUMAN} if situation.place is Place.DIRECT else ())
    verdict = done.answer.diagnosis.verdict
    # Of those who opted out nothing is stored, so that no button could find its answer.
    view = None if situation.opted_out else answer_view(message.id, verdict, without=without)
    sent = await send_parts(target, safe.parts, source=message.id, reply_to=message if stays else None, view=view)
    if sent:
        note_answer(desk, "Message", message.id, done.answer, told(message, situation, target.id, len(sent)))
    await desk.record(message, done, sent, situation)
    if sent and isinstance(target, discord.Thread):
        await apply_tags(target, wanted_tags(desk.here(settings, message.guild), area_of(done)))


async def keep_silent(desk: Desk, settings: Settings, message: discord.Message, done: Answered, situation: Situation) -> None:
    """Say nothing on a message, but for a key in it whose author cannot be told in private; record what was seen."""
    safe = await make_safe(desk, settings, message, done, situation)
    if safe.warning and await desk.store.claim(message.id):
        await send_parts(message.channel, [safe.warning], source=message.id, reply_to=message)
        await desk.store.done(message.id)
    if safe.deletes:
        await _delete(desk, message)
    desk.metrics.kept_silent(str(done.answer.diagnosis.verdict))
    await desk.record(message, done, [], situation)


async def make_safe(desk: Desk, settings: Settings, message: discord.Message, done: Answered, situation: Situation) -> Safe:
    """Tell the author of a leaked key, once a message, and take the hint at it out of the answer if that worked."""
    reply, notes = done.answer.reply, done.intake.note_line()
    keys = leaks.leaked_keys(done.answer.reading)
    if not keys:
        return Safe([*render(reply), *notes])
    about = done.answer.snapshot.about
    if situation.place is Place.DIRECT:
        text = leaks.notice(keys, about, where="Your message")
        return Safe([*render(leaks.without_notice(reply)), text, *notes])
    deletes = desk.here(settings, message.guild).delete_leaked_keys and leaks.may_delete(message)
    told = message.id in desk.warned
    warning = ""
    if not told:
        advice = leaks.DELETES if deletes else leaks.STAYS
        where = f"Your message in <#{message.channel.id}>"
        told = await leaks.tell(message.author, leaks.notice(keys, about, where=where, advice=advice), source=message.id)
        if told:
            remember(desk.warned, message.id)
        else:
            warning = leaks.notice(keys, about, where="This message", advice=advice)
    shown = leaks.without_notice(reply) if told else reply
    return Safe([*render(shown), *notes], warning, deletes)


def told(message: discord.Message, situation: Situation, place: int, parts: int, surface: str = "") -> Told:
    """Where an answer to a message stands: in the thread or channel `place`."""
    return Told(
        surface or str(situation.place),
        situation.asked,
        message.guild,
        message.channel.id,
        place if place != message.channel.id or isinstance(message.channel, discord.Thread) else None,
        None if situation.opted_out else message.author.id,
        parts,
    )


def area_of(done: Answered) -> str | None:
    """The area of the diagnosed cause, None while it is open."""
    decided = done.answer.diagnosis.decided
    return decided.cause.area if decided is not None else None


async def _delete(desk: Desk, message: discord.Message) -> None:
    """Delete the message; the event that Discord sends of it must not remove the answer."""
    remember(desk.deleted, message.id)
    if not await leaks.delete(message):
        desk.deleted.pop(message.id, None)
