"""Who closed a WebSocket, and why: as each library tells it."""

from __future__ import annotations

import pytest

from bot.reading.closes import closed_by
from bot.reading.profile import Profile
from bot.reading.signals import SignalReader
from bot.reading.types import SignalKind
from bot.reading.unwrap import unwrap

READER = SignalReader(Profile("x"))


def found(text: str, kind: SignalKind) -> list[tuple[str, str, int]]:
    return [(signal.value, signal.detail, signal.number) for signal in READER.read(unwrap(text), ()) if signal.kind is kind]


SIDES = [
    ("websockets, theirs", "received 1008 (policy violation) Bad key; then sent 1008 (policy violation) Bad key", "remote"),
    ("websockets, theirs, unanswered", "received 1001 (going away); no close frame sent", "remote"),
    ("websockets, ours", "sent 1000 (OK); then received 1000 (OK)", "local"),
    ("websockets, ours, unanswered", "sent 1009 (message too big) over limit; no close frame received", "local"),
    ("websockets, keepalive", "sent 1011 (internal error) keepalive ping timeout; no close frame received", "local"),
    ("websockets, nobody", "no close frame received or sent", "neither"),
    ("websockets, old", "code = 1006 (connection closed abnormally [internal]), no reason", "neither"),
    ("websockets, debug, theirs", "< CLOSE 1008 (policy violation) Bad key [9 bytes]", "remote"),
    ("websockets, debug, ours", "> CLOSE 1000 (OK) [2 bytes]", "local"),
    ("aiohttp", "WSMessage(type=<WSMsgType.CLOSE: 8>, data=1008, extra='Bad key')", "remote"),
    ("starlette", "starlette.websockets.WebSocketDisconnect: (1001, 'gone')", "remote"),
    ("gorilla", "websocket: close 1008 (policy violation): Bad key", "remote"),
    ("gorilla, broken", "websocket: close 1006 (abnormal closure): unexpected EOF", "neither"),
    ("websocket-client", "### closed ### 1008 Bad key", "remote"),
    ("websocket-client, broken", "### closed ### None None", "neither"),
    ("websocket-client, lost", "WebSocketConnectionClosedException: Connection to remote host was lost.", "remote"),
    ("tungstenite", "WebSocket protocol error: Connection reset without closing handshake", "neither"),
    ("a browser, theirs", "CloseEvent {isTrusted: true, wasClean: true, code: 1008, reason: 'Bad key'}", "remote"),
    ("a browser, broken", "CloseEvent {isTrusted: true, wasClean: false, code: 1006, reason: ''}", "neither"),
    ("ws", "Disconnected from service. 1006", ""),
    ("Java-WebSocket, theirs", "onClose code=1008 reason=Bad key remote=true", "remote"),
    ("Java-WebSocket, ours", "onClose code=1000 reason= remote=false", "local"),
    ("words, theirs", "the websocket was closed by the server", "remote"),
    ("words, ours", "the websocket was closed by the client", "local"),
    ("only a code", "closed: 1008 Bad key", ""),
]


@pytest.mark.parametrize(("text", "side"), [row[1:] for row in SIDES], ids=[row[0] for row in SIDES])
def test_the_side_that_closed_is_the_one_the_library_names(text: str, side: str) -> None:
    assert closed_by(text) == side


def test_the_side_is_a_signal_with_the_code() -> None:
    text = "one\nreceived 1008 (policy violation) Bad key; then sent 1008 (policy violation) Bad key"
    assert found(text, SignalKind.WS_CLOSED_BY) == [("remote", "1008", 2)]


def test_without_a_code_a_line_has_to_speak_of_a_websocket() -> None:
    assert found("the websocket was closed by the server", SignalKind.WS_CLOSED_BY) == [("remote", "", 1)]
    assert found("the shop was closed by the server", SignalKind.WS_CLOSED_BY) == []


CUT = "Have not received a new parcel within the timeout of 20.0 seconds. Tracking terminated. Please make sure to either send o"
REASONS = [
    ("cut at the limit of the wire", f"received 1008 (policy violation) {CUT}; then sent 1008 (policy violation) {CUT}", CUT),
    ("with a semicolon", "received 1008 (policy violation) bad key; ask us; then sent 1008 (policy violation) bad key; ask us",
     "bad key; ask us"),
    ("the line is cut", "ConnectionClosedError: received 1008 (policy violation) Have not rec", "Have not rec"),
    ("an apostrophe in double quotes", '{"code": 1008, "reason": "You\'re out of labels"}', "You're out of labels"),
    ("escaped JSON", r'"{\"code\":1008,\"reason\":\"Bad key\"}"', "Bad key"),
    ("fields follow", '{"message": "closed 1008 Bad key", "level": "ERROR"}', "Bad key"),
    ("only fields follow", "message='connection closed unexpectedly', status_code=1008, retryable=True", ""),
    ("Node, on several lines", "CloseEvent {\n  code: 1008,\n  reason: 'Bad key',\n  wasClean: true\n}", "Bad key"),
    ("reason first", "  closeReason: \"It's over\",\n  closeCode: 3000,", "It's over"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_a_close_reason_is_whole_and_nothing_else(text: str, reason: str) -> None:
    assert [detail for _, detail, _ in found(text, SignalKind.WS_CLOSE)][:1] == [reason]
