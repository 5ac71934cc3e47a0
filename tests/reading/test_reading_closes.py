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


# What a library prints; the code and the reason read from it, and the side.
PRINTED = [
    ("ws, a reason as bytes", "closed 1008 <Buffer 42 61 64 20 6b 65 79>", "1008", "", ""),
    ("ws, closed too early", "Error: WebSocket was closed before the connection was established", "", "", "local"),
    ("OkHttp, theirs", "onClosing: 1008 / Bad key", "1008", "Bad key", "remote"),
    ("OkHttp, no pong",
     "java.net.SocketTimeoutException: sent ping but didn't receive pong within 20000ms (after 3 successful ping/pongs)",
     "", "", "local"),
    ("aiohttp, no pong", "aiohttp.client_exceptions.ServerTimeoutError: No PONG received after 10.0 seconds", "", "", "local"),
    ("Spring", "Connection closed: CloseStatus[code=1008, reason=Bad key]", "1008", "Bad key", ""),
    ("Jakarta", "onClose CloseReason[1008,Bad key]", "1008", "Bad key", ""),
    ("Ktor", "CloseReason(reason=VIOLATED_POLICY, message=Bad key)", "1008", "Bad key", ""),
    ("Java-WebSocket", "Connection closed by remote peer Code: 1008 Reason: Bad key", "1008", "Bad key", "remote"),
    ("Java-WebSocket, ours", "Connection closed by us Code: 1000 Reason: ", "1000", "", "local"),
    (".NET, broken", "System.Net.WebSockets.WebSocketException (0x80004005): The remote party closed the WebSocket connection "
     "without completing the close handshake.", "1006", "", "neither"),
    (".NET", "CloseStatus: PolicyViolation, Description: Bad key", "1008", "Bad key", ""),
    (".NET, in words", "WebSocket closed with status PolicyViolation: Bad key", "1008", "Bad key", ""),
    ("Unity", "Connection closed! PolicyViolation", "1008", "", ""),
    ("websocket-sharp", "Closed: code=1008 reason=Bad key wasClean=True", "1008", "Bad key", ""),
    ("Swift", "didCloseWith: NSURLSessionWebSocketCloseCode(rawValue: 1008), reason: Bad key", "1008", "Bad key", ""),
    ("coder/websocket", 'failed to get reader: received close frame: status = StatusPolicyViolation and reason = "Bad key"',
     "1008", "Bad key", "remote"),
    ("gobwas", "ws closed: 1008 Bad key", "1008", "Bad key", "remote"),
    ("tungstenite", 'Close(Some(CloseFrame { code: Policy, reason: "Bad key" }))', "1008", "Bad key", "remote"),
    ("axum", 'Close(Some(CloseFrame { code: 1008, reason: Utf8Bytes(b"Bad key") }))', "1008", "Bad key", "remote"),
    ("websocket-client, raw", r"ERROR:websocket:fin=1 opcode=8 data=b'\x03\xf0Bad key' - goodbye", "1008", "Bad key", "remote"),
    ("websocket-client, traced", r"++Sent decoded: fin=1 opcode=8 data=b'\x03\xe8'", "1000", "", "local"),
    ("starlette, an enum", "starlette.websockets.WebSocketDisconnect: (<CloseCode.NO_STATUS_RCVD: 1005>, '')",
     "1005", "", "remote"),
    ("Autobahn, broken", "connection was closed uncleanly (peer dropped the TCP connection without previous WebSocket closing "
     "handshake)", "1006", "", "neither"),
    ("faye", '[:close, 1008, "Bad key"]', "1008", "Bad key", ""),
    ("PHP", "Connection closed (1008 - Bad key)", "1008", "Bad key", ""),
    ("Dart", "WebSocketChannel closed, closeCode: 1008, closeReason: Bad key", "1008", "Bad key", ""),
    ("websockets, old", "code = 1008 (policy violation), reason = Bad key", "1008", "Bad key", ""),
    ("websockets, private", "received 4401 (private use) Bad key; then sent 4401 (private use) Bad key",
     "4401", "Bad key", "remote"),
    ("Node", "closed { code: 1008, reason: 'Bad key' }", "1008", "Bad key", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "reason", "side"), [row[1:] for row in PRINTED], ids=[row[0] for row in PRINTED])
def test_what_libraries_print_gives_code_reason_and_side(text: str, code: str, reason: str, side: str) -> None:
    assert found(text, SignalKind.WS_CLOSE) == ([(code, reason, 1)] if code else [])
    assert found(text, SignalKind.WS_CLOSED_BY) == ([(side, code, 1)] if side else [])


@pytest.mark.parametrize(
    "text",
    [
        "openai.InternalServerError: the connection was closed early",
        "closed the shop, PolicyViolation is the name of a band",
        "a frame with opcode=8 has data=b'ab'",
    ],
)
def test_a_name_of_a_code_counts_only_beside_a_close(text: str) -> None:
    assert found(text, SignalKind.WS_CLOSE) == []


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
