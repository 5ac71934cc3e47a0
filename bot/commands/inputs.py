"""What the commands read: one text from a file or standard input, or a batch of JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.reading.decode import decode


def read_text(name: str) -> str:
    """The text of a file, or of standard input for "-"; raises InputError that says which and why."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or 'cannot be read'}") from None
    text = decode(data, "" if name == "-" else name)
    if not text.strip():
        where = "standard input" if name == "-" else name
        raise InputError(f"{where}: nothing to read; paste the error, the log lines around it, or a question")
    return text


def read_batch(name: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, each with `id` and `text`; raises InputError with file and line."""
    try:
        lines = Path(name).read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or 'cannot be read'}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{name}:{number}: not JSON: {error.msg} (column {error.colno})") from None
        except (ValueError, RecursionError) as error:
            # A number of thousands of digits, or brackets thousands deep.
            raise InputError(f"{name}:{number}: not JSON that can be read: {error}") from None
        if not isinstance(case, dict) or not isinstance(case.get("text"), str) or "id" not in case:
            raise InputError(f'{name}:{number}: each line is an object with "id" and "text"')
        yield case
