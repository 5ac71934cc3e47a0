"""`corpus links`: do the cited pages still say what the corpus says they say? The only command that uses the network."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.knowledge.load import load_snapshot
from bot.links.check import check_pages
from bot.links.fetch import Limits
from bot.links.report import LinkReport, progress_line, render, write_report
from bot.links.stale import read_stale, write_stale
from bot.links.types import PageCheck, PointState
from bot.settings import Settings

REPORT_NAME = "links.json"
DEFAULT = Limits()


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `corpus links`."""
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help=f"where the report goes (default: {REPORT_NAME} in CACHE_DIR)"
    )
    parser.add_argument("--timeout", type=float, default=DEFAULT.timeout_s, metavar="SECONDS", help="for one answer")
    parser.add_argument("--pause", type=float, default=DEFAULT.pause_s, metavar="SECONDS", help="between two requests to a host")
    parser.add_argument(
        "--concurrency", type=int, default=DEFAULT.concurrency, metavar="N", help="requests at a time, over all hosts"
    )
    parser.add_argument("--allow-private", action="store_true", help="also fetch from private networks and this machine")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check every page, write the report, mark stale points; 1 when a point is stale or no page could be reached."""
    snapshot = load_snapshot(settings.knowledge_dir)
    limits = Limits(
        concurrency=max(1, arguments.concurrency),
        pause_s=max(0.0, arguments.pause),
        timeout_s=max(0.1, arguments.timeout),
        allow_private=arguments.allow_private,
    )
    began = datetime.now(UTC).isoformat(timespec="seconds")
    report = LinkReport(snapshot.version, began, asyncio.run(check_pages(snapshot, limits, _show)))
    path = arguments.report or settings.cache_dir / REPORT_NAME
    write_report(report, path)
    # A page that could not be read today says nothing: what was known of its points stays.
    kept = read_stale(settings.cache_dir, snapshot) & set(report.points(PointState.UNKNOWN))
    write_stale(settings.cache_dir, snapshot, kept | set(report.points(PointState.STALE)))
    print(render(report))
    print(f"report: {path}")
    return 1 if report.failed else 0


def _show(done: int, total: int, page: PageCheck) -> None:
    print(progress_line(done, total, page), file=sys.stderr, flush=True)
