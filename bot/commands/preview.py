"""`preview`: the bot on a simulated server in the local browser, without a token."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from importlib.util import find_spec
from pathlib import Path

from bot.errors import InputError, UserError
from bot.settings import Settings

NEEDED = ("simcord", "linkify_it", "markdown_it", "regex", "PIL", "av")
PICTURES_NEED = ("playwright",)
MISSING = "The extra `preview` is not installed (missing: {}): pip install -e '.[preview]'"


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `preview`."""
    parser.add_argument("--port", type=int, default=8400, help="port on 127.0.0.1, 0 for any free one (default: 8400)")
    parser.add_argument("--screenshots", metavar="DIR", help="take the pictures of the README instead, into this folder")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped, or take the pictures; returns the exit code."""
    require((*NEEDED, *PICTURES_NEED) if arguments.screenshots else NEEDED)
    if not 0 <= arguments.port <= 65_535:
        raise InputError(f"--port {arguments.port}: a port is a number from 0 to 65535")
    for chatty in ("alembic", "discord", "bot.app"):
        # What they warn of holds for a real server, not for this one.
        logging.getLogger(chatty).setLevel(logging.ERROR)
    # Imported here: the other commands need neither Discord's library nor this extra.
    from bot.preview import run as preview

    print("Loading the corpus and the model…", file=sys.stderr)
    service = preview.open_engine(settings)
    try:
        if arguments.screenshots:
            folder = Path(arguments.screenshots).expanduser()
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"{folder} cannot be made: {error.strerror}") from error
            asyncio.run(preview.take_pictures(settings, service, folder, _say))
        else:
            asyncio.run(preview.serve(settings, service, arguments.port, _say))
    finally:
        service.close()
    return 0


def require(modules: tuple[str, ...]) -> None:
    """Raise UserError that says what to install when a module is missing."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise UserError(MISSING.format(", ".join(missing)))


def _say(line: str) -> None:
    print(line, flush=True)
