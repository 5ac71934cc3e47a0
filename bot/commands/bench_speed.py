"""`bench speed`: how fast an answer is, in one table."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.benchmark.speed.plots import draw_all
from bot.benchmark.speed.run import EVERY, PARTS, Run
from bot.benchmark.speed.table import HEADER, Row, line, table
from bot.commands.inputs import read_batch
from bot.errors import InputError
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bench speed`."""
    parser.add_argument("--cases", metavar="FILE", help="JSON lines with id and text; default: the tracebacks of the corpus")
    parser.add_argument("--part", action="append", choices=list(PARTS), help="only this part; may be given again")
    parser.add_argument("--scale", type=float, default=EVERY, help="share of the texts and sizes to measure, to try it out")
    parser.add_argument("--plots", metavar="DIR", type=Path, help="draw each part as a PNG (needs matplotlib)")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="also write the table there")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Measure, print the table row by row, and write what is asked for; 0 whether or not the targets are met."""
    texts = [case["text"] for case in read_batch(arguments.cases)] if arguments.cases else []
    print(HEADER)
    rows: list[Row] = []
    for row in Run(settings, texts, arguments.scale).rows(arguments.part or list(PARTS)):
        print(line(row), flush=True)
        rows.append(row)
    if arguments.markdown:
        write_file(arguments.markdown, table(rows))
    if arguments.plots:
        for path in draw_all(rows, arguments.plots):
            print(f"{path} drawn")
    return 0


def write_file(path: Path, text: str) -> None:
    """Write what was measured; raises InputError that says which file and why."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be written'}") from None
