"""Which corpus is served and which was before, in a small file beside them, replaced in one step."""

from __future__ import annotations

import json
import logging
import os
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

FILE_NAME = "served.json"
VERSION = re.compile(r"[0-9a-f]{8,64}")


class Origin(StrEnum):
    """Where a corpus came from."""

    FOLDER = "folder"  # KNOWLEDGE_DIR
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Served:
    """A corpus that is or was served: its version, where it came from (an upload's file name), who chose it and when.

    pinned: the kept copy is served at the next start, too, whatever KNOWLEDGE_DIR holds. user_id and at (seconds since 1970) are
    0 for what a start found.
    """

    version: str
    origin: Origin = Origin.FOLDER
    name: str = ""
    user_id: int = 0
    at: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What is served, and what was before."""

    live: Served | None = None
    previous: Served | None = None


def read_record(folder: Path) -> Record:
    """The record in `folder`; without one, or with a damaged one (which is logged), nothing is known."""
    path = folder / FILE_NAME
    try:
        return record_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read (%s): it is taken for none", path, type(error).__name__)
        return Record()


def write_record(folder: Path, record: Record) -> None:
    """Replace the record in `folder`; raises OSError, and the old one is still there."""
    new = folder / f"{FILE_NAME}.{os.getpid()}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(record), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / FILE_NAME)


def record_of(data: Any) -> Record:
    """The record that was written as JSON (`asdict`); raises ValueError when it is none."""
    try:
        return Record(*(_served(data.get(name)) for name in ("live", "previous")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no record of a corpus ({type(error).__name__})") from None


def _served(data: Any) -> Served | None:
    if data is None:
        return None
    version = str(data["version"])
    if not VERSION.fullmatch(version):
        raise ValueError("no version")
    return Served(
        version, Origin(data["origin"]), str(data["name"])[:100], int(data["user_id"]), int(data["at"]), bool(data["pinned"])
    )
