"""The command line: `python -m bot COMMAND`. Exit code 2 for what the caller can mend, 1 for a check that failed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from bot.errors import UserError
from bot.operations.logs import configure_logging
from bot.settings import Settings, load_settings


class _Command(Protocol):
    """A module of bot.commands."""

    def add(self, parser: argparse.ArgumentParser, /) -> None: ...

    def run(self, arguments: argparse.Namespace, settings: Settings, /) -> int: ...


COMMANDS = {
    "run": ("serve", "the Discord bot"),
    "preview": ("preview", "the bot on a simulated server in the local browser, or pictures of it"),
    "http": ("http", "the answers over HTTP, as JSON and for MCP clients"),
    "mcp": ("mcp", "an MCP server on standard input and output, for editors"),
    "diagnose": ("diagnose", "answer one message, or many with --batch"),
    "traces": ("traces", "only read: the stack traces of a text, as JSON"),
    "corpus": ("corpus", "check, count or search the knowledge folder"),
    "eval": ("evaluate", "score the answers to labelled cases"),
    "fit": ("fit", "fit the ranking's weights on labelled cases, and cross-validate them"),
    "backup": ("backup", "the whole state in one file, while the bot runs"),
    "restore": ("restore", "the state back from such a file, also into the other kind of database"),
    "doctor": ("doctor", "check settings, Discord, database, model, corpus and disk, and say what to do about each finding"),
    "model": ("model", "export the embedding model for serving, or compare the export with the original"),
    "bench": ("bench", "measure the reading (traces, time over size, hidden secrets) and the speed of answers"),
}
"""The module in bot.commands and the summary of each command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Reads pasted failures; answers with cause, proof, fix and page."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if argv is None else argv
    chosen = next((name for name in given if name in COMMANDS), "")
    modules: dict[str, _Command] = {}
    for name, (module, summary) in COMMANDS.items():
        subparser = commands.add_parser(name, help=summary, description=summary)
        if name == chosen:  # the others need not be imported: together they take a tenth of a start
            modules[name] = cast("_Command", import_module(f"bot.commands.{module}"))
            modules[name].add(subparser)
    arguments = parser.parse_args(given)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        settings = load_settings()
        configure_logging(settings.log_level, settings.log_format)
        code = modules[arguments.command].run(arguments, settings)
        sys.stdout.flush()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong, and Python must not complain while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
