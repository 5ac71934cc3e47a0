"""The loader finds every error of a corpus at once and says where each stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import CorpusError, Problem
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Former

IDLE = "causes/delivery/live-idle-close.yaml"
WEIGHT = "causes/delivery/weight-exceeded.yaml"
SOCKET = "symptoms/socket-closed.yaml"


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(CorpusError) as caught:
        load_snapshot(folder)
    return list(caught.value.problems)


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


def write(path: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    return change


def remove(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).unlink()


BROKEN = [
    ("unknown key", replace(WEIGHT, "area: delivery", "area: delivery\ncolour: red"), (WEIGHT, 4, "unknown-key")),
    ("missing key", replace(WEIGHT, "area: delivery\n", ""), (WEIGHT, 1, "missing-key")),
    ("no tests", replace(WEIGHT, "  no_match:", "  nomatch:"), (WEIGHT, 14, "missing-key")),
    ("wrong type", replace(WEIGHT, "ask: [the weight you sent]", "ask: 5"), (WEIGHT, 12, "wrong-value")),
    ("bad pattern", replace(WEIGHT, "too heavy|", "too (heavy|"), (WEIGHT, 7, "wrong-value")),
    ("lookahead", replace(WEIGHT, "too heavy|", "too(?= heavy)|"), (WEIGHT, 7, "wrong-value")),
    ("unknown signal", replace(WEIGHT, "certain: [code]", "certain: [cod]"), (WEIGHT, 8, "unknown-signal")),
    ("unused signal", replace(WEIGHT, "likely: [told]", ""), (WEIGHT, 7, "unused-signal")),
    ("two kinds", replace(WEIGHT, "{api_error: weight_exceeded,", "{api_error: x, text: yy,"), (WEIGHT, 6, "signal-kind")),
    ("only absent", replace(WEIGHT, "certain: [code]", 'certain: [["!code"]]'), (WEIGHT, 8, "only-absent")),
    ("unknown key in a symptom", replace(SOCKET, "tests:\n", "tests_:\n"), (SOCKET, 20, "unknown-key")),
    ("unknown point", replace(WEIGHT, "each., cite: weight-limit", "each., cite: nowhere"), (WEIGHT, 11, "unknown-point")),
    ("unknown cause", replace(SOCKET, "causes: [weight-exceeded]", "causes: [gone]"), (SOCKET, 14, "unknown-cause")),
    ("unknown suppressed", replace(WEIGHT, "ask: [the", "suppresses: [gone]\nask: [the"), (WEIGHT, 12, "unknown-cause")),
    (
        "unknown source",
        replace("points/core.yaml", "source: weights", "source: nowhere"),
        ("points/core.yaml", 1, "unknown-source"),
    ),
    ("unused source", replace("points/core.yaml", "source: weights", "source: live"), ("sources.yaml", 1, "unused-source")),
    (
        "insecure page",
        replace("sources.yaml", "https://docs.parcelo.example/live", "http://x"),
        ("sources.yaml", 2, "wrong-value"),
    ),
    ("duplicate id", replace("points/core.yaml", "id: live-idle", "id: weight-limit"), ("points/core.yaml", 7, "duplicate")),
    ("unknown traceback", replace(WEIGHT, "traceback: label", "traceback: lable"), (WEIGHT, 17, "unknown-traceback")),
    ("unused traceback", write("tracebacks/lone.txt", b"x"), ("tracebacks/lone.txt", 1, "unused-traceback")),
    ("unknown file", write("notes.txt", b"x"), ("notes.txt", 1, "unknown-file")),
    ("misplaced", replace(WEIGHT, "id: weight-exceeded", "id: weight"), (WEIGHT, 1, "misplaced")),
    ("no yaml", write(WEIGHT, b"id: [unclosed\ntitle: x"), (WEIGHT, 2, "yaml-syntax")),
    ("duplicate key", replace(WEIGHT, "area: delivery", "area: delivery\narea: x"), (WEIGHT, 4, "yaml-duplicate-key")),
    (
        "alias bomb",
        write(
            "points/bomb.yaml",
            b"- &a [x,x,x,x,x,x,x,x,x]\n"
            + b"".join(b"- &%c [%s]\n" % (98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)),
        ),
        ("points/bomb.yaml", 1, "yaml-too-large"),
    ),
    ("binary", write("points/x.yaml", b"\xff\xfe\x00"), ("points/x.yaml", 1, "not-utf8")),
    ("a list where a mapping belongs", write(WEIGHT, b"- x"), (WEIGHT, 1, "wrong-type")),
    ("a mapping where a list belongs", write("points/core.yaml", b"a: b"), ("points/core.yaml", 1, "wrong-type")),
    ("no product", remove("product.yaml"), ("product.yaml", 1, "missing-file")),
    ("no fallback", replace("product.yaml", "fallback: unclear", "fallback: gone"), ("product.yaml", 1, "unknown-symptom")),
    (
        "one text that must match",
        replace(WEIGHT, "    - {traceback: label-weight-exceeded, level: certain}\n", ""),
        (WEIGHT, 15, "too-few-tests"),
    ),
    ("one near miss of a symptom", replace(SOCKET, ", 'the live socket is open all day'", ""), (SOCKET, 22, "too-few-tests")),
    (
        "a symptom with the title of a cause",
        replace(SOCKET, "The tracking socket was closed, and nothing says why", "The parcel is heavier than one parcel may be"),
        (SOCKET, 2, "duplicate"),
    ),
    (
        "a sentence without a page",
        replace(IDLE, "sooner than 60 s, cite: live-idle", "sooner than 60 s"),
        (IDLE, 14, "missing-key"),
    ),
    (
        "a day that no calendar has",
        replace("sources.yaml", 'weights", reviewed: "2026-05-01"', 'weights", reviewed: "2026-02-30"'),
        ("sources.yaml", 1, "wrong-value"),
    ),
    (
        "what was said before without words",
        replace("points/core.yaml", 'keys: ["31.5"]', 'was: {until: "2025"}'),
        ("points/core.yaml", 5, "missing-key"),
    ),
]


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_an_error_is_reported_with_its_place_and_code(
    parcel: Path, change: Callable[[Path], None], expected: tuple[str, int, str]
) -> None:
    change(parcel)
    found = [(p.path, p.line, p.code) for p in problems(parcel)]
    assert expected in found


def test_all_errors_are_reported_at_once_in_the_form_path_line_code_message(parcel: Path) -> None:
    for _, change, _ in (BROKEN[0], BROKEN[11], BROKEN[14]):
        change(parcel)
    found = problems(parcel)
    assert {p.code for p in found} >= {"unknown-key", "unknown-source"}
    assert str(found[0]) == f"{found[0].path}:{found[0].line}: {found[0].code}: {found[0].message}"


def test_a_missing_folder_names_the_setting(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "none")
    assert problem.code == "no-corpus"
    assert "KNOWLEDGE_DIR" in problem.message


def test_the_version_is_that_of_the_content(parcel: Path) -> None:
    before = load_snapshot(parcel).version
    assert load_snapshot(parcel).version == before
    replace(WEIGHT, "Split the", "Divide the")(parcel)
    assert load_snapshot(parcel).version != before


def test_hidden_files_and_readmes_are_not_part_of_the_corpus(parcel: Path) -> None:
    before = load_snapshot(parcel).points
    write(".swp/points.yaml", b"\xff")(parcel)
    write("README.md", b"# about")(parcel)
    assert load_snapshot(parcel).points == before


def test_a_point_keeps_what_the_documents_said_before(parcel: Path) -> None:
    replace("points/core.yaml", 'keys: ["31.5"]', "was: {until: 2024-06, says: 25 kg.}")(parcel)
    points = load_snapshot(parcel).points
    assert points["weight-limit"].was == Former("25 kg.", "2024-06")
    assert points["live-idle"].was is None


def test_a_snapshot_cannot_be_changed(parcel: Path) -> None:
    snapshot = load_snapshot(parcel)
    with pytest.raises(TypeError):
        snapshot.points["x"] = snapshot.points["weight-limit"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        snapshot.version = "x"  # type: ignore[misc]
