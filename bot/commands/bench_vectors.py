"""`bench vectors`: search by meaning in memory and in PostgreSQL, side by side."""

from __future__ import annotations

import argparse
from pathlib import Path

from pydantic import SecretStr

from bot.commands.bench_speed import write_file
from bot.errors import InputError
from bot.setting_values import check_database
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bench vectors`."""
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL database with pgvector; default: DATABASE_URL")
    parser.add_argument("--sizes", metavar="N", type=int, nargs="+", help="points; default: 1000 100000 1000000")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="also write the table there")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Measure and print the table row by row; raises InputError without a database, StateError when it cannot be used."""
    from bot.benchmark.speed.vector_search import HEADER, SIZES, measure_vectors
    from bot.indexing import database_link

    given = SecretStr(arguments.database) if arguments.database else settings.database_url
    try:
        url = check_database(given).get_secret_value() if given is not None else ""
    except ValueError as error:
        raise InputError(f"--database: {error}") from None
    if not url.startswith("postgresql"):
        raise InputError("--database: name a PostgreSQL database to measure in, as postgresql://user:password@host/name")
    link = database_link(url)
    print(HEADER, flush=True)
    lines = [HEADER]
    for cost in measure_vectors(link, arguments.sizes or SIZES):
        lines.append(cost.line())
        print(lines[-1], flush=True)
    if arguments.markdown:
        write_file(arguments.markdown, "\n".join(lines))
    return 0
