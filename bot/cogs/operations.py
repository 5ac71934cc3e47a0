"""What operators see of the bot on Discord: one line of the log an answer, its metrics, and how the bot is doing now."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.cogs.desk import Desk
from bot.cogs.waiting import turn_times
from bot.engine import Answer
from bot.errors import StateError
from bot.operations.view import Shard, View

if TYPE_CHECKING:
    from bot.cluster import Cluster

log = logging.getLogger(__name__)

ASK_S = 1.0
"""How long the database may take to answer before it counts as away."""
EDIT = "edit"
"""The surface of an answer that follows an edit of its message; those of others are named like the places of a Situation."""
ELSEWHERE = "other"
"""The cause in the metrics where the shared corpus does not know it: a server's own, which are not all counted one by one."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where an answer stands. author: None for those who opted out, of whom nothing is written down."""

    surface: str
    asked: bool
    guild: discord.Guild | None
    channel_id: int | None
    thread_id: int | None
    author_id: int | None
    parts: int


def note_answer(desk: Desk, what: str, source_id: int, answer: Answer, told: Told) -> None:
    """Log and count an answer that stands: ids (as text: they are larger than what JSON readers keep exactly), never words.

    what: what was answered, as the line begins: Message or Interaction.
    """
    diagnosis = answer.diagnosis
    best = diagnosis.decided
    cause = best.cause.id if best is not None else ""
    total_s, waited_s = turn_times()
    stages_s = {name: ms / 1000 for name, ms in answer.timing_ms.items() if name != "total"}
    stages_s |= {"waiting": waited_s, "total": total_s}
    fields: dict[str, Any] = {
        "event": "answered",
        "surface": told.surface,
        "verdict": str(diagnosis.verdict),
        "cause": cause,
        "certainty": str(best.level) if best is not None else "",
        "asked": told.asked,
        "parts": told.parts,
        "source_id": str(source_id),
        "guild_id": _text(told.guild.id if told.guild is not None else None),
        "channel_id": _text(told.channel_id),
        "thread_id": _text(told.thread_id),
        "author_id": _text(told.author_id),
        "shard": told.guild.shard_id if told.guild is not None else 0,
        "corpus": answer.snapshot.version,
        **{f"{stage}_ms": round(seconds * 1000, 1) for stage, seconds in stages_s.items()},
    }
    log.info("%s %d: %s in %d part(s)", what, source_id, diagnosis.verdict, told.parts, extra=fields)
    known = not cause or cause in desk.service.snapshot.causes
    desk.metrics.answered(str(diagnosis.verdict), cause if known else ELSEWHERE, stages_s)


def surface_of(interaction: discord.Interaction) -> str:
    """Which way an explicit request came."""
    if interaction.type is discord.InteractionType.modal_submit:
        return "form"
    return "menu" if isinstance(interaction.command, discord.app_commands.ContextMenu) else "command"


async def look(bot: commands.AutoShardedBot, desk: Desk, cluster: Cluster | None = None) -> View:
    """The bot as it is now; what the database is asked for is bounded by ASK_S."""
    snapshot, under_way = desk.service.snapshot, len(desk.waiting.under_way)
    database, processes = await asyncio.gather(_database_answers(desk), _processes(cluster))
    shards, planned = shards_of(bot), bot.shard_count or 1
    waiting = desk.waiting.count
    return View(
        shards=shards,
        # Processes beyond the number of shards stand by.
        shards_needed=planned if cluster is None else int(processes <= planned),
        servers=len(bot.guilds),
        waiting=waiting,
        under_way=max(0, under_way - waiting),
        corpus=snapshot.version,
        loaded_at=desk.service.loaded_at,
        causes=len(snapshot.causes),
        points=len(snapshot.points),
        pending_writes=desk.store.pending,
        database=database,
        processes=processes,
    )


def shards_of(bot: commands.AutoShardedBot) -> tuple[Shard, ...]:
    """The shards that this process has."""
    return tuple(Shard(id_, not shard.is_closed(), shard.latency) for id_, shard in sorted(bot.shards.items()))


async def _database_answers(desk: Desk) -> bool:
    try:
        async with asyncio.timeout(ASK_S):
            await desk.store.ping()
    except (StateError, TimeoutError):
        return False
    return True


async def _processes(cluster: Cluster | None) -> int:
    """How many live processes share the database, as far as it tells: this one at least."""
    if cluster is None:
        return 1
    try:
        async with asyncio.timeout(ASK_S):
            return max(1, len(await cluster.peers()))
    except (StateError, TimeoutError):
        return 1


def _text(id_: int | None) -> str:
    return "" if id_ is None else str(id_)
