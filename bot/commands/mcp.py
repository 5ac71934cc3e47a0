"""`mcp`: an MCP server on standard input and output, for an editor that starts it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from contextlib import redirect_stdout

from bot.settings import Settings


def add(_parser: argparse.ArgumentParser) -> None:
    """`mcp` takes no arguments: settings come from the environment."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until the client closes standard input."""
    from bot.api.answering import Answering
    from bot.api.mcp_server import McpServer, keep_texts_out_of_logs, serve_stdio
    from bot.corpus_store import open_service

    # A read of standard input cannot be interrupted, and nothing here needs to be put away: the signal ends the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    keep_texts_out_of_logs()
    # Standard output belongs to the protocol, also while the corpus is loaded.
    with redirect_stdout(sys.stderr):
        service = open_service(settings)
        service.warm_up()
    try:
        asyncio.run(serve_stdio(McpServer(Answering(service, "mcp"), settings)))
    finally:
        service.close()
    return 0
