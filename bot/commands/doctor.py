"""`doctor`: what is wrong with how the bot is set up, and what to do about it; exit code 1 for an error."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict

from bot.operations.doctor.findings import Finding, Level, run_check, run_network_check
from bot.settings import Settings

DATABASE_S = 20.0
DISCORD_S = 600.0
"""How long the checks that ask others may take, together; each of Discord's has its own, shorter limit."""
Say = Callable[[Iterable[Finding]], None]


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doctor`."""
    parser.add_argument(
        "--offline", action="store_true", help="ask neither Discord nor anybody else on the network but the database"
    )
    parser.add_argument("--json", action="store_true", help="print all findings as one JSON list")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make every check, whatever the others find; returns the exit code."""
    findings: list[Finding] = []

    def say(found: Iterable[Finding]) -> None:
        for finding in found:
            findings.append(finding)
            if not arguments.json:
                print(finding, flush=True)

    asyncio.run(_check(settings, say, offline=arguments.offline))
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        counts = {level: sum(finding.level is level for finding in findings) for level in Level}
        print(f"{counts[Level.ERROR]} error(s), {counts[Level.WARNING]} warning(s), {counts[Level.OK]} ok")
    return int(any(finding.level is Level.ERROR for finding in findings))


async def _check(settings: Settings, say: Say, *, offline: bool) -> None:
    # Imported here: together they take as long as a start of the bot.
    from bot.operations.doctor import database, knowledge, machine, setup

    say(run_check("DISCORD_TOKEN", lambda: setup.check_token(settings)))
    say(run_check("settings", lambda: setup.check_settings(settings)))
    say(run_check("disk", lambda: machine.check_disk(settings)))
    say(run_check("ports", lambda: machine.check_ports(settings)))
    say(run_check("EMBEDDING_MODEL", lambda: knowledge.check_model(settings)))
    say(run_check("KNOWLEDGE_DIR", lambda: knowledge.check_knowledge(settings)))
    found = await run_network_check("DATABASE_URL", database.check_database(settings), DATABASE_S)
    say(found)
    if not offline:
        say(await run_network_check("Discord", _ask_discord(settings, known=database.is_current(found)), DISCORD_S))


async def _ask_discord(settings: Settings, *, known: bool) -> list[Finding]:
    """known: whether the state can be read, in which servers may have set channels of their own."""
    from bot.app import point_at
    from bot.cogs.doctor import Asked, check_discord
    from bot.server_settings import ServerSettings
    from bot.state import make_store

    point_at(settings)
    store = make_store(settings)
    servers = ServerSettings(store)
    channels: dict[int, frozenset[int]] = {}
    if known:
        await servers.refresh()
        channels = {guild: servers.effective(settings, guild).support_channels for guild in await store.all_guild_settings()}
    try:
        return await check_discord(Asked(settings, lambda guild: servers.effective(settings, guild), channels))
    finally:
        await store.close()
