"""Discord ends a quote and a list with their last line; simcord draws CommonMark, where the next line still belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from simcord.preview import _markdown

FENCE, QUOTE, LIST = "```", ">", ("- ", "* ")


@contextmanager
def like_discord() -> Iterator[None]:
    """Let simcord draw messages with the lines that Discord would show."""
    module: Any = _markdown
    original: Callable[[str], str] = module._discord_multiline_quotes

    @wraps(original)
    def prepared(text: str) -> str:
        return end_blocks(original(text))

    module._discord_multiline_quotes = prepared
    try:
        yield
    finally:
        module._discord_multiline_quotes = original


def end_blocks(text: str) -> str:
    """The text with an empty line after each quote and list, outside of code: CommonMark's way to end them."""
    lines: list[str] = []
    before, in_code = "", False
    for line in text.split("\n"):
        kind = "" if in_code else _kind(line)
        if before and kind != before and line.strip() and not in_code:
            lines.append("")
        lines.append(line)
        if line.count(FENCE) % 2:
            in_code = not in_code
        before = kind
    return "\n".join(lines)


def _kind(line: str) -> str:
    """Which block a line belongs to."""
    start = line.lstrip(" ")
    if start.startswith(QUOTE):
        return QUOTE
    return LIST[0] if start.startswith(LIST) else ""
