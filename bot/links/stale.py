"""Which points are stale, kept between runs: `corpus links` writes it, an engine reads it once when it is built.

A mark belongs to a point as it was checked: an edit of the claim, its keys, its dates or the page's address lifts it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from bot.errors import InputError
from bot.knowledge.types import Snapshot

FILE_NAME = "stale.json"
log = logging.getLogger(__name__)


def read_stale(directory: Path, snapshot: Snapshot) -> frozenset[str]:
    """The ids of the snapshot's points that are marked; a missing or damaged file marks none."""
    path = directory / FILE_NAME
    try:
        marks = json.loads(path.read_text(encoding="utf-8"))["stale"]
        return frozenset(point for point in marks if point in snapshot.points and marks[point] == mark(snapshot, point))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("%s cannot be read, so no page counts as changed: %s", path, error)
        return frozenset()


def write_stale(directory: Path, snapshot: Snapshot, stale: Iterable[str]) -> None:
    """Replace the marks, in one step; raises InputError when the file cannot be written."""
    path = directory / FILE_NAME
    new = path.with_suffix(".new")
    text = json.dumps({"stale": {point: mark(snapshot, point) for point in sorted(stale)}}, indent=1)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def mark(snapshot: Snapshot, point_id: str) -> str:
    """What a point and its page were when they were checked: a hash."""
    point = snapshot.points[point_id]
    source = snapshot.sources[point.source]
    parts = (point.statement, point.as_of, *point.keys, source.url, source.reviewed)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
