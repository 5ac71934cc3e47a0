"""Marks of stale points: kept between runs, lifted by an edit, said in answers, never a reason to fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.engine import Engine, build_engine
from bot.errors import InputError
from bot.knowledge.types import Snapshot
from bot.links.stale import FILE_NAME, read_stale, write_stale
from bot.reply import markdown
from bot.reply.compose import compose
from bot.reply.json import answer_json
from bot.settings import Settings

NOTE = "(page changed since we read it)"


def test_what_is_written_is_read_again(tmp_path: Path, snapshot: Snapshot) -> None:
    write_stale(tmp_path / "new", snapshot, ["weight-limit", "live-idle"])
    assert read_stale(tmp_path / "new", snapshot) == {"weight-limit", "live-idle"}
    write_stale(tmp_path / "new", snapshot, [])
    assert read_stale(tmp_path / "new", snapshot) == frozenset()


def edited(snapshot: Snapshot, **fields: object) -> Snapshot:
    point = replace(snapshot.points["weight-limit"], **fields)  # type: ignore[arg-type]  # one field at a time, of its own type
    return replace(snapshot, points={**snapshot.points, "weight-limit": point})


def test_an_edit_of_the_point_or_of_its_page_lifts_the_mark(tmp_path: Path, snapshot: Snapshot) -> None:
    write_stale(tmp_path, snapshot, ["weight-limit"])
    weights = snapshot.sources["weights"]
    moved = replace(snapshot, sources={**snapshot.sources, "weights": replace(weights, url="https://docs.parcelo.example/w")})
    reread = replace(snapshot, sources={**snapshot.sources, "weights": replace(weights, reviewed="2026-09-01")})
    mended = [edited(snapshot, text="x"), edited(snapshot, keys=("40",)), edited(snapshot, as_of="2026-09-01"), moved, reread]
    assert [read_stale(tmp_path, one) for one in mended] == [frozenset()] * len(mended)
    assert read_stale(tmp_path, edited(snapshot, questions=("how heavy",))) == {"weight-limit"}


def test_marks_of_points_that_are_gone_are_dropped(tmp_path: Path, snapshot: Snapshot) -> None:
    write_stale(tmp_path, snapshot, ["weight-limit"])
    assert read_stale(tmp_path, replace(snapshot, points={})) == frozenset()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"stale": 3}', b'{"stale": ["weight-limit"]}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_file_marks_nothing(tmp_path: Path, snapshot: Snapshot, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert read_stale(tmp_path, snapshot) == frozenset()


def test_marks_that_cannot_be_kept_are_an_input_error(tmp_path: Path, snapshot: Snapshot) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_stale(tmp_path, snapshot, [])


@pytest.fixture
def settings(tmp_path: Path, parcel_settings: Settings, parcel_engine: Engine) -> Settings:
    """The tiny corpus, with the vectors known and marks of its own."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "vectors.sqlite").write_bytes((parcel_settings.cache_dir / "vectors.sqlite").read_bytes())
    return parcel_settings.model_copy(update={"cache_dir": cache})


TRACE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'


def test_an_engine_says_what_is_stale_from_its_next_build_on(settings: Settings) -> None:
    before = build_engine(settings)
    write_stale(settings.cache_dir, before.snapshot, ["weight-limit"])
    after = build_engine(settings)
    told = [NOTE in "\n".join(markdown.render(engine.answer(TRACE).reply)) for engine in (before, after)]
    assert (before.snapshot.stale, after.snapshot.stale, told) == (frozenset(), frozenset({"weight-limit"}), [False, True])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TRACE, f"- Split the shipment into parcels of at most 31.5 kg each. {NOTE} [1]"),
        ("how heavy can one parcel be?", f"a heavier one is refused with weight_exceeded. {NOTE} [1]"),
    ],
)
def test_an_answer_that_stands_on_a_stale_point_says_so(parcel_engine: Engine, text: str, sentence: str) -> None:
    answer = parcel_engine.answer(text)
    stale = replace(parcel_engine.snapshot, stale=frozenset({"weight-limit"}))
    assert sentence in "\n".join(markdown.render(compose(stale, answer.reading, answer.diagnosis)))


def test_a_sentence_with_a_current_point_beside_a_stale_one_is_not_marked(parcel_engine: Engine) -> None:
    answer = parcel_engine.answer(TRACE)
    cause = answer.diagnosis.hypotheses[0].cause
    both = replace(cause, summary=replace(cause.summary, cite=("weight-limit", "live-idle")))
    diagnosis = replace(answer.diagnosis, hypotheses=(replace(answer.diagnosis.hypotheses[0], cause=both),))
    reply = compose(replace(parcel_engine.snapshot, stale=frozenset({"weight-limit"})), answer.reading, diagnosis)
    assert [NOTE in sentence.text for section in reply.sections[:2] for sentence in section.sentences] == [False, True]


def sources(engine: Engine, *stale: str) -> list[dict[str, Any]]:
    answer = engine.answer(TRACE)
    marked = replace(engine.snapshot, stale=frozenset(stale))
    found: list[dict[str, Any]] = answer_json("x", marked, answer.reading, answer.diagnosis, answer.reply, [], {})["sources"]
    return found


def test_json_marks_a_stale_source_and_no_other(parcel_engine: Engine) -> None:
    (source,) = sources(parcel_engine, "live-idle")
    assert (source["id"], "stale" in source) == ("weights", False)
    assert sources(parcel_engine, "weight-limit", "live-idle") == [{**source, "stale": True}]
