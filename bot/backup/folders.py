"""The corpora of one process that is alone: in folders, each with a record of what is served."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.corpus_store.kept import Kept
from bot.corpus_store.ledger import SHARED
from bot.corpus_store.packing import keep_packed, pack
from bot.corpus_store.record import FILE_NAME, read_record, record_of, write_record
from bot.corpus_store.start import in_use, server_folders


def folder_of(root: Path, scope: int) -> Path:
    """The folder of a server's own corpus, by its id, or of the shared one."""
    return root if scope == SHARED else server_folders(root) / str(scope)


def scopes(root: Path) -> list[int]:
    """Where a record is kept."""
    servers = server_folders(root)
    named = [int(path.name) for path in servers.iterdir() if path.name.isdecimal()] if servers.is_dir() else []
    return [scope for scope in (SHARED, *sorted(named)) if (folder_of(root, scope) / FILE_NAME).is_file()]


def read_rows(root: Path) -> list[dict[str, Any]]:
    """What is served, as the rows of the table `served`."""
    return [{"scope": scope, "record": asdict(read_record(folder_of(root, scope)))} for scope in scopes(root)]


def pack_versions(root: Path, rows: list[dict[str, Any]]) -> Iterator[tuple[str, bytes | None]]:
    """Each corpus that rows name, once, by its version; None where there is no sound copy of it."""
    done: set[str] = set()
    for row in rows:
        kept = Kept(folder_of(root, row["scope"]))
        for version in sorted(in_use(record_of(row["record"])) - done):
            done.add(version)
            yield version, pack(kept.path(version)) if kept.is_intact(version) else None


class Switch:
    """Other records in place of those in a folder, all or none: `apply`, and then `finish` or `undo`."""

    def __init__(self, root: Path, rows: list[dict[str, Any]]) -> None:
        self._root = root
        self._new = {int(row["scope"]): record_of(row["record"]) for row in rows}
        self._old = {scope: (folder_of(root, scope) / FILE_NAME).read_bytes() for scope in scopes(root)}

    def prepare(self, corpora: Mapping[str, bytes]) -> None:
        """Keep the corpora beside those that are there; raises InputError or OSError."""
        for scope, record in self._new.items():
            kept = Kept(folder_of(self._root, scope))
            for version in in_use(record):
                if version in corpora and not kept.is_intact(version):
                    keep_packed(kept, version, corpora[version])

    def apply(self) -> None:
        """Serve what the new records say; raises OSError."""
        for scope in self._old.keys() - self._new.keys():
            (folder_of(self._root, scope) / FILE_NAME).unlink()
        for scope, record in self._new.items():
            folder_of(self._root, scope).mkdir(parents=True, exist_ok=True, mode=0o700)
            write_record(folder_of(self._root, scope), record)

    def undo(self) -> None:
        """Serve what was served before."""
        for scope in self._new.keys() - self._old.keys():
            (folder_of(self._root, scope) / FILE_NAME).unlink(missing_ok=True)
        for scope, data in self._old.items():
            (folder_of(self._root, scope) / FILE_NAME).write_bytes(data)

    def finish(self) -> None:
        """Remove the folders of servers that have no corpus of their own any more."""
        for scope in self._old.keys() - self._new.keys() - {SHARED}:
            shutil.rmtree(folder_of(self._root, scope), ignore_errors=True)
