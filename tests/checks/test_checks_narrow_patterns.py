"""What makes a pattern fit one paste only."""

from __future__ import annotations

import pytest

from bot.checks.narrow_patterns import ONE_OFF, literals

ONE_OFFS = [
    r"request_id=req_0f3a9c21",
    r"3f2b8a10-77aa-4c1e",
    r"pid 4711234\b",
    r"object at 0x7f9c2a3b",
    r"2026-03-02.* closed",
    r"at 10:00:21",
    r"/home/anna/bot\.py",
    r"C:\\Users\\anna",
    r"192\.168\.0\.12",
]
GENERAL = [
    r"request_id=req_[0-9a-f]{8}",
    r"\breq(?:uest)?_id\b",
    r"received 1008 \(policy violation\)",
    r"pcm_44100|mp3_44100_128",
    r"127\.0\.0\.1|0\.0\.0\.0",
    r"/home/[^/]+/",
    r"at most 200,000 characters",
    r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}",
]


@pytest.mark.parametrize("pattern", ONE_OFFS)
def test_a_value_of_one_paste_is_seen(pattern: str) -> None:
    assert ONE_OFF.search("|".join(literals(pattern)))


@pytest.mark.parametrize("pattern", GENERAL)
def test_a_pattern_for_such_values_is_none(pattern: str) -> None:
    assert not ONE_OFF.search("|".join(literals(pattern)))


LITERALS = [
    (r"closed 4001", ["closed 4001"]),
    (r"\bcloses?\b|drop(?:s|ped)", [" closes ", "drops", "ped"]),
    (r"[\]a-z]{2,} \(x\)", ["  (x)"]),
    (r"a\.b\|c.d", ["a.b|c d"]),
    (r"(?i)(?P<code>40\d)(?i:x)", ["40 x"]),
]


@pytest.mark.parametrize(("pattern", "expected"), LITERALS)
def test_only_what_must_be_there_counts_as_literal(pattern: str, expected: list[str]) -> None:
    assert literals(pattern) == expected
