"""Case files: every malformed line is reported with its place, before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.evaluation.cases import is_question, message, read_cases

FAILURE = '{"id": "f1", "text": "it broke", "gold": ["timeout"], "thread": "t"}'
QUESTION = '{"id": "q1", "text": "how long?", "answerable": true, "must": [["20"]], "urls": ["docs.example/a"]}'
UNANSWERABLE = '{"id": "q2", "text": "who won?", "answerable": false}'


def test_reads_both_kinds_in_order_and_skips_blank_lines(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(b"\xef\xbb\xbf" + f"{FAILURE}\r\n\n{QUESTION}\n".encode())
    second.write_text(UNANSWERABLE, encoding="utf-8")
    cases = read_cases([first, second])
    assert [(case["id"], is_question(case)) for case in cases] == [("f1", False), ("q1", True), ("q2", True)]


def test_a_line_may_hold_line_separators_of_unicode(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "f1", "text": "a\u2028b\x0bc", "gold": ["none"]}\n'.replace("\x0b", "\\u000b"), encoding="utf-8")
    assert read_cases([path])[0]["text"] == "a\u2028b\x0bc"


def test_a_message_carries_no_label() -> None:
    assert message(json.loads(FAILURE)) == {"id": "f1", "text": "it broke", "thread": "t"}
    assert message(json.loads(QUESTION)) == {"id": "q1", "text": "how long?"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"text": "x", "gold": ["none"]}', "'id'"),
        ('{"id": 3, "text": "x", "gold": ["none"]}', "'id'"),
        ('{"id": "a", "text": "", "gold": ["none"]}', "'text'"),
        ('{"id": "a", "text": "x"}', "needs 'gold'"),
        ('{"id": "a", "text": "x", "gold": []}', "'gold'"),
        ('{"id": "a", "text": "x", "gold": "none"}', "'gold'"),
        ('{"id": "a", "text": "x", "gold": [null]}', "'gold'"),
        ('{"id": "a", "text": "x", "answerable": "yes"}', "'answerable'"),
        ('{"id": "a", "text": "x", "answerable": true, "urls": []}', "'must'"),
        ('{"id": "a", "text": "x", "answerable": true, "must": ["20"], "urls": []}', "'must'"),
        ('{"id": "a", "text": "x", "answerable": true, "must": [[]], "urls": []}', "'must'"),
        ('{"id": "a", "text": "x", "answerable": true, "must": [["20"]]}', "'urls'"),
        ('{"id": "a", "text": "x", "answerable": true, "must": [["("]], "urls": []}', "regular expression '('"),
    ],
)
def test_a_malformed_line_is_reported_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{FAILURE}\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_cases([path])
    assert str(caught.value).startswith(f"{path}:2: ")
    assert says in str(caught.value)


def test_all_malformed_lines_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("{\n" + FAILURE + "\n" + FAILURE + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_cases([path])
    first, second = str(caught.value).split("\n")
    assert first.startswith(f"{path}:1: not JSON")
    assert second == f"{path}:3: the id 'f1' is already used at {path}:2"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_file_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        read_cases([path])
