"""Registering the commands with Discord: only when they changed, for every registration counts against a daily limit."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from discord import app_commands

from bot.cogs.sending import DISCORD_ERRORS, describe_error

log = logging.getLogger(__name__)


async def sync_commands(tree: app_commands.CommandTree[Any], cache_dir: Path) -> bool:
    """Register the tree's commands if they are not what was registered last; returns whether they were sent.

    The last registration is remembered as a hash in `cache_dir`. Discord is asked which commands it knows as well: a hash
    alone would be wrong after somebody removed them there. An error is logged, and the bot works without its commands.
    """
    commands = sorted((command.to_dict(tree) for command in tree.get_commands()), key=lambda command: str(command["name"]))
    described = json.dumps([tree.client.application_id, commands], sort_keys=True)
    digest = hashlib.sha256(described.encode()).hexdigest()
    state = cache_dir / "commands.sha256"
    try:
        if _read(state) == digest:
            registered = {command.name for command in await tree.fetch_commands()}
            if registered == {command["name"] for command in commands}:
                return False
        await tree.sync()
    except DISCORD_ERRORS as error:
        log.error("The commands could not be registered: %s", describe_error(error))  # noqa: TRY400 - the text says it all
        return False
    log.info("Registered %d command(s)", len(commands))
    _write(state, digest)
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _write(path: Path, digest: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(digest + "\n", "ascii")
    except OSError as error:
        log.warning("%s cannot be written (%s): the commands are registered again at the next start", path, error.strerror)
