"""The user's own words are told from traces, logs, code and data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.logs import find_records
from bot.reading.prose import MAX_PROSE, find_prose
from bot.reading.traces import find_traces
from bot.reading.unwrap import unwrap


def prose(text: str) -> tuple[str, frozenset[int]]:
    lines = unwrap(text)
    return find_prose(lines, find_traces(lines), find_records(lines))


WORDS = [
    "why is my socket closing all the time?",
    "- first, is the voice id right?",
    "> it is closed, why?",
    "use `stream-input` with the fast model, it closes",
    "at first it worked, then it stopped",
    "let me know why my socket closes",
    "import fails with an error, why is that happening",
    "function calling does not work with my agent, why?",
    "export to mp3 fails with an error every time",
    "public voices are missing in my account since today",
    "pip install fails on windows, any idea what to do",
    "<@123456> why is my socket closing?",
    "私のソケットはなぜ閉じますか",
    "почему сокет закрывается",
    "c'est quoi la taille max d'un fichier ?",
]


@pytest.mark.parametrize("text", WORDS)
def test_what_a_person_writes_is_prose(text: str) -> None:
    assert prose(text) == (text, frozenset({1}))


PROGRAM = [
    "import os",
    "from parcelo import Client",
    "const x = 1",
    "let x = await foo()",
    "return audio",
    "class Foo:",
    "def f(x):",
    "x = 5",
    "public static void main(String[] args) {",
    "pip install parcelo",
    "npm install @parcelo/client --save",
    'curl https://api.example -H "a: b"',
    "$ python app.py",
    "    at foo (a.js:1:2)",
    '{"a": "b"}',
    "<div>",
    "ValueError: bad weight",
    "2026-01-01 10:00:00,000 - app - INFO - the label was printed",
    "------------",
    "12345",
    "",
]


@pytest.mark.parametrize("text", PROGRAM)
def test_what_a_program_or_its_author_wrote_is_none(text: str) -> None:
    assert prose(text) == ("", frozenset())


def test_the_question_around_a_trace_is_kept_with_its_lines() -> None:
    text = (
        "Since today this fails:\n```\nTraceback (most recent call last):\n"
        '  File "/srv/app.py", line 3, in main\n    print the label now\nValueError: bad\n```\nwhat can I do?'
    )
    assert prose(text) == ("Since today this fails:\nwhat can I do?", frozenset({1, 8}))


def test_the_words_of_a_log_record_are_not_the_user_s() -> None:
    text = "it stops after this\n2026-01-01 10:00:00,000 - app - WARNING - the connection is closed, why not"
    assert prose(text) == ("it stops after this", frozenset({1}))


def test_very_long_prose_is_cut_and_a_very_long_line_is_none() -> None:
    found, numbers = prose("\n".join(["the socket closes again and again"] * 400))
    assert (len(found), len(numbers)) == (MAX_PROSE, 400)
    assert prose("word " * 1000) == ("", frozenset())


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_prose_lines_are_lines_of_the_text(text: str) -> None:
    found, numbers = prose(text)
    assert numbers <= set(range(1, len(text.split("\n")) + 1))
    assert bool(found) == bool(numbers)


ONE_LINE = "import { Client } from 'parcelo' says module not found after npm install"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE_LINE, True),
        (f"{ONE_LINE}\nsince yesterday it does that", False),
        ("import { Client } from 'parcelo'; const client = new Client()", False),
        ('{"message": "the label could not be printed for this parcel"}', False),
        ("parcelo.ApiError: the label could not be printed for this parcel", False),
        ("from parcelo import Client as the client of this whole program", False),
    ],
)
def test_one_line_alone_may_quote_code_inside_a_sentence(text: str, expected: bool) -> None:
    assert (1 in prose(text)[1]) is expected
