from __future__ import annotations

import random
import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from bot.corpus_store import archive
from bot.corpus_store.archive import unpack
from bot.errors import InputError
from bot.knowledge.load import corpus_version

PARCEL = Path(__file__).parent.parent / "corpora" / "parcel"


def zipped(*members: tuple[str, str], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    """A zip of texts; `change` is applied to the last member's entry."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for number, (name, text) in enumerate(members, start=1):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None and number == len(members):
                change(info)
            made.writestr(info, text)
    return file.getvalue()


def zip_of(folder: Path, under: str = "") -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return zipped(*((under + path.relative_to(folder).as_posix(), path.read_text("utf-8")) for path in files))


def as_link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def as_pipe(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFIFO | 0o600) << 16


def as_bzip2(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_BZIP2


@pytest.mark.parametrize("under", ["", "knowledge/"])
def test_unpacks_a_corpus_that_stands_at_the_top_or_in_one_folder(under: str, tmp_path: Path) -> None:
    unpack(zip_of(PARCEL, under), tmp_path / "corpus")
    assert corpus_version(tmp_path / "corpus") == corpus_version(PARCEL)


def test_leaves_out_what_systems_add_to_a_zip(tmp_path: Path) -> None:
    members = [("k/product.yaml", "a"), ("k/.DS_Store", "b"), ("__MACOSX/k/._product.yaml", "c"), ("k/.git/config", "d")]
    unpack(zipped(*members), tmp_path / "corpus")
    assert [path.name for path in (tmp_path / "corpus").rglob("*")] == ["product.yaml"]


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("../evil.yaml", None, "leaves its folder"),
        ("causes/../../evil.yaml", None, "leaves its folder"),
        ("causes\\..\\..\\evil.yaml", None, "leaves its folder"),
        ("/etc/evil.yaml", None, "absolute"),
        ("C:/evil.yaml", None, "absolute"),
        ("causes\\evil.yaml", None, "not plain"),
        ("causes/ev\nil.yaml", None, "not plain"),
        ("causes/con:evil.yaml", None, "not plain"),
        ("a/" * 9 + "evil.yaml", None, "too long"),
        ("e" * 300 + ".yaml", None, "too long"),
        ("evil.py", None, "only files of the types"),
        ("evil", None, "only files of the types"),
        ("inner.zip", None, "archive inside the archive"),
        ("inner.tar.gz", None, "archive inside the archive"),
        ("evil.yaml", as_link, "symbolic link"),
        ("evil.yaml", as_pipe, "no ordinary file"),
        ("evil.yaml", as_bzip2, "only deflate"),
        ("PRODUCT.yaml", None, "twice"),
    ],
)
def test_refuses_members_that_have_no_business_in_a_corpus(
    name: str, change: Callable[[zipfile.ZipInfo], None] | None, says: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=says):
        unpack(zipped(("product.yaml", "a"), (name, "evil"), change=change), tmp_path / "in" / "corpus")
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([], "must be at its top"),
        ([("causes/a.yaml", "a")], "must be at its top"),
        ([("a/b/product.yaml", "a")], "must be at its top"),
        ([("a/product.yaml", "a"), ("b/product.yaml", "b")], "must be at its top"),
        ([("a/product.yaml", "a"), ("b/points.yaml", "b")], "outside of the corpus"),
    ],
)
def test_refuses_what_is_no_corpus(members: list[tuple[str, str]], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        unpack(zipped(*members), tmp_path / "corpus")


@pytest.mark.parametrize(
    ("limit", "value", "says"),
    [("MAX_ZIP_BYTES", 100, "larger than"), ("MAX_MEMBERS", 1, "more than 1 files"), ("MAX_UNPACKED_BYTES", 150, "holds more")],
)
def test_refuses_more_than_the_caps(limit: str, value: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(InputError, match=says):
        unpack(zipped(("product.yaml", "a" * 100), ("points/a.yaml", "b" * 100)), tmp_path / "corpus")


def test_refuses_a_file_that_is_larger_than_one_may_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than 2,000,000 bytes"):
        unpack(zipped(("product.yaml", "a" * 2_000_001)), tmp_path / "corpus")


def test_counts_what_is_unpacked_not_what_the_zip_says_of_itself(tmp_path: Path) -> None:
    honest = zipped(("product.yaml", "a" * 2_500_000))
    size = (2_500_000).to_bytes(4, "little")
    assert honest.count(size) == 2
    with pytest.raises(InputError):
        unpack(honest.replace(size, (10).to_bytes(4, "little")), tmp_path / "corpus")
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 2_000_000


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"\x1f\x8b" + bytes(50), b"<html>", bytes(1000)])
def test_refuses_what_is_no_zip(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        unpack(data, tmp_path / "corpus")


def test_a_damaged_zip_is_refused_or_unpacked_and_never_an_error_of_the_program(tmp_path: Path) -> None:
    whole = zipped(("product.yaml", "name: Acme\n" * 20), ("points/a.yaml", "- id: b\n" * 20))
    dice = random.Random(7)
    refused = 0
    for number in range(300):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            unpack(bytes(broken[: dice.choice([len(broken), dice.randrange(len(broken))])]), tmp_path / str(number))
        except InputError:
            refused += 1
    assert refused > 150
