"""What a backup holds: tables as JSON lines, corpora as zips, and a manifest that counts and checks them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import JSON, LargeBinary, Table

from bot.errors import InputError
from bot.state.tables import (
    ANSWERS,
    AUDIT,
    CLAIMS,
    CLUSTER,
    FINGERPRINTS,
    GUILD_SETTINGS,
    POSTS,
    REPLIES,
    SERVED,
    TEMPLATES,
    USER_SETTINGS,
    VOTES,
)

FORMAT = 1
MANIFEST = "manifest.json"
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(CLAIMS, ANSWERS, REPLIES, FINGERPRINTS, VOTES, TEMPLATES, POSTS),
        *(GUILD_SETTINGS, USER_SETTINGS, AUDIT, CLUSTER, SERVED),
    )
}
"""What is kept. Left out is what is only of the moment (processes, shards, changes under way) or can be computed anew (vectors).

`served` says which corpora are served; where one process keeps its state in a file, that stands in files beside it.
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One part of the file: its size in bytes, its checksum, and of a table its number of rows."""

    bytes: int
    sha256: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The file's table of contents. schema: of the database it comes from; tables by name, corpora by version."""

    schema: str
    made_at: int
    format: int = FORMAT
    tables: dict[str, Member] = field(default_factory=dict)
    corpora: dict[str, Member] = field(default_factory=dict)

    def to_json(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), indent=1)


def read_manifest(data: bytes) -> Manifest:
    """The manifest of a file; raises InputError when it is none, or of a newer format."""
    try:
        found = json.loads(data)
        if found["format"] > FORMAT:
            raise InputError("It was made by a newer version of this bot: restore it with that version.")
        return Manifest(
            schema=str(found["schema"]),
            made_at=int(found["made_at"]),
            format=int(found["format"]),
            tables={str(name): Member(**member) for name, member in found["tables"].items()},
            corpora={str(version): Member(**member) for version, member in found["corpora"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"Its {MANIFEST} is damaged ({type(error).__name__}).") from None


def table_member(name: str) -> str:
    """Where a table stands in the file."""
    return f"tables/{name}.jsonl"


def corpus_member(version: str) -> str:
    """Where a corpus stands in the file."""
    return f"corpora/{version}.zip"


def to_line(table: Table, row: Mapping[str, Any]) -> bytes:
    """A row as a line; bytes are written as base64."""
    values = {
        name: base64.b64encode(value).decode() if isinstance(table.c[name].type, LargeBinary) and value is not None else value
        for name, value in row.items()
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_line(table: Table, line: bytes) -> dict[str, Any]:
    """The row of a line, with every column that this version knows; raises InputError."""
    try:
        found = json.loads(line)
        if not isinstance(found, dict) or not set(found) <= set(table.c.keys()):
            raise InputError(f"Its table {table.name} has columns that this version of the bot does not know.")
        for column in table.c:
            value = found.setdefault(column.name, None)
            if value is None:
                if not column.nullable and not isinstance(column.type, JSON):
                    raise InputError(f"Its table {table.name} lacks the column {column.name}.")
            elif isinstance(column.type, LargeBinary):
                found[column.name] = base64.b64decode(value, validate=True)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InputError(f"Its table {table.name} is damaged ({type(error).__name__}).") from None
    return found
