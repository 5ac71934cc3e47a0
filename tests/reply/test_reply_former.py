"""Where the documents have changed, an answer says until when they said something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine import build_engine
from bot.knowledge.types import Former, Point
from bot.reply import markdown
from bot.settings import load_settings

POINT = Point("weight-limit", "One parcel may weigh 31.5 kg.", "weights", "2026-05-01")
STATEMENTS = [
    (None, "One parcel may weigh 31.5 kg."),
    (Former("25 kg.", "2024-06"), "One parcel may weigh 31.5 kg. (Until 2024-06: 25 kg.)"),
    (Former("25 kg."), "One parcel may weigh 31.5 kg. (Before: 25 kg.)"),
]


@pytest.mark.parametrize(("was", "statement"), STATEMENTS)
def test_a_statement_says_what_was_said_before_it(was: Former | None, statement: str) -> None:
    assert replace(POINT, was=was).statement == statement


def test_an_answer_tells_the_change_and_cites_the_page(parcel: Path, cache_dir: Path) -> None:
    points = parcel / "points/core.yaml"
    text = points.read_text(encoding="utf-8")
    points.write_text(text.replace('keys: ["31.5"]', "was: {until: 2024-06, says: 25 kg.}", 1), encoding="utf-8")
    engine = build_engine(load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache_dir)}))
    answer = engine.answer("how heavy can one parcel be?")
    shown = "\n".join(markdown.render(answer.reply))
    assert "refused with weight_exceeded. (Until 2024-06: 25 kg.)" in shown
    assert "https://docs.parcelo.example/weights" in shown
