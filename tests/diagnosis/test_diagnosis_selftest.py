"""The corpus's own tests: each kind of failing test is reported with its file, line and code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.selftest import run_selftest
from bot.errors import Problem
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Snapshot
from bot.reading import Reader

IDLE = "causes/delivery/live-idle-close.yaml"
WEIGHT = "causes/delivery/weight-exceeded.yaml"
SOCKET = "symptoms/socket-closed.yaml"
QUIET = "quiet/chatter.yaml"


def selftest(snapshot: Snapshot) -> list[Problem]:
    return run_selftest(snapshot, Reader(snapshot.profile), ConditionIndex(snapshot))


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


def append(path: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / path).write_text((folder / path).read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


BROKEN = [
    ("a cause that misses its text", replace(WEIGHT, '"fault": "weight_exceeded", "message"', '"fault": "x", "message"'),
     (WEIGHT, 16, "test-no-match")),
    ("a cause that fires where it must not", replace(IDLE, "'how long does the socket stay open?'", "'no heartbeat for 60 s'"),
     (IDLE, 22, "test-match")),
    ("a cause at a lower level", replace(IDLE, "why?', level: likely", "why?', level: certain"), (IDLE, 21, "test-level")),
    ("a symptom that misses its text", replace(SOCKET, "'parcelo.SocketClosed: closed (code hidden)']", "'all is well']"),
     (SOCKET, 21, "test-no-match")),
    ("a symptom that fires where it must not", replace(SOCKET, "closed 4001 no heartbeat for 60 s", "the socket closed: 4001"),
     (SOCKET, 22, "test-match")),
    ("a rule that is not quiet", append(QUIET, "- no heartbeat for 60 s\n"), (QUIET, 4, "quiet-match")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_failing_test_is_reported_where_it_stands(
    parcel: Path, change: Callable[[Path], None], expected: tuple[str, int, str]
) -> None:
    change(parcel)
    found = [(problem.path, problem.line, problem.code) for problem in selftest(load_snapshot(parcel))]
    assert expected in found


def test_a_sound_corpus_has_no_problem(snapshot: Snapshot) -> None:
    assert selftest(snapshot) == []


def test_every_failing_test_is_reported_at_once_with_its_text(parcel: Path) -> None:
    for _, change, _ in (BROKEN[0], BROKEN[2], BROKEN[5]):
        change(parcel)
    found = {problem.code: problem.message for problem in selftest(load_snapshot(parcel))}
    assert found.keys() == {"test-no-match", "test-level", "quiet-match"}
    assert "parcelo.ApiError: 422" in found["test-no-match"]
    assert "likely, not certain" in found["test-level"]
    assert "live-idle-close (certain)" in found["quiet-match"]


def test_a_cause_hidden_by_a_deeper_one_does_not_match(parcel: Path) -> None:
    replace(WEIGHT, "ask: [the", "suppresses: [live-idle-close]\nask: [the")(parcel)
    text = "closed after one minute, weight_exceeded"
    replace(IDLE, "no_match: [", f"no_match: ['{text}', ")(parcel)
    assert selftest(load_snapshot(parcel)) == []
    replace(WEIGHT, "suppresses: [live-idle-close]\n", "")(parcel)
    assert [(problem.path, problem.code) for problem in selftest(load_snapshot(parcel))] == [(IDLE, "test-match")]


def test_a_rule_is_quiet_on_another_vendor_s_failure(parcel: Path) -> None:
    append(QUIET, "- 'shipfast.errors.RateError: the box is overweight'\n")(parcel)
    assert selftest(load_snapshot(parcel)) == []


def test_a_whole_file_may_be_a_quiet_text(parcel: Path) -> None:
    (parcel / "quiet/healthy.txt").write_text("10:00 connected\n10:01 no heartbeat for 60 s\n", encoding="utf-8")
    assert [(problem.path, problem.line, problem.code) for problem in selftest(load_snapshot(parcel))] == [
        ("quiet/healthy.txt", 1, "quiet-match")
    ]
