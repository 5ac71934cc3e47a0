"""`corpus check --strict`, `corpus new` and `corpus diff`: what helpers run beside the editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.cli import main
from bot.engine import Engine

ROOT = Path(__file__).parent.parent
STALE = ('live", reviewed: "2026-05-01"', 'live", reviewed: "2000-05-01"')


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(
    cache_dir: Path, parcel: Path, parcel_engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """Runs a command in this process on a copy of the tiny corpus: `cli(*arguments, SETTING=value)`."""

    def run(*arguments: str | Path, **settings: str) -> Result:
        fixed = {"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir), "LOG_LEVEL": "ERROR", "SOURCE_MAX_AGE_DAYS": "9000"}
        for name, value in (fixed | settings).items():
            monkeypatch.setenv(name, value)
        code = main(["corpus", *map(str, arguments)])
        return Result(code, *capsys.readouterr())

    return run


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- check


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--strict",), 1)])
def test_warnings_are_listed_and_fail_only_a_strict_check(cli: Cli, parcel: Path, arguments: tuple[str, ...], code: int) -> None:
    edit(parcel / "sources.yaml", *STALE)
    result = cli("check", *arguments)
    warning, summary = result.out.splitlines()
    assert (result.code, result.err) == (code, "")
    assert warning.startswith("sources.yaml:2: stale-source: `live` was reviewed 2000-05-01")
    assert summary == "1 warning, no errors: 2 causes, 2 symptoms, 3 points, 12 tests, 3 quiet texts"


def test_a_corpus_without_a_finding_passes_a_strict_check(cli: Cli) -> None:
    result = cli("check", "--strict")
    assert (result.code, result.out.split(":")[0]) == (0, "No problems")


def test_errors_and_warnings_stand_in_one_sorted_list(cli: Cli, parcel: Path) -> None:
    edit(parcel / "sources.yaml", *STALE)
    edit(parcel / "points/core.yaml", "source: weights", "source: nowhere")
    result = cli("check")
    lines = result.out.splitlines()
    assert result.code == 1
    assert [line.split(" ")[0] for line in lines[:-1]] == ["points/core.yaml:1:", "sources.yaml:1:", "sources.yaml:2:"]
    assert lines[-1] == "3 problems: 2 errors, 1 warning"


def test_a_check_without_a_model_says_what_it_did_not_check(cli: Cli, tmp_path: Path) -> None:
    result = cli("check", EMBEDDING_MODEL=str(tmp_path))
    assert result.code == 0
    assert result.err.startswith("not checked: near-duplicate: EMBEDDING_MODEL: ")


def test_warnings_do_not_keep_a_corpus_from_being_served(cli: Cli, parcel: Path) -> None:
    edit(parcel / "sources.yaml", *STALE)
    assert cli("stats").code == 0
    assert cli("search", "heavy", "parcel").code == 0


# --- new


def test_a_new_cause_is_a_file_that_the_check_wants_filled_in(cli: Cli, parcel: Path) -> None:
    made = cli("new", "lost-label", "--area", "delivery")
    path = parcel / "causes/delivery/lost-label.yaml"
    assert (made.code, made.out.split(" ")[0]) == (0, str(path))
    result = cli("check")
    assert result.code == 1
    assert all(line.startswith("causes/delivery/lost-label.yaml:") for line in result.out.splitlines()[:-1])
    assert result.out.splitlines()[-1] == "6 problems"


def test_a_new_area_is_made(cli: Cli, parcel: Path) -> None:
    assert cli("new", "lost-label", "--area", "printing").code == 0
    assert (parcel / "causes/printing/lost-label.yaml").is_file()


REFUSED = [
    ("a cause that exists", ("weight-exceeded", "delivery"), "weight-exceeded.yaml: there is such a cause already"),
    ("a cause that exists in another area", ("weight-exceeded", "printing"), "delivery/weight-exceeded.yaml: there is"),
    ("a path", ("../../x", "delivery"), "CAUSE '../../x': lower-case words"),
    ("a path as the area", ("x", "../.."), "AREA '../..': lower-case words"),
    ("capitals", ("LostLabel", "delivery"), "CAUSE 'LostLabel'"),
    ("nothing", ("", "delivery"), "CAUSE ''"),
    ("a name without end", ("x" * 500, "delivery"), "CAUSE 'xxx"),
]


@pytest.mark.parametrize(("names", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_become_a_cause_is_refused_and_nothing_is_written(
    cli: Cli, parcel: Path, names: tuple[str, str], says: str
) -> None:
    before = {path: path.read_bytes() for path in parcel.rglob("*") if path.is_file()}
    result = cli("new", names[0], "--area", names[1])
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert {path: path.read_bytes() for path in parcel.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_no_corpus_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = cli("new", "lost-label", "--area", "delivery", KNOWLEDGE_DIR=str(tmp_path / "empty"))
    assert result.code == 2
    assert "KNOWLEDGE_DIR" in result.err
    assert list((tmp_path / "empty").iterdir()) == []


# --- diff


def test_the_difference_of_two_corpora_is_told_in_words(cli: Cli, parcel: Path) -> None:
    edit(parcel / "causes/delivery/weight-exceeded.yaml", "Split the", "Divide the")
    result = cli("diff", ROOT / "tests/corpora/parcel", parcel)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "causes changed: weight-exceeded",
        "  weight-exceeded: fix reworded: “Divide the shipment into parcels of at most 31.5 kg each.”",
    ]


def test_equal_corpora_differ_in_nothing(cli: Cli, parcel: Path) -> None:
    assert cli("diff", ROOT / "tests/corpora/parcel", parcel).out == "Nothing changed\n"


def test_a_corpus_that_cannot_be_read_is_named_with_its_folder(cli: Cli, parcel: Path, tmp_path: Path) -> None:
    edit(parcel / "points/core.yaml", "source: weights", "source: nowhere")
    result = cli("diff", ROOT / "tests/corpora/parcel", parcel)
    assert (result.code, result.out) == (2, "")
    assert f"{parcel.as_posix()}/points/core.yaml:1: unknown-source: " in result.err
    assert "no-corpus" in cli("diff", tmp_path / "none", parcel).err
