"""The words and numbers with which loggers say how bad it is, brought down to five."""

from __future__ import annotations

_WORDS = {
    "debug": ("trace", "debug", "dbg", "verbose", "fine", "finer", "finest", "config", "silly", "v", "d", "t"),
    "info": ("info", "information", "informational", "notice", "success", "http", "log", "default", "inf", "i"),
    "warning": ("warn", "warning", "wrn", "w"),
    "error": ("error", "err", "eror", "erro", "severe", "fail", "e"),
    "critical": ("critical", "crit", "fatal", "alert", "emerg", "emergency", "panic", "dpanic", "ftl", "f", "c"),
}
_LEVELS = {word: level for level, words in _WORDS.items() for word in words}
_SYSLOG = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")


def normalize_level(value: object) -> str:
    """One of debug, info, warning, error, critical; empty for what is no level.

    Numbers below 8 are syslog severities, others count in tens (10 trace to 60 fatal) as the loggers do that write numbers.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, str):
        word = value.strip().lower()
        if not word.isascii() or not word.isdigit():
            return _LEVELS.get(word, "")
        value = int(word[:6])
    if isinstance(value, int | float) and value == value:
        if 0 <= value < 8:
            return _SYSLOG[int(value)]
        if 8 <= value <= 60:
            return ("debug", "debug", "debug", "info", "warning", "error", "critical")[round(value) // 10]
    return ""


def worse(first: str, second: str) -> str:
    """The more severe of two levels; an empty one counts least."""
    order = ("", *_WORDS)
    return max(first, second, key=order.index)
