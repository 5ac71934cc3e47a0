"""`traces`: only the reading step, as JSON."""

from __future__ import annotations

import argparse
import json

from bot.commands.inputs import read_batch, read_text
from bot.knowledge.load import load_snapshot
from bot.reading import Reader
from bot.reply.json import trace_json
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `traces`."""
    parser.add_argument("file", nargs="?", default="-", help='the text to read, "-" for standard input')
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON lines with "id" and "text"; one JSON answer a line, in the same order'
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the traces; returns the exit code."""
    reader = Reader(load_snapshot(settings.knowledge_dir).profile, settings.analysis_limit)
    if arguments.batch:
        for case in read_batch(arguments.batch):
            found = [trace_json(trace) for trace in reader.read(case["text"]).traces]
            print(json.dumps({"id": case["id"], "traces": found}, ensure_ascii=False))
        return 0
    found = [trace_json(trace) for trace in reader.read(read_text(arguments.file)).traces]
    print(json.dumps({"traces": found}, ensure_ascii=False, indent=2))
    return 0
