"""`http`: the answers over HTTP, as JSON and for MCP clients."""

from __future__ import annotations

import argparse

from bot.api.tokens import require_tokens
from bot.settings import Settings


def add(_parser: argparse.ArgumentParser) -> None:
    """`http` takes no arguments: settings come from the environment."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped; raises SettingError without tokens or without a port."""
    from bot.api.answering import Answering
    from bot.api.following import following
    from bot.api.guard import make_door
    from bot.api.mcp_server import McpOverHttp, McpServer, keep_texts_out_of_logs
    from bot.api.routes import make_app
    from bot.api.server import open_port, serve
    from bot.corpus_store import open_service

    tokens = require_tokens(settings)
    opened = open_port(settings)
    keep_texts_out_of_logs()
    service = open_service(settings)
    service.warm_up()
    try:
        mcp = McpOverHttp(McpServer(Answering(service, "mcp"), settings), settings)
        app = make_app(Answering(service, "http"), make_door(settings, tokens), mcp, mcp.run)
        serve(app, opened, following(service, settings))
    finally:
        service.close()
    return 0
