"""`run`: the Discord bot."""

from __future__ import annotations

import argparse

from bot.settings import Settings


def add(_parser: argparse.ArgumentParser) -> None:
    """`run` takes no arguments: settings come from the environment."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped."""
    # Imported here: the other commands need no Discord library.
    from bot.app import run as serve

    serve(settings)
    return 0
