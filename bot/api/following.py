"""Following the corpus that the bot's processes serve: what they swap to, this process swaps to with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.service import Service
from bot.settings import Settings


@asynccontextmanager
async def following(service: Service, settings: Settings) -> AsyncIterator[None]:
    """Be one of the processes that share a database, while this is entered; where the state is in a file, there are no others.

    Raises StateError when a newer version of the bot has written the state.
    """
    from bot.cluster import make_cluster

    cluster = make_cluster(settings)
    if cluster is None:
        yield
        return
    from bot.corpus_store import Keeper
    from bot.state import make_store

    store = make_store(settings)
    keeper = Keeper(service, store, settings, cluster=cluster)
    try:
        await store.open()
        await cluster.start()
        await keeper.start()
        yield
    finally:
        await keeper.stop()
        await store.close()
        await cluster.stop()
