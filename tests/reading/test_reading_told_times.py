"""Times told in words become seconds from an event to the close; other times of a text do not."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.timeline import LAST_SEND, RETRY_DUE
from bot.reading.told_times import AT_ONCE_S, MAX_TOLD, ToldTime, told_times
from bot.reading.types import EventKind

CONNECT = EventKind.CONNECT
TOLD = [
    ("about a second after connecting", ToldTime(CONNECT, 1.0)),
    ("less than a second after the connection is open", ToldTime(CONNECT, 1.0, at_most=True)),
    ("half a second after connecting", ToldTime(CONNECT, 0.5)),
    ("it dies ~300ms after we open the socket", ToldTime(CONNECT, 0.3)),
    ("0,5 sec after connect", ToldTime(CONNECT, 0.5)),
    ("closes 2 minutes after the handshake", ToldTime(CONNECT, 120.0)),
    ("within 2s of connecting", ToldTime(CONNECT, 2.0, at_most=True)),
    ("the socket closes 20 seconds after the last text, always", ToldTime(LAST_SEND, 20.0)),
    ("closed 0.9 s after the reconnect", ToldTime(RETRY_DUE, 0.9)),
    ("one second after each retry", ToldTime(RETRY_DUE, 1.0)),
    ("it closes right away", ToldTime(CONNECT, AT_ONCE_S, at_most=True)),
    ("immediately after connecting the socket is gone", ToldTime(CONNECT, AT_ONCE_S, at_most=True)),
]


@pytest.mark.parametrize(("text", "told"), TOLD, ids=[row[0] for row in TOLD])
def test_a_time_told_in_words_is_read(text: str, told: ToldTime) -> None:
    assert list(told_times(text)) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "after 20 seconds of silence",
        "a minute later it worked",
        "send 3 s of audio",
        "retry in 2 seconds",
        "I answer immediately",
    ],
)
def test_a_time_that_is_not_from_an_event_to_the_close_is_left(text: str) -> None:
    assert list(told_times(text)) == []


def test_the_number_of_times_is_bounded() -> None:
    assert len(list(told_times("1 s after connecting " * 50))) == MAX_TOLD


@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str) -> None:
    assert all(told.seconds >= 0 for told in told_times(text.encode("utf-8", "replace").decode()))


@pytest.mark.parametrize("unit", ["1 s after ", "a second after the my ", "about around ", "less than "])
def test_time_grows_with_the_text_not_faster(unit: str) -> None:
    assert not grows_faster_than_linear(lambda size: list(told_times(unit * (size // len(unit)))), 100_000, 800_000)
