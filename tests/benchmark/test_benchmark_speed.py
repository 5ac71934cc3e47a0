"""The harness of the speed measurements: its arithmetic, its table, and that each part runs at a tiny size."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bot.benchmark.speed import start
from bot.benchmark.speed.answers import corpus_texts, measure_answers
from bot.benchmark.speed.clock import best_ms, each_ms, median, percentile
from bot.benchmark.speed.peers import Search, Shelf
from bot.benchmark.speed.plots import draw_all
from bot.benchmark.speed.reload import another_phrase, another_rule, measure_reload
from bot.benchmark.speed.run import PARTS, Run
from bot.benchmark.speed.scaling import measure_points, measure_rules
from bot.benchmark.speed.start import measure_start
from bot.benchmark.speed.stores import fill, measure_stores
from bot.benchmark.speed.synthetic import RandomEmbedder, message, rules_snapshot, sentences, vectors, word
from bot.benchmark.speed.table import Row, line, number, table
from bot.benchmark.speed.trace_readers import PYTHON_MARK, Find, measure_readers
from bot.cli import main
from bot.engine import Engine, build_engine
from bot.errors import InputError, InternalError
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.settings import Settings

TRACE = f'{PYTHON_MARK}:\n  File "app/a.py", line 3, in f\n    g()\npkg.ApiError: no\n'


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3, 1, 2], 0.5, 2), ([4, 1, 2, 3], 0.5, 2), ([5], 0.95, 5), (list(range(1, 101)), 0.95, 95), ([1, 2], 0.0, 1)],
)
def test_a_percentile_is_the_nearest_rank(values: Sequence[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_of_nothing_there_is_no_median() -> None:
    assert math.isnan(median([]))


def test_the_shortest_of_some_measurements_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 0.009, 1.0, 1.004, 2.0, 2.007])
    monkeypatch.setattr("bot.benchmark.speed.clock.time", SimpleNamespace(process_time=lambda: next(ticks)))
    assert best_ms(lambda: None, tries=3) == pytest.approx(4.0)


def test_each_item_is_measured_in_its_order() -> None:
    done: list[int] = []
    costs = each_ms(done.append, [1, 2], tries=2)
    assert done == [1, 1, 2, 2]
    assert len(costs) == 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.01234, "0.0123"), (1.5, "1.50"), (27.04, "27.0"), (123.4, "123"), (12345.6, "12,346"), (math.nan, "-")],
)
def test_figures_have_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


ROWS = [
    ("met", Row("p", "w", 2.0, base=4.0, target=3.0), "| p | w | 2.00 ms | 0.500 × | ≤ 3.00 ms, met |  |"),
    ("missed", Row("p", "w", 4.0, base=4.0, target=3.0), "| p | w | 4.00 ms | 1.00 × | ≤ 3.00 ms, **missed** |  |"),
    ("on the ratio", Row("p", "w", 9.0, base=4.0, target=3.0, on_ratio=True), "| p | w | 9.00 ms | 2.25 × | ≤ 3.00 ×, met |  |"),
    ("another unit", Row("p", "w", 9.0, "MB/s", note="n"), "| p | w | 9.00 MB/s | - |  | n |"),
    ("absent", Row("p", "w", None, target=3.0, note="not installed"), "| p | w | - | - | ≤ 3.00 ms | not installed |"),
]


@pytest.mark.parametrize(("row", "shown"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_shows_figure_ratio_and_target(row: Row, shown: str) -> None:
    assert line(row) == shown
    assert table([row]).splitlines()[2] == shown


def test_words_and_vectors_of_a_seed_are_distinct_and_the_same_each_time() -> None:
    assert len({word(n) for n in range(20_000)}) == 20_000
    assert sentences(5) == sentences(5)
    made = vectors(50, 8)
    assert np.allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    assert len(np.unique(made, axis=0)) == 50
    embedder = RandomEmbedder(8)
    assert np.array_equal(embedder.encode(["a", "b"])[1], embedder.encode(["b"])[0])


@pytest.mark.parametrize("count", [100, 300])
def test_every_made_up_message_is_about_a_cause_that_fires(count: int) -> None:
    snapshot = rules_snapshot(count)
    assert len(snapshot.causes) == count
    reading = Reader(snapshot.profile).read(message(0))
    assert {signal.kind.value for signal in reading.signals} >= {"api_error", "product", "http_status"}
    assert message(0) == message(0) != message(1)


def test_an_answer_is_compared_with_its_embedding(parcel_engine: Engine) -> None:
    texts = ["why does live tracking close after one minute?", 'parcelo.ApiError: 422 {"fault": "weight_exceeded"}' * 40]
    rows = list(measure_answers(parcel_engine, RandomEmbedder(), texts))
    parts = {row.part: [r for r in rows if r.part == row.part] for row in rows}
    assert list(parts) == ["answer, all texts", "answer, 2 KB"]
    for found in parts.values():
        assert found[0].ratio == 1.0
        assert {row.what for row in found} >= {"everything but the embedding", "stage: reading", "stage: reply", "stage: rules"}
        assert all(row.value is not None and row.value > 0 and row.base == found[0].value for row in found)
    assert [row.what for row in parts["answer, 2 KB"] if row.target] == ["everything but the embedding"]


def test_without_cases_the_tracebacks_of_the_corpus_are_measured(snapshot: Snapshot) -> None:
    assert corpus_texts(snapshot) == [snapshot.examples[0].text]


def shelf_of(ids: Sequence[str]) -> Shelf:
    return Shelf(ids, [f"text {i}" for i in ids], vectors(len(ids), 4), {"q": vectors(len(ids), 4)[1].tolist()}, 3)


def missing(_: Shelf) -> Search:
    raise ImportError("no such package")


def test_stores_are_measured_and_a_missing_one_is_a_row() -> None:
    shelf = shelf_of(["a", "b", "c"])
    rows = list(measure_stores(shelf, RandomEmbedder(4), {"right": lambda _: lambda _: ["b"], "absent": missing}))
    by_name = {row.what: row for row in rows}
    assert by_name["right: search alone"].note == "the nearest point first for 100 %"
    alone, with_embedding = by_name["right: search alone"].value, by_name["right: with the embedding"].value
    assert alone is not None
    assert with_embedding == pytest.approx(alone + (rows[0].value or 0))
    assert by_name["absent"] == Row("3 points", "absent", None, note="not installed")
    assert "this bot, dense and BM25: search alone" in by_name


def test_a_shelf_holds_the_first_points_and_a_phrase_of_each_cause(snapshot: Snapshot) -> None:
    shelf = fill(snapshot, RandomEmbedder(), None, points=2)
    assert list(shelf.ids) == list(snapshot.points)[:2]
    assert list(shelf.queries) == [cause.phrases[0] for cause in snapshot.causes.values()]
    assert set(shelf.known()) == {*shelf.texts, *shelf.queries}


def absent() -> Find:
    raise ImportError("no such package")


def test_readers_of_traces_are_compared_by_rate_and_by_what_they_find(snapshot: Snapshot) -> None:
    texts = [TRACE, "nothing failed"]
    rows = list(measure_readers(texts, snapshot.profile, {"blind": lambda: lambda _: False, "absent": absent}))
    ours, whole, blind, gone = rows
    assert ours.note == "found in 1 of 2; of 1 in Python 1"
    assert blind.note == "found in 0 of 2; of 1 in Python 0"
    assert whole.unit == blind.unit == "MB/s"
    assert (gone.value, gone.note) == (None, "not installed")


def test_the_peers_that_are_installed_find_a_usual_traceback(snapshot: Snapshot) -> None:
    for row in list(measure_readers([TRACE], snapshot.profile))[2:]:
        assert row.note in ("not installed", "found in 1 of 1; of 1 in Python 1"), row.what


def test_starts_are_medians_of_their_own_processes(monkeypatch: pytest.MonkeyPatch, parcel_settings: Settings) -> None:
    seconds = iter([9.0, 1.0, 3.0, 2.0])
    asked: list[tuple[list[str], str]] = []

    def probe(arguments: list[str], environ: dict[str, str]) -> dict[str, float]:
        asked.append((arguments, environ.get("KNOWLEDGE_DIR", "")))
        return {"cpu_s": 8.0 if arguments else next(seconds), "resident_mb": 400.0 if arguments else 100.0, "torch": False}

    monkeypatch.setattr(start, "probe", probe)
    rows = list(measure_start(parcel_settings, starts=3))
    assert [(row.value, row.ratio) for row in rows] == [(2.0, 0.25), (100.0, 0.25), (8.0, 1.0), (400.0, 1.0)]
    assert asked[0] == ([], str(parcel_settings.knowledge_dir))
    assert rows[0].note == "on ONNX Runtime"


def test_a_start_that_fails_says_what_was_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 1, "", "Traceback: boom")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(InternalError, match="boom"):
        start.probe([], {})


def test_growth_is_measured_by_size_with_the_target_on_the_largest() -> None:
    points = list(measure_points(2.0, (10, 30)))
    assert [(row.what, row.base, row.target) for row in points] == [
        ("a search of 10 points", 2.0, None),
        ("a search of 30 points", 2.0, 25.0),
    ]
    rules = list(measure_rules((100, 120), messages=2))
    assert rules[0].ratio == 1.0
    assert (rules[1].base, rules[1].target, rules[1].on_ratio) == (rules[0].value, 3.0, True)


def spread(folder: Path) -> None:
    """Give one cause its lists over several lines, as most have them."""
    path = folder / "causes/delivery/live-idle-close.yaml"
    text = path.read_text(encoding="utf-8")
    for key, value in (
        ("possible", "closed_4001"),
        ("phrases", "tracking socket closes\n  - live updates stop when nothing moves"),
    ):
        old = next(found for found in text.splitlines() if found.startswith(f"{key}: ["))
        text = text.replace(old, f"{key}:\n  - {value}")
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("change", [another_phrase, another_rule])
def test_a_changed_cause_is_as_valid_as_before(
    parcel: Path, parcel_settings: Settings, change: Callable[[str, int], str]
) -> None:
    spread(parcel)
    path = parcel / "causes/delivery/live-idle-close.yaml"
    changed = change(change(path.read_text(encoding="utf-8"), 0), 1)
    path.write_text(changed, encoding="utf-8")
    engine = build_engine(parcel_settings.model_copy(update={"knowledge_dir": parcel}))
    cause = engine.snapshot.causes["live-idle-close"]
    added = cause.phrases if change is another_phrase else tuple(cause.conditions)
    assert sum("bench" in one for one in added) == 2


def test_reloads_are_measured_on_a_copy(parcel: Path, parcel_settings: Settings, parcel_engine: Engine) -> None:
    assert len(parcel_engine.index) > 0  # its texts are embedded
    spread(parcel)
    before = {path: path.read_bytes() for path in parcel.rglob("*.yaml")}
    rows = list(measure_reload(parcel_settings.model_copy(update={"knowledge_dir": parcel}), reloads=1))
    assert [row.what for row in rows] == ["nothing changed", "one cause with another phrase", "one cause with another rule"]
    assert [row.target for row in rows] == [None, 300.0, 300.0]
    assert before == {path: path.read_bytes() for path in parcel.rglob("*.yaml")}


def test_a_corpus_without_a_cause_to_change_is_named(parcel: Path, parcel_settings: Settings) -> None:
    with pytest.raises(InputError, match="no cause has phrases"):
        list(measure_reload(parcel_settings.model_copy(update={"knowledge_dir": parcel}), reloads=1))


def test_parts_are_measured_in_their_order_and_only_those_asked_for(
    monkeypatch: pytest.MonkeyPatch, parcel_settings: Settings
) -> None:
    made = {name: (lambda _, name=name: iter([Row(name, "w", 1.0)])) for name in PARTS}
    monkeypatch.setattr("bot.benchmark.speed.run.PARTS", made)
    rows = Run(parcel_settings).rows(["reload", "answer"])
    assert [row.part for row in rows] == ["answer", "reload"]


def test_a_picture_is_drawn_of_each_part_that_was_measured(tmp_path: Path) -> None:
    rows = [Row("answer, all texts", "w", 2.0, base=1.0), Row("rules", "w", 2.0, base=1.0, target=3.0, on_ratio=True)]
    written = draw_all([*rows, Row("traces of 3 files", "absent", None)], tmp_path / "pictures")
    assert [path.name for path in written] == ["speed-answer.png", "speed-rules.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n") for path in written)


def test_a_picture_that_cannot_be_written_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"speed-rules\.png"):
        draw_all([Row("rules", "w", 2.0, base=1.0)], tmp_path / "file")


def test_the_command_prints_the_table_and_writes_what_is_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parcel_settings: Settings,
    capsys: pytest.CaptureFixture[str],
    parcel_engine: Any,
) -> None:
    assert parcel_engine is not None
    monkeypatch.setenv("KNOWLEDGE_DIR", str(parcel_settings.knowledge_dir))
    monkeypatch.setenv("CACHE_DIR", str(parcel_settings.cache_dir))
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"id": "1", "text": "why does live tracking close after one minute?"}) + "\n", encoding="utf-8")
    asked = ["--cases", str(cases), "--part", "corpus", "--part", "traces", "--scale", "0.0001"]
    written = ["--markdown", str(tmp_path / "t.md"), "--plots", str(tmp_path)]
    assert main(["bench", "speed", *asked, *written]) == 0
    out = capsys.readouterr().out
    assert "| corpus | a search of 10 points |" in out
    assert (tmp_path / "t.md").read_text(encoding="utf-8") in out
    assert (tmp_path / "speed-corpus.png").is_file()


def test_a_table_that_cannot_be_written_names_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.commands.bench_speed.Run", lambda *_: SimpleNamespace(rows=lambda _: iter([Row("p", "w", 1.0)])))
    (tmp_path / "file").touch()
    assert main(["bench", "speed", "--markdown", str(tmp_path / "file" / "t.md")]) == 2
    assert "t.md" in capsys.readouterr().err


def test_a_row_may_lack_a_base() -> None:
    assert replace(Row("p", "w", 1.0), base=0.0).ratio is None
