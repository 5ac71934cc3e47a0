"""`corpus check | new | diff | links | stats | search`: look after the knowledge folder."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bot.commands import links
from bot.commands.corpus_check import check as check_corpus
from bot.commands.corpus_new import write_cause
from bot.engine import build_engine
from bot.errors import CorpusError
from bot.knowledge.diff import describe_change
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Snapshot
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `corpus`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="every problem of the corpus as path:line: code: message; exit code 1 for errors")
    check.add_argument("folder", nargs="?", type=Path, help="the corpus to check (default: KNOWLEDGE_DIR)")
    check.add_argument("--strict", action="store_true", help="exit code 1 for warnings, too")
    new = actions.add_parser("new", help="write a cause file to fill in, with tests that fail until that is done")
    new.add_argument("cause", help="its id, such as stream-cut-short")
    new.add_argument("--area", required=True, help="the folder under causes/")
    diff = actions.add_parser("diff", help="what changed between two corpora, in words")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    links.add(actions.add_parser("links", help="fetch every cited page: what moved, is gone, or no longer says what we say"))
    actions.add_parser("stats", help="how much the corpus holds")
    search = actions.add_parser("search", help="the points, causes and tracebacks nearest to a text")
    search.add_argument("query", nargs="+")
    search.add_argument("--limit", type=int, default=10)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do the action; returns the exit code."""
    if arguments.action == "check":
        return check_corpus(arguments.folder or settings.knowledge_dir, settings, strict=arguments.strict)
    if arguments.action == "new":
        path = write_cause(settings.knowledge_dir, arguments.cause, arguments.area)
        print(f"{path} is there to be filled in; `python -m bot corpus check` tells what is missing")
        return 0
    if arguments.action == "diff":
        changes = describe_change(_load(arguments.old), _load(arguments.new))
        print("\n".join(changes or ["Nothing changed"]))
        return 0
    if arguments.action == "links":
        return links.run(arguments, settings)
    if arguments.action == "stats":
        _print_stats(load_snapshot(settings.knowledge_dir))
        return 0
    engine = build_engine(settings)
    for hit in engine.index.search(" ".join(arguments.query), ("point", "cause", "symptom", "example"), arguments.limit):
        text = hit.document.text.replace("\n", " ")[:110]
        print(f"{hit.score:.4f}  cos {hit.dense:.2f}  bm25 {hit.lexical:5.1f}  {hit.document.kind}:{hit.document.id}  {text}")
    return 0


def _load(folder: Path) -> Snapshot:
    """The corpus in `folder`, whose problems name it: two of them are read here."""
    try:
        return load_snapshot(folder)
    except CorpusError as error:
        raise CorpusError([replace(p, path=(folder / p.path).as_posix()) for p in error.problems]) from None


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
