"""`restore`: the whole state back from one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.backup import restore_backup
from bot.settings import Settings

ABOUT = """Puts what `backup` wrote into the database that DATABASE_URL names (without it, a SQLite file in DATA_DIR), all of it
or nothing. The two databases may be of different kinds: this is the way from a SQLite file to PostgreSQL, to go from one
process to many, and back. Stop the bot first."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `restore`."""
    parser.description = ABOUT
    parser.add_argument("file", type=Path, help="what `backup` wrote")
    parser.add_argument("--replace", action="store_true", help="remove the state that is there")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Restore the file; returns the exit code."""
    manifest = restore_backup(settings, arguments.file, replace=arguments.replace)
    counts = ", ".join(f"{name} {member.rows}" for name, member in manifest.tables.items() if member.rows)
    print(f"Restored {arguments.file}: {counts or 'no rows'}; {len(manifest.corpora)} corpora")
    return 0
