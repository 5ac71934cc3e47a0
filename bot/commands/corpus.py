"""`corpus check | stats | search`: look after the knowledge folder."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.selftest import run_selftest
from bot.engine import build_engine
from bot.knowledge.load import load_snapshot, load_sound_parts
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `corpus`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="every error of the corpus as path:line: code: message; exit code 1 if there is any")
    check.add_argument("folder", nargs="?", type=Path, help="the corpus to check (default: KNOWLEDGE_DIR)")
    actions.add_parser("stats", help="how much the corpus holds")
    search = actions.add_parser("search", help="the points, causes and tracebacks nearest to a text")
    search.add_argument("query", nargs="+")
    search.add_argument("--limit", type=int, default=10)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do the action; returns the exit code."""
    if arguments.action == "check":
        return _check(arguments.folder or settings.knowledge_dir)
    if arguments.action == "stats":
        _print_stats(load_snapshot(settings.knowledge_dir))
        return 0
    engine = build_engine(settings)
    for hit in engine.index.search(" ".join(arguments.query), ("point", "cause", "symptom", "example"), arguments.limit):
        text = hit.document.text.replace("\n", " ")[:110]
        print(f"{hit.score:.4f}  cos {hit.dense:.2f}  bm25 {hit.lexical:5.1f}  {hit.document.kind}:{hit.document.id}  {text}")
    return 0


def _check(folder: Path) -> int:
    snapshot, problems = load_sound_parts(folder)
    if snapshot is not None:
        problems += run_selftest(snapshot, Reader(snapshot.profile), ConditionIndex(snapshot))
    for problem in sorted(problems):
        print(problem)
    if snapshot is None or problems:
        print(f"{len(problems)} problems")
        return 1
    tests = sum(len(cause.tests) for cause in snapshot.causes.values()) + sum(len(s.tests) for s in snapshot.symptoms.values())
    counts = (
        f"{len(snapshot.causes)} causes",
        f"{len(snapshot.symptoms)} symptoms",
        f"{tests} tests",
        f"{len(snapshot.quiet)} quiet texts",
    )
    print(f"No problems: {', '.join(counts)}")
    return 0


def _print_stats(snapshot: Snapshot) -> None:
    print(f"version {snapshot.version}")
    for name, count in (
        ("causes", len(snapshot.causes)),
        ("symptoms", len(snapshot.symptoms)),
        ("points", len(snapshot.points)),
        ("sources", len(snapshot.sources)),
        ("tracebacks", len(snapshot.examples)),
        ("quiet texts", len(snapshot.quiet)),
    ):
        print(f"{count:6} {name}")
    for area, count in sorted(Counter(cause.area for cause in snapshot.causes.values()).items()):
        print(f"{count:6} causes in {area}")
