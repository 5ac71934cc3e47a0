"""A backup that is read: every byte of it is checked before anything is restored."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.backup.contents import MANIFEST, TABLES, Manifest, corpus_member, from_line, read_manifest, table_member
from bot.corpus_store.record import record_of
from bot.errors import InputError
from bot.state.schema import newest
from bot.state.tables import SERVED

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError)
"""What zipfile raises for a file that is damaged, cut off, or no zip at all; KeyError for a member that is not there."""


class Backup:
    """An open file whose contents are what its manifest says."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._archive = archive

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table; raises InputError."""
        if name in self.manifest.tables:
            with self._archive.open(table_member(name)) as member:
                for line in member:
                    yield from_line(TABLES[name], line)

    def corpora(self) -> dict[str, bytes]:
        """The corpora, each as a zip, by their versions."""
        return {version: self._archive.read(corpus_member(version)) for version in self.manifest.corpora}

    def check(self) -> None:
        """Read all of it; raises InputError."""
        for name, expected in self.manifest.tables.items():
            digest, count = hashlib.sha256(), 0
            with self._archive.open(table_member(name)) as member:
                for line in member:
                    digest.update(line)
                    row = from_line(TABLES[name], line)
                    if name == SERVED.name:
                        record_of(row["record"])
                    count += 1
            if (digest.hexdigest(), count) != (expected.sha256, expected.rows):
                raise InputError(f"Its table {name} is damaged: it is not what the manifest says.")
        for version, expected in self.manifest.corpora.items():
            if hashlib.sha256(self._archive.read(corpus_member(version))).hexdigest() != expected.sha256:
                raise InputError(f"Its corpus {version} is damaged: it is not what the manifest says.")


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """A file that was checked; raises InputError that says what is wrong with it."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None
    except DAMAGED as error:
        raise InputError(f"{path} is damaged, or no backup of this bot ({type(error).__name__}).") from None
    with archive:
        yield _checked(archive, path)


def _checked(archive: zipfile.ZipFile, path: Path) -> Backup:
    try:
        backup = Backup(archive, read_manifest(archive.read(MANIFEST)))
        _refuse_newer(backup.manifest)
        backup.check()
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None
    except DAMAGED as error:
        raise InputError(f"{path} is damaged, or no backup of this bot ({type(error).__name__}).") from None
    return backup


def _refuse_newer(manifest: Manifest) -> None:
    if manifest.schema > newest():
        raise InputError(
            f"It was made by a newer version of this bot (its schema is {manifest.schema}, this version knows up to "
            f"{newest()}): restore it with that version."
        )
    if unknown := sorted(manifest.tables.keys() - TABLES.keys()):
        raise InputError(f"It holds tables that this version of the bot does not know: {', '.join(unknown)}.")
