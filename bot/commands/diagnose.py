"""`diagnose`: answer one message, or a batch."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from bot.commands.inputs import read_batch, read_text
from bot.diagnosis.conversation import Conversation
from bot.engine import Answer, Engine, build_engine
from bot.reply import markdown, terminal
from bot.reply.explain import explain
from bot.reply.json import answer_json
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `diagnose`."""
    parser.add_argument("file", nargs="?", default="-", help='the message, "-" for standard input')
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help='JSON lines with "id", "text" and maybe "thread"; one JSON answer a line, in the same order',
    )
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text")
    parser.add_argument("--explain", action="store_true", help="also show every vote and its weight")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the answers; returns the exit code."""
    if arguments.batch:
        cases = list(read_batch(arguments.batch))
        for line in answer_batch(build_engine(settings), cases):
            print(json.dumps(line, ensure_ascii=False))
        return 0
    text = read_text(arguments.file)
    engine = build_engine(settings)
    answer = engine.answer(text)
    if arguments.format == "json":
        print(json.dumps(as_json(engine, None, answer), ensure_ascii=False, indent=2))
    elif arguments.format == "markdown":
        print("\n\n".join(markdown.render(answer.reply)))
    else:
        print(terminal.render(answer.reply, color=sys.stdout.isatty()))
    if arguments.explain:
        print(explain(answer.diagnosis, answer.timing_ms))
    return 0


def answer_batch(engine: Engine, cases: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One JSON answer a case, in order; cases with the same "thread" are consecutive messages of one conversation."""
    conversations: dict[str, Conversation] = {}
    for case in cases:
        # Any JSON value may name a thread, also one that cannot be a key.
        thread = json.dumps(case.get("thread"), sort_keys=True)
        answer = engine.answer(case["text"], conversations.get(thread, Conversation()))
        if thread != "null":
            conversations[thread] = answer.conversation
        yield as_json(engine, case["id"], answer)


def as_json(engine: Engine, message_id: object, answer: Answer) -> dict[str, Any]:
    """The answer in the JSON form of the command line."""
    messages = markdown.render(answer.reply)
    return answer_json(
        message_id, engine.snapshot, answer.reading, answer.diagnosis, answer.reply, messages, dict(answer.timing_ms)
    )
