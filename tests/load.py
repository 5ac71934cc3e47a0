"""What one, two and four processes of the bot carry, on the stand-in for Discord and a real PostgreSQL, and how pgvector searches
beside numpy: tables in Markdown."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "cogs"))

from load_run import SHARDS, measure_all
from postgres_server import start_server

from bot.benchmark.speed.vector_search import HEADER, measure_vectors
from bot.indexing import database_link


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4], help=f"how many share the {SHARDS} shards")
    parser.add_argument("--messages", type=int, default=400, help="of a burst; a quarter as many come at a steady pace")
    parser.add_argument(
        "--vectors", type=int, nargs="*", default=[], help="also search so many points, in memory and by pgvector"
    )
    given = parser.parse_args()
    for line in asyncio.run(measure_all(given.processes, given.messages)):
        print(line, flush=True)  # noqa: T201 - it is what this is for
    if given.vectors:
        server = start_server(durable=True, shared_buffers="2GB")
        try:
            print(f"\n{HEADER}", flush=True)  # noqa: T201 - the same
            for cost in measure_vectors(database_link(server.url("postgres")), given.vectors):
                print(cost.line(), flush=True)  # noqa: T201 - the same
        finally:
            server.remove()


if __name__ == "__main__":
    main()
