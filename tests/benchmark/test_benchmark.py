"""The measures of the reading step measure what they say."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.benchmark import growth, secrets, traces
from bot.benchmark.ordinary import ordinary_texts
from bot.benchmark.planted import Planted, left_of, planted, wrapped
from bot.benchmark.plot import draw
from bot.cli import main
from bot.errors import InputError
from bot.reading.profile import NamedPattern, Profile
from bot.reading.types import Frame, Trace

PYTHON = 'Traceback (most recent call last):\n  File "app/a.py", line 3, in f\n    g()\npkg.ApiError: no'


def trace(kind: str | None, file: str, line: int) -> Trace:
    frame = Frame(file, line, "f", 1)
    return Trace("python", kind, "", (frame,), frame, 1, 1)


def case(kind: str | None, file: str | None, line: int | None) -> dict[str, Any]:
    return {"text": "x", "language": "python", "exception_type": kind, "innermost": {"file": file, "line": line}}


JUDGED: list[tuple[str, Mapping[str, Any], Sequence[Trace], dict[str, bool]]] = [
    ("all right", case("p.E", "/s/a.py", 3), [trace("E", "C:\\a.py", 3)], {"found": True, "type": True, "innermost": True}),
    ("another line", case("E", "a.py", 3), [trace("E", "a.py", 4)], {"found": True, "type": True, "innermost": False}),
    ("another type", case("E", "a.py", 3), [trace("F", "a.py", 3)], {"found": True, "type": False, "innermost": True}),
    ("one of several", case("E", "a.py", 3), [trace(None, "b.py", 1), trace("E", "a.py", 3)],
     {"found": True, "type": True, "innermost": True}),
    ("nothing found", case("E", "a.py", 3), [], {"found": False, "type": False, "innermost": False}),
    ("nothing labelled", {"text": "x", "exception_type": None, "innermost": None}, [trace("E", "a", 1)], {"found": True}),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "got", "row"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED])
def test_a_reading_is_judged_by_what_is_labelled(labels: Mapping[str, Any], got: Sequence[Trace], row: dict[str, bool]) -> None:
    assert traces.judge(labels, got) == row


def test_scores_are_shares_by_language_with_all_of_them_last() -> None:
    cases = [
        {**case("E", "a.py", 3), "text": "right"},
        {**case("E", "a.py", 3), "text": "none"},
        {"text": "right", "language": "go"},
    ]
    scores = traces.score(cases, lambda text: [trace("E", "a.py", 3)] if text == "right" else [])
    assert [(one.language, one.texts, one.share("found"), one.share("type")) for one in scores] == [
        ("go", 1, 1.0, None),
        ("python", 2, 0.5, 0.5),
        ("all", 3, 2 / 3, 0.5),
    ]
    assert "| python | 2 | 50.0 | 50.0 | 50.0 |" in traces.table(scores)
    assert "| go | 1 | 100.0 | - | - |" in traces.table(scores)


def test_every_trace_in_a_text_without_one_is_a_false_positive() -> None:
    found = traces.false_positives(
        [{"id": "a", "text": "x"}, {"id": "b", "text": ""}], lambda t: [trace("E", "a", 1)] if t else []
    )
    assert found == ["a"]


def test_sizes_double() -> None:
    assert growth.doubling(1 << 10, 1 << 13) == (1024, 2048, 4096, 8192)


@pytest.mark.parametrize("shape", growth.SHAPES)
def test_a_text_to_measure_has_the_size_asked_for(shape: str) -> None:
    assert len(growth.SHAPES[shape](10_000)) == 10_000


@pytest.mark.parametrize(
    ("power", "sizes"), [(1.0, (1 << 18, 1 << 19, 1 << 20)), (2.0, (1 << 18, 1 << 20)), (1.5, (10, 100, 1000))]
)
def test_the_exponent_is_the_power_by_which_time_grows(power: float, sizes: tuple[int, ...]) -> None:
    measured = growth.Growth("x", sizes, tuple(1e-9 * size**power for size in sizes))
    assert measured.exponent == pytest.approx(power)


def test_of_one_size_there_is_no_exponent() -> None:
    assert math.isnan(growth.Growth("x", (1024,), (1.0,)).exponent)


def test_the_rate_is_that_of_the_largest_size() -> None:
    assert growth.Growth("x", (1000, 2_000_000), (9.0, 0.5)).rate == pytest.approx(4.0)


def test_reading_is_timed_by_shape_and_size() -> None:
    def read(text: str) -> None:
        until = time.process_time() + len(text) / 1e6
        while time.process_time() < until:
            pass

    (measured,) = growth.measure(read, (10_000, 40_000), ("one line",))
    assert (measured.shape, measured.sizes) == ("one line", (10_000, 40_000))
    assert measured.seconds[0] == pytest.approx(0.01, abs=0.01)
    assert measured.seconds[1] >= 0.04


def test_the_growth_is_drawn_as_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "pictures" / "growth.png"
    draw([growth.Growth("x", (1 << 16, 1 << 17), (0.1, 0.2)), growth.Growth("y", (1 << 16, 1 << 17), (0.3, 0.9))], path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_picture_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"growth\.png"):
        draw([], tmp_path / "file" / "growth.png")


PROFILE = Profile("x", secrets=(NamedPattern("own key", r"\bown=(k9_[0-9a-f]{24,})", "", "own=k9_0a1b2c3d4e5f60718293a4b5c6"),))


def test_the_product_s_own_keys_are_planted_by_their_example() -> None:
    own = [one for one in planted(PROFILE) if one.kind == "product: own key"]
    assert {one.secret for one in own} == {"k9_0a1b2c3d4e5f60718293a4b5c6"}
    assert all("own=k9_0a1b2" in one.text or "\u200b" in one.text for one in own)


def test_every_planted_secret_stands_in_its_text() -> None:
    everything = list(planted(PROFILE))
    assert len({one.kind for one in everything}) >= 30
    assert all(
        left_of(one.secret, one.text) for one in everything if "percent" not in one.wrapping and "query" not in one.wrapping
    )


def test_a_split_secret_is_the_same_secret_on_two_lines() -> None:
    one = Planted("k", "bare", "0123456789abcdef", "key=0123456789abcdef")
    assert [split.text for split in wrapped(one)][:2] == ["key=012\n3456789abcdef", "key=012345678\n9abcdef"]


@pytest.mark.parametrize(
    ("safe", "left"),
    [
        ("‹hidden-k›", False),
        ("0123456789abcdef", True),
        ("x 23456789abcd y", True),
        ("0123456\n789abcdef", True),
        ("0123456", False),
    ],
)
def test_a_piece_of_a_dozen_characters_counts_as_left(safe: str, left: bool) -> None:
    assert left_of("0123456789abcdef", safe) is left


def test_every_planted_secret_is_hidden_and_nothing_ordinary_is() -> None:
    report = secrets.try_secrets(PROFILE)
    assert report.leaks == ()
    assert report.recall == 1.0
    assert report.ordinary == len(ordinary_texts())
    assert report.changed <= report.ordinary * 0.02
    assert "Recall 1.0000" in secrets.table(report)
    assert "| discord | 79 | 79 |" in secrets.table(report)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(Path(__file__).parents[1] / "corpora" / "parcel"))


def test_bench_traces_prints_a_table_and_the_false_positives(
    served: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    positive, negative = tmp_path / "positive.jsonl", tmp_path / "negative.jsonl"
    labels = {"language": "python", "exception_type": "pkg.ApiError", "innermost": {"file": "app/a.py", "line": 3}}
    positive.write_text(json.dumps({"id": "a", "text": PYTHON, **labels}) + "\n", encoding="utf-8")
    negative.write_text(json.dumps({"id": "b", "text": "all is well"}) + "\n", encoding="utf-8")
    assert main(["bench", "traces", str(positive), str(negative), "--misses"]) == 0
    printed = capsys.readouterr()
    assert "| python | 1 | 100.0 | 100.0 | 100.0 |" in printed.out
    assert "False positives: 0 of 1" in printed.out


def test_bench_growth_prints_a_row_a_text_and_draws(served: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "growth.png"
    assert main(["bench", "growth", "--largest", "0.125", "--shape", "frames", "--shape", "one line", "--out", str(path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| frames", "| one line"]
    assert path.exists()


@pytest.mark.parametrize(("leaks", "code"), [((), 0), ((Planted("own", "bare", "s", "s"),), 1)])
def test_bench_secrets_fails_when_a_secret_is_left(
    served: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    leaks: tuple[Planted, ...],
    code: int,
) -> None:
    report = secrets.SecretsReport((secrets.Recall("own", 2, 2 - len(leaks), 2, 2),), leaks, 100, 1)
    monkeypatch.setattr(secrets, "try_secrets", lambda profile: report)
    assert main(["bench", "secrets"]) == code
    printed = capsys.readouterr()
    assert f"Recall {1 - len(leaks) / 4:.4f}" in printed.out
    assert ("left: own, bare" in printed.err) is bool(leaks)
