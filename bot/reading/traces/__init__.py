"""Stack traces of every runtime, found in the logical lines of a paste."""

from bot.reading.traces.arbiter import find_traces

__all__ = ["find_traces"]
