"""Reading: from raw text to facts, each with the line it came from, with no knowledge of any cause."""

from bot.reading.read import Reader

__all__ = ["Reader"]
