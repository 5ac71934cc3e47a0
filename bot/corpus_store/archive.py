"""A zip of a corpus into a folder: what somebody uploads is hostile until every name and every byte of it was looked at."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from bot.errors import InputError
from bot.knowledge.load import MAX_FILE_BYTES

MAX_ZIP_BYTES = 10 << 20
MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 64 << 20
MAX_NAME = 200
MAX_DEPTH = 6
KNOWN_TYPES = (".yaml", ".txt", ".md")
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".bz2", ".xz", ".rar")
ROOT = "product.yaml"
LEFT_OUT = "__MACOSX"
"""What macOS adds to every zip; like names that begin with a dot, it is not unpacked."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CHUNK = 1 << 16
ENCRYPTED = 1
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for files that are damaged, cut off, or no zip at all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a zip may be, in bytes and in files, and how many bytes it may hold."""

    zip_bytes: int
    members: int
    unpacked_bytes: int


def unpack(data: bytes, folder: Path, limits: Limits | None = None) -> None:
    """Unpack the corpus in a zip into `folder`, which must not exist yet; the zip may hold it in one folder of its own.

    limits: those of an upload, if none are given. Raises InputError that says which member is not accepted and why; OSError when
    the disk does not take it.
    """
    limits = limits or Limits(MAX_ZIP_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES)
    if len(data) > limits.zip_bytes:
        raise InputError(f"The zip is larger than {limits.zip_bytes >> 20} MB.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = _members(archive, limits.members)
            top = _top([path for path, _ in members])
            folder.mkdir(parents=True)
            room = limits.unpacked_bytes
            for path, info in members:
                if path.is_relative_to(top):
                    room -= _write(archive, info, folder / path.relative_to(top), room)
    except UNREADABLE as error:
        raise InputError(f"This is no zip that can be read ({type(error).__name__}).") from None


def _members(archive: zipfile.ZipFile, limit: int) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The files to unpack, by their paths."""
    infos = archive.infolist()
    if len(infos) > limit:
        raise InputError(f"The zip holds more than {limit:,} files.")
    found: dict[str, tuple[PurePosixPath, zipfile.ZipInfo]] = {}
    for info in infos:
        path = _path(info)
        if info.is_dir() or path.parts[0] == LEFT_OUT or any(part.startswith(".") for part in path.parts):
            continue
        if reason := _refusal(info, path):
            raise InputError(f"{_shown(info.orig_filename)}: {reason}.")
        if str(path).casefold() in found:
            raise InputError(f"{_shown(info.orig_filename)}: the zip holds this name twice.")
        found[str(path).casefold()] = path, info
    return list(found.values())


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The path of a member, which stays inside the folder that it is unpacked to."""
    name = info.orig_filename  # zipfile cuts a name at a NUL and turns backslashes around on Windows: here it is as written
    path = PurePosixPath(name)
    wrong = (
        "an absolute path"
        if name.startswith("/") or name[1:2] == ":"
        else "a path that leaves its folder"
        if ".." in name.replace("\\", "/").split("/")
        else "a name that is not plain"
        if "\\" in name or not name.isprintable() or any(char in name for char in ':*?"<>|')
        else "a name that is too long"
        if len(name) > MAX_NAME or len(path.parts) > MAX_DEPTH
        else "a name that is empty"
        if not path.parts
        else ""
    )
    if wrong:
        raise InputError(f"{_shown(name)}: {wrong}.")
    return path


def _refusal(info: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Why a file is not unpacked, or nothing."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a symbolic link"
    if kind not in (0, stat.S_IFREG):
        return "no ordinary file"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if path.suffix.lower() in ARCHIVES:
        return "an archive inside the archive"
    if path.suffix not in KNOWN_TYPES:
        return f"a corpus has only files of the types {', '.join(KNOWN_TYPES)}"
    if info.compress_type not in METHODS:
        return "it is compressed in a way that is not accepted; only deflate is"
    return f"larger than {MAX_FILE_BYTES:,} bytes" if info.file_size > MAX_FILE_BYTES else ""


def _top(paths: list[PurePosixPath]) -> PurePosixPath:
    """The folder of the corpus: that of the one product.yaml, at the top or in one folder there."""
    tops = [path.parent for path in paths if path.name == ROOT and len(path.parts) <= 2]
    if PurePosixPath() in tops:
        return PurePosixPath()
    if len(tops) != 1:
        raise InputError(f"The zip holds no corpus: {ROOT} must be at its top, or in the one folder there.")
    if stray := [path for path in paths if not path.is_relative_to(tops[0])]:
        raise InputError(f"{_shown(str(stray[0]))}: outside of the corpus in {_shown(str(tops[0]))}.")
    return tops[0]


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Write one member, whatever size it says it has; returns its size in bytes."""
    size = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, target.open("xb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                raise InputError(f"{_shown(info.orig_filename)}: larger than {MAX_FILE_BYTES:,} bytes.")
            if size > room:
                raise InputError("The zip holds more bytes than are accepted in all.")
            file.write(chunk)
    return size


def _shown(name: str) -> str:
    """A name as an error shows it."""
    plain = "".join(char if char.isprintable() and char != "`" else "?" for char in name[:80])
    return f"`{plain}`"
