"""All cited pages of a corpus: each fetched once, politely, and judged."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urldefrag

import aiohttp

from bot.knowledge.types import Point, Snapshot, Source
from bot.links.fetch import Limits, fetch, open_session
from bot.links.judge import judge_page
from bot.links.pace import Pace
from bot.links.types import PageCheck

Progress = Callable[[int, int, PageCheck], None]
"""Told of each page as it is done: how many are, how many there are, and the verdict."""


async def check_pages(snapshot: Snapshot, limits: Limits, progress: Progress) -> tuple[PageCheck, ...]:
    """The verdict on each source, in the order of the corpus; those of one page share a request."""
    points: defaultdict[str, list[Point]] = defaultdict(list)
    for point in snapshot.points.values():
        points[point.source].append(point)
    addresses: defaultdict[str, list[Source]] = defaultdict(list)
    for source in snapshot.sources.values():
        addresses[urldefrag(source.url).url].append(source)
    pace = Pace(limits.concurrency, limits.pause_s)
    done: dict[str, PageCheck] = {}

    async def check(session: aiohttp.ClientSession, url: str) -> None:
        fetched = await fetch(session, url, pace, limits)
        for source in addresses[url]:
            # Judging a large page takes a while: the other connections must not wait for it.
            done[source.id] = await asyncio.to_thread(judge_page, source, points[source.id], fetched)
            progress(len(done), len(snapshot.sources), done[source.id])

    async with open_session(limits) as session:
        await asyncio.gather(*(check(session, url) for url in addresses))
    return tuple(done[source] for source in snapshot.sources)
