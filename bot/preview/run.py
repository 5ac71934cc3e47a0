"""`preview`: serve a simulated server until it is told to stop, or take pictures of it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.app import keep_messages_out_of_logs
from bot.engine import build_engine
from bot.preview.hub import Hub
from bot.preview.server import simulated_server
from bot.service import Service
from bot.settings import Settings


def open_engine(settings: Settings) -> Service:
    """The engine for the corpus in KNOWLEDGE_DIR; raises CorpusError or ModelError."""
    keep_messages_out_of_logs()
    return Service(build_engine(settings), settings)


async def serve(settings: Settings, service: Service, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; raises UserError when the port is taken."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no signal handlers on its loop; there, an interrupt ends the run
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with simulated_server(settings, service) as server:
        hub = Hub(server)
        async with hub.serving(port):
            say(f"The bot is on a simulated server at {hub.url}\nCtrl-C ends it.")
            await stop.wait()


async def take_pictures(settings: Settings, service: Service, folder: Path, say: Callable[[str], None]) -> None:
    """Pictures of the real bot, for the README, as PNG files in a folder; raises UserError without a browser."""
    from bot.preview.pictures import PICTURES, draw  # Playwright is needed for pictures alone

    async with simulated_server(settings, service) as server:
        hub = Hub(server)
        async with hub.serving(0):
            await draw(hub, server, folder, settings.chromium)
    for name in PICTURES:
        say(str(folder / name))
