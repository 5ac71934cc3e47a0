"""Weights are data: read whole, or refused with what is wrong and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.diagnosis.votes import CAUSE_VOTERS, RULE, VOTERS
from bot.diagnosis.weights import DEFAULT, load_weights
from bot.errors import InputError

GOOD = dict.fromkeys(VOTERS, 1.0)
BROKEN = [
    ("not JSON", "{", "cannot be read"),
    ("a list", "[]", "do not fit"),
    ("no weights", "{}", "do not fit"),
    ("a voter too few", json.dumps({"weights": dict(list(GOOD.items())[1:])}), VOTERS[0]),
    ("a voter too many", json.dumps({"weights": {**GOOD, "gut feeling": 1.0}}), "gut feeling"),
    ("a text", json.dumps({"weights": {**GOOD, VOTERS[0]: "much"}}), "no number"),
    ("not a number", json.dumps({"weights": {**GOOD, VOTERS[0]: float("nan")}}), "no number"),
]


def test_the_served_weights_say_when_and_how_they_were_fitted_and_what_they_reach() -> None:
    data = json.loads(DEFAULT.read_text(encoding="utf-8"))
    assert load_weights().fitted == data["fitted"]
    assert data["command"].startswith("python -m bot fit ")
    assert data["cross_validated"].keys() >= {"top1", "selective", "overclaim", "ece"}


def test_a_vote_never_speaks_against_a_cause_and_better_rules_weigh_more() -> None:
    weights = load_weights()
    assert all(weights.of(voter) >= 0 for voter in CAUSE_VOTERS)
    assert weights.of(RULE["possible"]) <= weights.of(RULE["likely"]) <= weights.of(RULE["certain"])


@pytest.mark.parametrize(("text", "says"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused_with_its_name_and_the_fault(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as refused:
        load_weights(path)
    assert str(path) in str(refused.value)
    assert "`fit`" in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_weights(tmp_path / "none.json")
