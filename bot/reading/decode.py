"""From the bytes of an attachment to text; what a file is called or declared as is never believed."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib

from bot.errors import InputError

MAX_INPUT = 25 << 20
MAX_OUTPUT = 64 << 20
MAX_MEMBERS = 64

_ADVICE = "send the log or the traceback as text, or as a .txt, .log, .gz or .zip file"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"%PDF-", "a PDF document"),
    (b"ID3", "MP3 audio"),
    (b"\xff\xfb", "MP3 audio"),
    (b"\xff\xf3", "MP3 audio"),
    (b"\xff\xf2", "MP3 audio"),
    (b"OggS", "Ogg audio"),
    (b"fLaC", "FLAC audio"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska recording"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, name: str = "") -> str:
    """The text in the bytes of a file: plain, or a gzip or zip archive of texts.

    UTF-8 and UTF-16 (with a mark, or plainly UTF-16) are read as such, any other text as Windows-1252. At most `MAX_INPUT`
    bytes are taken in and `MAX_OUTPUT` unpacked. Raises InputError, in words for the sender, when there is no text.
    """
    label = _label(name)
    if len(data) > MAX_INPUT:
        raise InputError(
            f"{label} is {len(data) >> 20} MB; at most {MAX_INPUT >> 20} MB are read: send the part around the error"
        )
    if data.startswith(b"\x1f\x8b"):
        return _text(_gunzip(data, label), label)
    if data.startswith(b"PK\x03\x04"):
        return _unzip(data, label)
    return _text(data, label)


def _label(name: str) -> str:
    """The file's name as it may be shown: no folders, nothing that does not print, not too long."""
    base = re.split(r"[\\/]", name[-400:])[-1]
    shown = "".join(c for c in base if c.isprintable())[:80].strip()
    return f"`{shown.replace('`', '')}`" if shown else "the file"


def _gunzip(data: bytes, label: str) -> bytes:
    """Unpacked bytes of a gzip file; a file cut off in the middle gives what it holds."""
    out = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while block := stream.read(1 << 16):
                out.write(block)
                if out.tell() > MAX_OUTPUT:
                    raise InputError(f"{label} unpacks to more than {MAX_OUTPUT >> 20} MB: send the part around the error")
    except (OSError, EOFError, zlib.error) as error:
        if not out.tell():
            raise InputError(f"{label} is a damaged gzip file; {_ADVICE}") from error
    return out.getvalue()


def _unzip(data: bytes, label: str) -> str:
    """The texts of a zip archive, in the archive's order, each under a line with its name; members without text are left out."""
    texts: list[str] = []
    room = MAX_OUTPUT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            if any(item.flag_bits & 1 for item in members):
                raise InputError(f"{label} is protected by a password; {_ADVICE}")
            for item in members[:MAX_MEMBERS]:
                with archive.open(item) as stream:
                    content = stream.read(room + 1)
                if len(content) > room:
                    raise InputError(f"{label} unpacks to more than {MAX_OUTPUT >> 20} MB: send the part around the error")
                room -= len(content)
                try:
                    text = _text(content, _label(item.filename))
                except InputError:
                    continue
                texts.append(text if len(members) == 1 else f"{_label(item.filename).strip('`')}:\n{text}")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{label} is a zip file that cannot be unpacked; {_ADVICE}") from error
    if not texts:
        raise InputError(f"{label} holds no text file; {_ADVICE}")
    return "\n".join(texts)


def _text(data: bytes, label: str) -> str:
    """Bytes as text; raises InputError when they are no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if encoding := _utf16(data):
        return data.decode(encoding, "replace")
    for magic, what in _MAGIC:
        if data.startswith(magic) and _binary(data):
            raise InputError(f"{label} is {what}, which holds no text to read; {_ADVICE}")
    if data.startswith(b"RIFF") and data[8:12] in (b"WAVE", b"WEBP", b"AVI "):
        what = {b"WAVE": "WAV audio", b"WEBP": "a WebP picture"}.get(data[8:12], "a video")
        raise InputError(f"{label} is {what}, which holds no text to read; {_ADVICE}")
    if data[4:8] == b"ftyp":
        raise InputError(f"{label} is an MP4 recording, which holds no text to read; {_ADVICE}")
    if _binary(data):
        raise InputError(f"{label} is no text; {_ADVICE}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _utf16(data: bytes) -> str:
    """The byte order of UTF-16 without a mark: of mostly Latin text, every other byte is zero."""
    sample = data[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _binary(data: bytes) -> bool:
    """Whether bytes cannot be text: a NUL, or more than one control byte in a hundred."""
    sample = data[:65_536]
    return b"\x00" in sample or len(_CONTROL.findall(sample)) > len(sample) / 100
