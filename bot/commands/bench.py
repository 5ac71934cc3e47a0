"""`bench traces | growth | secrets | speed | vectors`: measure the reading step, and how fast answers and searches are."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from bot.benchmark import growth, secrets, traces
from bot.benchmark.plot import draw
from bot.commands import bench_speed, bench_vectors
from bot.commands.inputs import read_batch
from bot.knowledge.load import load_snapshot
from bot.reading import Reader
from bot.reading.types import Trace
from bot.settings import Settings

MEGABYTE = 1 << 20


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bench`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    found = actions.add_parser("traces", help="found, type and innermost frame by language, and false positives")
    found.add_argument("positive", help="JSON lines with id, text, language, exception_type, innermost")
    found.add_argument("negative", nargs="?", help="JSON lines with id and text, without any trace")
    found.add_argument("--misses", action="store_true", help="also name every case with something wrong")
    grown = actions.add_parser("growth", help="CPU time over size, for ordinary and for hostile texts")
    grown.add_argument("--out", metavar="FILE", type=Path, help="draw it as a PNG")
    grown.add_argument("--largest", metavar="MB", type=float, default=growth.LARGEST / MEGABYTE, help="default: 4")
    grown.add_argument("--shape", action="append", choices=list(growth.SHAPES), help="only these texts")
    actions.add_parser("secrets", help="planted secrets by kind and notation, and ordinary values hidden with them")
    speed = "an answer against its embedding and against peers, starts, memory, growth and reloads, in one table"
    bench_speed.add(actions.add_parser("speed", help=speed))
    searched = "search by meaning in memory and in PostgreSQL (pgvector): time, memory and recall by the number of points"
    bench_vectors.add(actions.add_parser("vectors", help=searched))


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Measure and print Markdown tables; 1 when a planted secret was left, else 0."""
    if arguments.action == "speed":
        return bench_speed.run(arguments, settings)
    if arguments.action == "vectors":
        return bench_vectors.run(arguments, settings)
    profile = load_snapshot(settings.knowledge_dir).profile
    if arguments.action == "traces":
        return _traces(Reader(profile, settings.analysis_limit), arguments)
    if arguments.action == "growth":
        return _growth(Reader(profile, sys.maxsize), arguments)
    report = secrets.try_secrets(profile)
    print(secrets.table(report))
    for leak in report.leaks[:20]:
        print(f"left: {leak.kind}, {leak.wrapping}", file=sys.stderr)
    return 1 if report.leaks else 0


def _traces(reader: Reader, arguments: argparse.Namespace) -> int:
    find = partial(_find, reader)
    cases = list(read_batch(arguments.positive))
    print(traces.table(traces.score(cases, find)))
    if arguments.misses:
        for case in cases:
            wrong = [measure for measure, right in traces.judge(case, find(case["text"])).items() if not right]
            if wrong:
                print(f"{case['id']}: {', '.join(wrong)}", file=sys.stderr)
    if arguments.negative:
        negatives = list(read_batch(arguments.negative))
        wrongly = traces.false_positives(negatives, find)
        print(f"\nFalse positives: {len(wrongly)} of {len(negatives)} texts without a trace.")
        if arguments.misses and wrongly:
            print("\n".join(wrongly), file=sys.stderr)
    return 0


def _find(reader: Reader, text: str) -> tuple[Trace, ...]:
    return reader.read(text).traces


def _growth(reader: Reader, arguments: argparse.Namespace) -> int:
    sizes = growth.doubling(largest=max(int(arguments.largest * MEGABYTE), growth.SMALLEST))
    print(growth.HEADER)
    measured = []
    for one in growth.measure(reader.read, sizes, arguments.shape or tuple(growth.SHAPES)):
        print(growth.row(one), flush=True)
        measured.append(one)
    if arguments.out:
        draw(measured, arguments.out)
    return 0
