"""What one, two and four processes of the bot carry, on the stand-in for Discord and a real PostgreSQL: a table in Markdown."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "cogs"))

from load_run import SHARDS, measure_all


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4], help=f"how many share the {SHARDS} shards")
    parser.add_argument("--messages", type=int, default=400, help="of a burst; a quarter as many come at a steady pace")
    given = parser.parse_args()
    for line in asyncio.run(measure_all(given.processes, given.messages)):
        print(line)  # noqa: T201 - it is what this is for


if __name__ == "__main__":
    main()
