"""Copies of corpora on disk, one folder a version; a copy appears there whole, by a rename, or not at all."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from bot.knowledge.load import corpus_version

log = logging.getLogger(__name__)

HALF_DONE_S = 3_600.0
"""After this time nobody is at a corpus any more that is neither kept nor removed."""
KEPT = 5
"""Versions kept besides those in use; the oldest are removed first."""


class Kept:
    """`folder`/versions/<version>, and `folder`/incoming for what is not checked yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = folder / "versions"
        self._incoming = folder / "incoming"

    def path(self, version: str) -> Path:
        """Where the copy of a version is, if it is kept."""
        return self._versions / version

    def has(self, version: str) -> bool:
        """Whether there is a copy of the version."""
        return self.path(version).is_dir()

    def is_intact(self, version: str) -> bool:
        """Whether there is a copy of the version, and it is what it was."""
        return self.has(version) and corpus_version(self.path(version)) == version

    def make_incoming(self) -> Path:
        """A path, not taken, for a corpus that is still to be checked; raises OSError."""
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Path(tempfile.mkdtemp(dir=self._incoming)) / "corpus"

    def copy(self, source: Path, version: str) -> None:
        """Keep a copy of the corpus in `source`, which was checked; raises OSError, also when it has changed since."""
        if self.has(version):
            self.path(version).touch()
            return
        target = self.make_incoming()
        try:
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))
            if corpus_version(target) != version:
                raise OSError(f"{source} was changed meanwhile")
            self.adopt(target, version)
        except shutil.Error as error:
            raise OSError(f"{source} cannot be copied: {error.args[0][0][2]}") from None
        finally:
            self.discard(target)

    def adopt(self, incoming: Path, version: str) -> None:
        """Keep a corpus that was checked under its version; raises OSError."""
        target = self.path(version)
        self._versions.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.is_intact(version):
            if target.exists():  # the version is a hash of the files; but they may have been changed since
                target.rename(incoming.parent / "old")
            try:
                incoming.rename(target)
            except OSError:
                if not self.is_intact(version):  # another process of this machine may have kept it just now
                    raise
        target.touch()

    def discard(self, incoming: Path) -> None:
        """Remove what was not kept."""
        shutil.rmtree(incoming.parent, ignore_errors=True)

    def tidy(self, in_use: Collection[str], *, alone: bool = True) -> None:
        """Remove what a crash left half done, and the oldest versions; those in use stay.

        alone: no other process works in this folder; else what is half done may be another one's.
        """
        if alone:
            shutil.rmtree(self._incoming, ignore_errors=True)
        else:
            self._forget_half_done()
        self.prune(in_use)

    def _forget_half_done(self) -> None:
        with suppress(OSError):
            for path in list(self._incoming.iterdir()):
                if time.time() - path.stat().st_mtime > HALF_DONE_S:
                    shutil.rmtree(path, ignore_errors=True)

    def prune(self, in_use: Collection[str]) -> None:
        """Remove the oldest versions that are not in use."""
        try:
            idle = [path for path in self._versions.iterdir() if path.name not in in_use]
            idle.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("%s cannot be read: %s", self._versions, error.strerror)
            return
        for path in idle[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)
