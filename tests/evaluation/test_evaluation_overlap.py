"""A case that the corpus holds is known whatever its white space, and nothing else is."""

from __future__ import annotations

import pytest

from bot.evaluation.overlap import corpus_texts, holds_excerpt, is_held
from bot.knowledge.types import Snapshot


@pytest.fixture(scope="module")
def texts(snapshot: Snapshot) -> frozenset[str]:
    return corpus_texts(snapshot)


def test_tests_tracebacks_quiet_texts_phrases_and_questions_are_held(snapshot: Snapshot, texts: frozenset[str]) -> None:
    causes = snapshot.causes.values()
    written = [test.text for cause in causes for test in cause.tests] + [phrase for cause in causes for phrase in cause.phrases]
    written += [question for point in snapshot.points.values() for question in point.questions]
    written += [example.text for example in (*snapshot.examples, *snapshot.quiet)]
    assert len(written) > 10
    assert all(is_held({"id": "x", "text": text}, texts) for text in written)


def test_white_space_does_not_count_and_every_word_does(snapshot: Snapshot, texts: frozenset[str]) -> None:
    traceback = snapshot.examples[0].text
    assert is_held({"id": "x", "text": "\n  " + traceback.replace("\n", "\r\n\n") + " "}, texts)
    assert not is_held({"id": "x", "text": traceback + " please"}, texts)
    assert not is_held({"id": "x", "text": traceback.splitlines()[0]}, texts)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hello, the closed 4001 no heartbeat for 60 s\nagain", True),
        ("closed 4001  no heartbeat\nfor 60 s", True),
        ("foreclosed 4001 no heartbeat for 60 s", False),
        ("closed 4001 no heartbeat", False),
        ("", False),
    ],
)
def test_an_excerpt_is_found_at_whole_words(texts: frozenset[str], text: str, found: bool) -> None:
    assert holds_excerpt({"id": "x", "text": text}, texts) is found


def test_a_few_words_are_no_excerpt() -> None:
    assert not holds_excerpt({"id": "x", "text": "the connection was closed again"}, frozenset({"connection was closed"}))
