"""The bot as its own process, pointed at the stand-in for Discord: started, listened to, told to stop."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wire import Wire, until
from wire_payloads import CHANNEL

from bot.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PARCEL = ROOT / "tests/corpora/parcel"
FAULTY = Path(__file__).parent / "faulty"
RAISES, ENDLESS = "this analysis raises", "this analysis does not end"
"""Texts whose analysis goes wrong."""
START_S = 60.0
STOP_S = 30.0


@dataclass
class BotProcess:
    """A running bot. lines: what it has logged."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        """What it has logged, as one text."""
        return "".join(self.lines)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; returns the exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), STOP_S)

    async def listen(self) -> None:
        """Collect what it logs until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())


def environment(wire: Wire, folder: Path, vectors: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a bot that keeps its state and its cache in `folder`; its cache begins as a copy of `vectors`."""
    cache = folder / "cache"
    if not cache.exists():
        shutil.copytree(vectors, cache, ignore=shutil.ignore_patterns("models", "commands.sha256"))
        # The export of the model, wherever this run has it: a process that embeds without it takes seconds and PyTorch.
        made = next((place for place in load_settings({"CACHE_DIR": str(vectors)}).export_dirs if place.is_dir()), None)
        if made is not None:
            (cache / "models").symlink_to(made, target_is_directory=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": f"{FAULTY}{os.pathsep}{ROOT}",
        "FAULT_RAISES": RAISES,
        "FAULT_ENDLESS": ENDLESS,
        "DISCORD_TOKEN": "token",
        "DISCORD_API_BASE": f"http://127.0.0.1:{wire.port}/api/v10",
        "DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{wire.port}/gateway",
        "SUPPORT_CHANNELS": CHANNEL,
        "KNOWLEDGE_DIR": str(PARCEL),
        "CACHE_DIR": str(cache),
        "DATA_DIR": str(folder / "data"),
        "USER_ANSWERS_PER_MINUTE": "1000",
        "CHANNEL_ANSWERS_PER_MINUTE": "10000",
        **(more or {}),
    }


@asynccontextmanager
async def bot_process(
    wire: Wire, env: Mapping[str, str], ready: Callable[[BotProcess], bool] | None = None
) -> AsyncIterator[BotProcess]:
    """A bot that is connected, or `ready` in another sense; whatever happens, its process is gone in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    bot = BotProcess(process)
    listener = asyncio.create_task(bot.listen())
    try:
        wire.identified.clear()
        begun = ready or (lambda _: wire.identified.is_set())
        await until(lambda: begun(bot) or process.returncode is not None, START_S)
        assert process.returncode is None, bot.log
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listener
