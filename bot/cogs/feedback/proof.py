"""The evidence of an answer: its message is read and analysed once more, for no text of it is kept."""

from __future__ import annotations

import discord

from bot.cogs.desk import Desk
from bot.cogs.threads import source_message
from bot.diagnosis.conversation import Conversation
from bot.reply.evidence import evidence
from bot.reply.markdown import render
from bot.settings import Settings
from bot.state import StoredAnswer

GONE = (
    "I cannot show the evidence: the message it was read from is gone, or I may no longer read it, and I keep no text of "
    "messages. Post it again, and I read it anew."
)
CHANGED = "-# What I know has changed since this was answered: this is how I would answer now."


async def proof(client: discord.Client, desk: Desk, settings: Settings, answer: StoredAnswer) -> list[str]:
    """The parts of the evidence; raises UserError when the engine cannot be used."""
    message = await source_message(client, answer.channel_id, answer.source_id)
    if message is None:
        return [GONE]
    me = client.user.id if client.user is not None else 0
    thread = message.channel if isinstance(message.channel, discord.Thread) else None
    first = thread is None or message.id == thread.id
    intake = await desk.read(message, me, settings, thread.name if thread is not None and first else "")
    if not intake.text:
        return [GONE]
    before = Conversation()
    if thread is not None and not first:
        state = await desk.know(thread, message, me, settings)
        before = await desk.rebuild(thread, message, state.asker, me, settings)
    found = await desk.service.answer(intake.text, before, answer.guild_id)
    snapshot = found.snapshot
    note = [CHANGED] if answer.corpus != snapshot.version else []
    return [*render(evidence(snapshot, found.diagnosis)), *note, *intake.note_line()]
