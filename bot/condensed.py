"""Remembers what is searched of a corpus's examples: reading them all again takes half a second of every start."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from bot.checked import code_version
from bot.reading.profile import Profile
from bot.settings import Settings

FILE_NAME = "examples.json"

Condense = Callable[[str], tuple[str, ...]]
log = logging.getLogger(__name__)


def condensed(texts: Iterable[str], condense: Condense, profile: Profile, settings: Settings) -> Condense:
    """`condense` for these texts of the corpus, computed only for those that the cache folder does not have.

    What was computed by other code, with another profile or another limit of characters, is not used. The file may be deleted
    at any time; a damaged one is replaced, and one that cannot be written only costs time at the next start.
    """
    made_with = json.dumps([code_version(), asdict(profile), settings.analysis_limit], default=sorted, sort_keys=True)
    version = hashlib.sha256(made_with.encode()).hexdigest()
    path = settings.cache_dir / FILE_NAME
    before = _read(path, version)
    known = {}
    for text in texts:
        key = _key(text)
        known[key] = before[key] if key in before else condense(text)
    if known != before:
        _write(path, version, known)
    return lambda text: found if (found := known.get(_key(text))) is not None else condense(text)


def _read(path: Path, version: str) -> dict[str, tuple[str, ...]]:
    """What the file holds of this version; nothing if it is damaged."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    texts = data.get("texts") if isinstance(data, dict) and data.get("version") == version else None
    if not isinstance(texts, dict):
        return {}
    return {
        key: tuple(parts)
        for key, parts in texts.items()
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts)
    }


def _write(path: Path, version: str, texts: dict[str, tuple[str, ...]]) -> None:
    """Replace the file in one step: another process may be reading it."""
    new = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps({"version": version, "texts": texts}), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        log.warning("%s cannot be written (%s): the examples are read again at the next start", path, error.strerror)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
