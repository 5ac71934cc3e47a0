from __future__ import annotations

import pytest

from bot.diagnosis.conversation import fingerprints
from bot.diagnosis.template import MAX_TEMPLATE, template, templates, vocabulary
from bot.engine import Engine
from bot.knowledge.types import Snapshot
from bot.reading import Reader

MARKER = "Zebra4711"
TRACE = f'Traceback (most recent call last):\n  File "/srv/{MARKER}.py", line 4711, in {MARKER}\n    run()\n'


@pytest.fixture(scope="module")
def words(snapshot: Snapshot) -> frozenset[str]:
    return vocabulary(snapshot)


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("ValueError", "invalid value", "ValueError: invalid value"),
        ("acme.client.errors.SocketError", "connection closed", "SocketError: connection closed"),
        ("com.acme.Outer$InnerException", "timed out", "InnerException: timed out"),
        ("http_status 418", "", "http_status 418"),
        ("ws_close 4001", "session expired", "ws_close 4001: session expired"),
        ("KeyError", "'zebra'", "KeyError"),
        ("KeyError", '"zebra', "KeyError"),
        ("ValueError", "can't read value `zebra stripes` of key", "ValueError: … read value … of key"),
        ("ValueError", "invalid literal for int() with base 10: 'zebra'", "ValueError: invalid … for … with …"),
        ("TimeoutError", "no response after 4711 ms from 10.0.0.7:443", "TimeoutError: no response after … from …"),
        ("OSError", "cannot open /home/zebra/key.pem", "OSError: cannot open …"),
        ("OSError", "cannot open C:\\Users\\zebra\\key.pem", "OSError: cannot open …"),
        ("HTTPError", "request to https://zebra.example/v1?token=a failed", "HTTPError: request to … failed"),
        ("ValueError", "user zebra@example.com not found", "ValueError: user … not found"),
        ("ValueError", "unknown user Zebra Stripes", "ValueError: unknown user …"),
        ("ValueError", "session 6f9619ff-8b86-d011-b42d-00c04fc964ff expired", "ValueError: session … expired"),
        ("ValueError", "invalid\nzebra connection", "ValueError: invalid"),
        ("zebra", "connection closed", "connection closed"),
        ("zebra-4711", "zebra", ""),
        ("", "", ""),
    ],
)
def test_keeps_the_kind_and_the_words_that_the_corpus_knows(
    kind: str, message: str, expected: str, words: frozenset[str]
) -> None:
    assert template(kind, message, words) == expected


def test_is_short_whatever_the_message_holds(words: frozenset[str]) -> None:
    assert len(template("ValueError", "connection " * 1000, words)) <= MAX_TEMPLATE


@pytest.mark.parametrize(
    "text",
    [
        f"{TRACE}KeyError: '{MARKER}'",
        f"{TRACE}acme.{MARKER}.ParcelError: order {MARKER} lost",
        f'2026-01-01 10:00:00 ERROR {MARKER}: request {MARKER} of "{MARKER}" failed with 4711',
        f"2026-01-01 10:00:00,123 ERROR [app.{MARKER}] user={MARKER} could not connect to {MARKER}.example:4711",
        f"HTTP/1.1 422 {MARKER}",
    ],
)
def test_nothing_of_what_somebody_wrote_is_in_the_template(text: str, snapshot: Snapshot, words: frozenset[str]) -> None:
    reading = Reader(snapshot.profile).read(text)
    found = templates(reading, words)
    assert found.keys() == fingerprints(reading) != frozenset()
    assert not any(part in value.lower() for value in found.values() for part in ("zebra", "4711"))


def test_an_answer_describes_the_failures_that_it_did_not_explain(parcel_engine: Engine) -> None:
    answer = parcel_engine.answer("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'zebra'")
    assert list(answer.templates.values()) == ["KeyError"]


def test_the_vocabulary_is_that_of_the_corpus(words: frozenset[str]) -> None:
    assert "parcel" in words
    assert "zebra" not in words
