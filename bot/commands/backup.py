"""`backup`: the whole state in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.backup import make_backup
from bot.settings import Settings

ABOUT = """Writes answers, votes, settings, audit and corpora to one file, as they are at one moment, while the bot runs.
`restore` takes the file back into the same kind of database or the other: back up a SQLite file, set DATABASE_URL to a
PostgreSQL database, and restore, to go from one process to many. The file holds no text of messages, but ids of people."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `backup`."""
    parser.description = ABOUT
    parser.add_argument("file", type=Path, help="where to write it; one that is there is replaced when the new one is whole")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the file; returns the exit code."""
    manifest = make_backup(settings, arguments.file)
    counts = ", ".join(f"{name} {member.rows}" for name, member in manifest.tables.items() if member.rows)
    print(f"{arguments.file}: {arguments.file.stat().st_size:,} bytes; {counts or 'no rows'}; {len(manifest.corpora)} corpora")
    return 0
