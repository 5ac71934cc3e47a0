"""`eval`: score the answers to labelled cases."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.commands.diagnose import answer_batch
from bot.engine import build_engine
from bot.evaluation.cases import read_cases
from bot.evaluation.report import render
from bot.evaluation.run import evaluate, write_json
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eval`."""
    parser.add_argument("cases", nargs="+", type=Path, help="JSON-lines files of labelled cases")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the whole report there")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the report; returns the exit code."""
    cases = read_cases(arguments.cases)
    engine = build_engine(settings)
    report = evaluate(cases, lambda messages: list(answer_batch(engine, messages)))
    print(render(report), end="")
    if arguments.json:
        write_json(report, arguments.json)
    return 0
