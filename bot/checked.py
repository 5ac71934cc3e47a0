"""Remembers which corpus passed its own tests with which code, so that a start does not run them again."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path

log = logging.getLogger(__name__)
KEPT = 20
"""Versions remembered; the oldest are forgotten."""


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of this package's source: rules may mean something else after the code changed."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Checked:
    """The versions that passed, in a small file of the cache folder; without the file every corpus is tested again."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "checked.txt"

    def has(self, version: str) -> bool:
        """Whether this version of the corpus passed with this code."""
        return _entry(version) in self._entries()

    def add(self, version: str) -> None:
        """Remember a version that passed; a folder that cannot be written only costs time at the next start."""
        passed = _entry(version)
        entries = [*(entry for entry in self._entries() if entry != passed), passed][-KEPT:]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text("\n".join(entries) + "\n", encoding="utf-8")
        except OSError as error:
            log.warning("%s cannot be written (%s): the corpus is tested again at the next start", self._file, error.strerror)

    def _entries(self) -> list[str]:
        try:
            return self._file.read_text(encoding="utf-8", errors="replace").split()
        except OSError:
            return []


def _entry(version: str) -> str:
    return f"{version}-{code_version()}"
