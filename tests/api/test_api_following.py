"""The endpoint serves the corpus that the bot's processes serve, and swaps with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from api_world import PATIENCE_S, until

from bot.api.answering import Answering
from bot.api.following import following
from bot.cluster import make_cluster
from bot.corpus_store import Keeper, open_service
from bot.settings import Settings, load_settings
from bot.state import make_store

ADMIN = 42


def settings_of(name: str, parcel: Path, cache_dir: Path, folder: Path, **more: str) -> Settings:
    given = {"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(folder / name)}
    return load_settings(given | more)


async def test_the_endpoint_swaps_when_the_bot_does(parcel: Path, cache_dir: Path, tmp_path: Path, database_url: str) -> None:
    bot, http = (settings_of(name, parcel, cache_dir, tmp_path, DATABASE_URL=database_url) for name in ("bot", "http"))
    service, store, cluster = open_service(bot), make_store(bot), make_cluster(bot)
    assert cluster is not None
    keeper = Keeper(service, store, bot, cluster=cluster)
    await store.open()
    await cluster.start()
    await keeper.start()
    other = open_service(http)
    answering, before = Answering(other, "http"), service.snapshot.version
    try:
        async with following(other, http):
            assert answering.snapshot.version == before
            points = parcel / "points/core.yaml"
            points.write_text(points.read_text(encoding="utf-8").replace("any message resets", "each message resets"), "utf-8")
            await until(lambda: len(cluster.corpus) > 0)
            await keeper.reload(ADMIN)
            assert service.snapshot.version != before
            await until(lambda: answering.snapshot.version == service.snapshot.version)
            async with asyncio.timeout(PATIENCE_S):  # what each says of itself, it says at its next beat
                while {peer.corpus for peer in await cluster.peers()} != {service.snapshot.version}:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert len(await cluster.peers()) == 2
        assert len(await cluster.peers()) == 1, "who stops is not waited for"
    finally:
        await keeper.stop()
        await cluster.stop()
        await store.close()
        for one in (service, other):
            one.close()


async def test_where_the_state_is_in_a_file_there_is_nothing_to_follow(parcel: Path, cache_dir: Path, tmp_path: Path) -> None:
    settings = settings_of("alone", parcel, cache_dir, tmp_path)
    service = open_service(settings)
    try:
        async with following(service, settings):
            assert service.snapshot.causes
        assert not (tmp_path / "alone/state").exists()
    finally:
        service.close()
