"""The log: text for a terminal, one JSON object a line for everything else.

What a message says is in neither. The text of an exception may quote it, so that of an exception only its type and the places in
the code are printed, and what other libraries say at DEBUG, which quotes what they send and store, is never printed.
"""

from __future__ import annotations

import logging
import socket
import sys
import traceback
from datetime import UTC, datetime
from os import getpid
from types import TracebackType
from typing import Literal, TypeAlias

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

ExceptionInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]  # as logging has it
)
CHATTY = (
    "sentence_transformers",
    "transformers",
    "huggingface_hub",
    "httpx",
    "aiohttp.access",
    "uvicorn.access",
    "mcp",
    "alembic",
)
"""Libraries that report their own progress, lists of requests, and migrations; only their warnings matter here."""
NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception", "stack_info": "stack"}
"""Names of the fields of a JSON line, where they differ from those of Python's records."""
_OWN_FIELDS = frozenset(RESERVED_ATTRS) | {"message", "asctime", "taskName"}


def configure_logging(level: str, form: Literal["auto", "text", "json"] = "auto") -> None:
    """Log to stderr; where somebody else has configured the log already, only the chatty libraries are made quiet."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    if root.handlers:
        return
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if as_text else JsonLines())
    root.addHandler(handler)
    logging.captureWarnings(True)
    own = logging.getLevelNamesMapping()[level]
    root.setLevel(max(own, logging.INFO))
    logging.getLogger("bot").setLevel(own)


class JsonLines(JsonFormatter):
    """One object a line: time (ISO, UTC), level, logger, process (host:pid), message, what came with it, exception."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields=NAMES,
            static_fields={"process": f"{socket.gethostname()}:{getpid()}"},
            json_ensure_ascii=False,
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - the base's names
        """The time with milliseconds, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the base's name
        """The exception without its text."""
        return describe_exception(ei[1])


class TextLines(logging.Formatter):
    """Time, level, logger and message; what came with it follows as `name=value`, as far as it has a value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base's name
        """One line."""
        extra = {name: value for name, value in vars(record).items() if name not in _OWN_FIELDS}
        shown = [f"{name}={value}" for name, value in extra.items() if value not in ("", None)]
        return "  ".join(filter(None, [super().formatMessage(record), " ".join(shown)]))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the base's name
        """The exception without its text."""
        return describe_exception(ei[1])


def describe_exception(error: BaseException | None) -> str:
    """An exception and those that led to it, the first one first: each with the places in the code, none with its text."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
        kind = type(error)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        said = f"{name} ({error.strerror})" if isinstance(error, OSError) and error.strerror else name
        parts.append("\n".join(filter(None, [places, said])))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(parts))
