"""Bytes become text by what they are, not by what they are called; what is no text is refused with advice."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.reading import decode as module
from bot.reading.decode import MAX_INPUT, decode

LOG = "08:14:41 Fehler: Verbindung für „später“ geschlossen\r\nzweite Zeile\n"


def zipped(**members: bytes) -> bytes:
    """A zip archive; two underscores in a name stand for a folder's slash, a final one for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        LOG.encode(),
        LOG.encode("utf-8-sig"),
        LOG.encode("utf-16"),
        b"\xfe\xff" + LOG.encode("utf-16-be"),
        LOG.encode("utf-16-le"),
        LOG.encode("utf-16-be"),
        LOG.encode("cp1252"),
        gzip.compress(LOG.encode()),
        gzip.compress(LOG.encode("utf-16")),
        zipped(log=LOG.encode()),
        zipped(folder__log=LOG.encode(), picture=b"\x89PNG\r\n\x1a\n\x00\x00\x00"),
    ],
    ids=[
        "utf-8",
        "utf-8 mark",
        "utf-16",
        "utf-16 be mark",
        "utf-16 le",
        "utf-16 be",
        "cp1252",
        "gzip",
        "gzip utf-16",
        "zip",
        "mixed zip",
    ],
)
def test_text_is_read_in_every_usual_form(data: bytes) -> None:
    assert LOG in decode(data, "anything.bin")


def test_several_texts_of_an_archive_stand_under_their_names() -> None:
    assert decode(zipped(logs__a=b"first", b=b"second"), "x.zip") == "a:\nfirst\nb:\nsecond"


def test_a_cut_off_gzip_file_gives_what_it_holds() -> None:
    whole = gzip.compress(b"".join(b"%d line of a log\n" % i for i in range(20_000)))
    text = decode(whole[: len(whole) // 2])
    assert text.startswith("0 line of a log\n1 line of a log\n")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a JPEG picture"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", "MP3 audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00", "WAV audio"),
        (b"OggS\x00\x02\x00\x00\x00\x00", "Ogg audio"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", "an MP4 recording"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x00", "a PDF document"),
        (b"\x28\xb5\x2f\xfd\x00\x00", "a Zstandard archive"),
        (bytes(range(256)) * 4, "is no text"),
        (b"PK\x03\x04 nothing else", "cannot be unpacked"),
        (b"\x1f\x8b\x08 nothing else", "a damaged gzip file"),
        (zipped(picture=b"\x89PNG\r\n\x1a\n\x00"), "holds no text file"),
        (gzip.compress(b"\x7fELF\x02\x01\x01\x00\x00"), "a program"),
        (b"x" * (MAX_INPUT + 1), "at most 25 MB"),
    ],
)
def test_what_is_no_text_is_named_and_refused_with_advice(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        decode(data, "../../etc/`report`\n.log")
    assert str(caught.value).startswith("`report.log`")
    assert "send" in str(caught.value)


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(bomb=data)], ids=["gzip", "zip"])
def test_a_bomb_is_refused_before_it_is_unpacked(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OUTPUT", 1 << 20)
    assert callable(pack)
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        decode(pack(b"a" * (8 << 20)), "bomb")


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_an_input_error(data: bytes) -> None:
    for candidate in (data, b"\x1f\x8b\x08\x00" + data, b"PK\x03\x04" + data, b"\xff\xfe" + data):
        try:
            assert isinstance(decode(candidate, "x"), str)
        except InputError as error:
            assert str(error)
