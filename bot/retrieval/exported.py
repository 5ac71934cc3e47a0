"""A model's export on disk: its files, the manifest that vouches for them, and how one is found.

<exports>/<identity of the source>/
    model.onnx       token ids in, one unit vector out: pooling and normalisation are part of the graph
    tokenizer.json   with the truncation of the model, without padding
    manifest.json    where it came from, the sha256 of both files, and how it compared with the original
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from bot.retrieval.model_source import sha256

FORMAT = 1
"""Version of the manifest; exports of another one are made anew."""
MANIFEST = "manifest.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"

log = logging.getLogger(__name__)


class DamagedExportError(Exception):
    """An export is not what its manifest says; the text tells what is wrong. Never leaves this stage but for the command line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of an export; `source` is the identity of the model it was made from, `check` the figures of the comparison.

    `prompt` is what the model wants put before a text.
    """

    source: str
    name: str
    recipe: str
    model_sha256: str
    tokenizer_sha256: str
    max_tokens: int
    pooling: str
    prompt: str
    exported: str
    versions: Mapping[str, str]
    check: Mapping[str, float]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Export:
    """A folder whose files are those of its manifest."""

    folder: Path
    manifest: Manifest


def find_export(identity: str, exports: Sequence[Path]) -> Export | None:
    """The first sound export of the model with this identity; a damaged one is reported in the log and passed over."""
    for folder in exports:
        if not (folder / identity / MANIFEST).is_file():
            continue
        try:
            return read_export(folder / identity, identity)
        except DamagedExportError as error:
            log.warning("%s is not used: %s; `python -m bot model export --force` makes it anew", folder / identity, error)
    return None


def read_export(folder: Path, identity: str) -> Export:
    """The export in a folder, its checksums verified; raises DamagedExportError."""
    try:
        manifest = _parse(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        if manifest.source != identity:
            raise DamagedExportError("it was made from another model")
        for name, expected in ((MODEL, manifest.model_sha256), (TOKENIZER, manifest.tokenizer_sha256)):
            if (digest := sha256(folder / name)) != expected:
                raise DamagedExportError(f"{name} has sha256 {digest}, expected {expected}")
    except OSError as error:
        raise DamagedExportError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DamagedExportError(f"{MANIFEST} is damaged: {error}") from None
    return Export(folder, manifest)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the files it vouches for."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def new_folder(exports: Path) -> Path:
    """An empty folder beside the exports, so that renaming it puts a whole export in its place; the caller removes it."""
    exports.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".new-", dir=exports))


def put_in_place(folder: Path, exports: Path, identity: str) -> Path:
    """Rename a finished folder to where `find_export` looks for it, in the place of what was there; returns that folder."""
    target = exports / identity
    folder.chmod(0o755)
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=exports))
        target.rename(old / identity)
        folder.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        folder.rename(target)
    return target


def _parse(data: Any) -> Manifest:
    """The manifest in parsed JSON; raises ValueError naming what is wrong with it."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"not a manifest of format {FORMAT}")
    types = {"max_tokens": int, "format": int, "versions": dict, "check": dict}
    for field in fields(Manifest):
        if not isinstance(data.get(field.name), types.get(field.name, str)):
            raise ValueError(f"{field.name} is missing or of the wrong type")  # noqa: TRY004 - of the file, not of a caller
    return Manifest(**{field.name: data[field.name] for field in fields(Manifest)})
