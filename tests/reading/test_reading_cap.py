"""A long paste keeps its head and tail, and no piece of a secret that the cut went through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.cap import GAP, find_gap, redact_capped
from bot.reading.profile import NamedPattern, Profile
from bot.reading.types import Redaction

PROFILE = Profile("product", secrets=(NamedPattern("product-key", r"\bpk9_[0-9a-f]{48}\b"),))
KEY = "pk9_" + "0a1b2c3d4e5f" * 4
NAMED = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
PEM = "\n".join(f"{i:02d}MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8c" for i in range(26))
LIMIT = 20_000


def test_a_text_within_the_limit_stays_whole() -> None:
    assert redact_capped("a\nb", PROFILE, 3) == ("a\nb", (), 0)


def test_a_long_text_keeps_head_and_tail_at_line_borders() -> None:
    lines = [f"line {i:05d}" for i in range(1000)]
    text, _, dropped = redact_capped("\n".join(lines), PROFILE, 2000)
    kept = text.split("\n")
    gap = kept.index(GAP.format(dropped))
    assert kept[:gap] == lines[:gap]
    assert kept[gap + 1 :] == lines[-(len(kept) - gap - 1) :]
    assert len(text) <= 2000 + 60
    assert dropped == len("\n".join(lines)) - len("\n".join(kept[:gap])) - 1 - len("\n".join(kept[gap + 1 :]))


@given(st.text(alphabet="ab\n", max_size=300), st.integers(min_value=1, max_value=200))
def test_capping_drops_exactly_what_it_says(text: str, limit: int) -> None:
    kept, _, dropped = redact_capped(text, PROFILE, limit)
    if len(text) <= limit:
        assert (kept, dropped) == (text, 0)
    else:
        head, _, tail = kept.partition(GAP.format(dropped) + "\n")
        assert text.startswith(head.removesuffix("\n"))
        assert text.endswith(tail)
        assert len(head) + len(tail) + dropped in (len(text), len(text) + 1)
        assert len(head) + len(tail) <= limit + 2


FORMS = [
    ("a key by its shape", KEY, "{}"),
    ("a value by its name", NAMED, "api_key={}"),
    ("a quoted value", NAMED, '"api_key": "{}"'),
    ("an escaped value", NAMED, '{{\\"api_key\\": \\"{}\\"}}'),
    ("a coloured value", NAMED, "token=\x1b[31m{}\x1b[0m"),
    ("a password of words", "Correct horse 7 battery", 'password: "{}"'),
    ("an address", "s3cr3tPassw0rdOfTheBase", "postgres://app:{}@db.internal:5432/x"),
    ("a private key", PEM.replace("\n", "\\n"), "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----"),
]


def pieces(secret: str, size: int) -> set[str]:
    return {secret[i : i + size] for i in range(len(secret) - size + 1)}


@pytest.mark.parametrize(("secret", "form"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_no_piece_of_a_secret_is_left_where_one_huge_line_is_cut(secret: str, form: str) -> None:
    planted = form.format(secret)
    filler = "so it goes on and on, "
    for border in (LIMIT * 2 // 5, -(LIMIT * 3 // 5)):  # where the head ends, where the tail begins
        for inside in range(2, len(planted) - 2, max(len(planted) // 23, 1)):
            before = filler * 4000
            if border > 0:
                text = before[: border - inside - 1] + " " + planted + " " + before
            else:
                after = " " + before[: -border - len(planted) + inside - 1]
                text = before + " " + planted + after
            safe, _, dropped = redact_capped(text, PROFILE, LIMIT)
            assert dropped > 0
            assert not any(piece in safe for piece in pieces(secret, 8)), (border, inside)


def test_no_piece_is_left_of_a_secret_wrapped_over_the_border_of_two_lines() -> None:
    filler = [f"line {i:05d} of an honest log" for i in range(4000)]
    for at in (*range(270, 300), *range(4000 - 440, 4000 - 415)):
        lines = [*filler[:at], f"web | api_key={NAMED[:16]}", f"web | {NAMED[16:]}", *filler[at:]]
        safe, _, dropped = redact_capped("\n".join(lines), PROFILE, LIMIT)
        assert dropped > 0
        assert not any(piece in safe for piece in pieces(NAMED, 8)), at


def test_what_was_hidden_keeps_its_line_before_and_after_the_gap() -> None:
    lines = [f"line {i:05d} of an honest log" for i in range(4000)]
    lines[3] = f"api_key={NAMED}"
    lines[2000] = KEY
    lines[-2] = f"token {KEY}"
    safe, redactions, _ = redact_capped("\n".join(lines), PROFILE, LIMIT)
    shown = safe.split("\n")
    assert redactions == (Redaction("api-key", 4), Redaction("product-key", len(shown) - 1))
    assert shown[3] == "api_key=‹hidden-api-key›"
    assert shown[-2] == "token ‹hidden-product-key›"


def test_a_huge_line_of_json_is_cut_in_the_middle() -> None:
    text = json.dumps({"items": ["abc"] * 20_000})
    cut, start = find_gap(text, LIMIT)
    assert (cut, len(text) - start) == (LIMIT * 2 // 5, LIMIT * 3 // 5)
