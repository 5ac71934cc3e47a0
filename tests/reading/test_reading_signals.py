"""Typed facts are found in the forms in which real software prints them, each with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.profile import NamedPattern, Profile
from bot.reading.signals import MAX_LINE, SignalReader
from bot.reading.traces import find_traces
from bot.reading.types import Signal, SignalKind
from bot.reading.unwrap import unwrap

PROFILE = Profile(
    name="Parcelo",
    marks=(NamedPattern("name", r"\bparcelo\b"), NamedPattern("host", r"\bapi\.parcelo\.example\b")),
    endpoints=(NamedPattern("labels", r"/v2/labels\b"), NamedPattern("tracking", r"/v2/track/live\b")),
    models=r"\bprinter_[a-z]\d\b",
    output_formats=r"\b(?:pdf|zpl)_\d+\b",
    error_fields=("status", "code", "fault"),
    error_codes=frozenset({"depot_closed", "weight_exceeded", "locked", "only_pro+"}),
    vendors=(NamedPattern("shipfast", r"\bshipfast\.errors\.\w+"),),
    packages=("parcelo", "@parcelo/client", "parcelo-agents", "websockets", "aiohttp"),
    topics=(r"\bparcels?\b", r"\blabels?\b"),
)
READER = SignalReader(PROFILE)


def signals(text: str, *kinds: SignalKind) -> list[Signal]:
    lines = unwrap(text)
    return [s for s in READER.read(lines, find_traces(lines)) if not kinds or s.kind in kinds]


def values(text: str, kind: SignalKind) -> list[str]:
    return [signal.value for signal in signals(text, kind)]


STATUSES = [
    ("requests", "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://api.example/v1", "401"),
    ("requests, server", "HTTPError: 503 Server Error: Service Unavailable for url: https://api.example/v1", "503"),
    ("httpx error", "httpx.HTTPStatusError: Client error '429 Too Many Requests' for url 'https://api.example/v1'", "429"),
    ("httpx log", 'HTTP Request: POST https://api.example/v1 "HTTP/1.1 402 Payment Required"', "402"),
    ("aiohttp", "ClientResponseError: 401, message='Unauthorized', url='https://api.example'", "401"),
    ("aiohttp without phrase", "ClientResponseError: 429, message='', url='https://api.example'", "429"),
    ("aiohttp handshake", "WSServerHandshakeError: 403, message='Invalid response status', url='wss://api.example'", "403"),
    ("urllib", "urllib.error.HTTPError: HTTP Error 404: Not Found", "404"),
    ("websockets", "websockets.exceptions.InvalidStatus: server rejected WebSocket connection: HTTP 403", "403"),
    ("websocket-client", "WebSocketBadStatusException: Handshake status 403 Forbidden -+-+- {'date': 'x'}", "403"),
    ("an SDK", "core.ApiError: headers: {'date': 'x'}, status_code: 422, body: {}", "422"),
    ("axios", "AxiosError: Request failed with status code 401", "401"),
    ("got", "HTTPError: Response code 401 (Unauthorized)", "401"),
    ("undici object", "{ statusCode: 502, headers: {} }", "502"),
    ("fetch", "Error: HTTP error! status: 401", "401"),
    ("ws", "Error: Unexpected server response: 403", "403"),
    ("browser handshake", "WebSocket connection to 'wss://x' failed: Unexpected response code: 403", "403"),
    ("browser resource", "Failed to load resource: the server responded with a status of 401 ()", "401"),
    ("browser network", "POST https://api.example/v1 401 (Unauthorized)", "401"),
    ("curl -f", "curl: (22) The requested URL returned error: 404", "404"),
    ("curl -i", "HTTP/2 403", "403"),
    ("curl -v", "< HTTP/1.1 422 Unprocessable Entity", "422"),
    ("access log", '127.0.0.1:43056 - "POST /labels HTTP/1.1" 500 Internal Server Error', "500"),
    ("access log, bytes", '10.0.0.1 - - "GET / HTTP/1.1" 404 153', "404"),
    ("java", "java.io.IOException: Server returned HTTP response code: 401 for URL: https://api.example", "401"),
    ("spring", 'HttpClientErrorException$Unauthorized: 401 Unauthorized: "{}"', "401"),
    ("guzzle", "Client error: `POST https://api.example` resulted in a `401 Unauthorized` response:", "401"),
    (".NET", "Response status code does not indicate success: 429 (Too Many Requests).", "429"),
    ("reqwest", "HTTP status client error (401 Unauthorized) for url (https://api.example)", "401"),
    ("tungstenite", "HTTP error: 403 Forbidden", "403"),
    ("go", "unexpected status 401 Unauthorized", "401"),
    ("dio", "DioException [bad response]: the response has a status code of 401", "401"),
    ("JSON", '{"statusCode": 401}', "401"),
    ("JSON, code", '{"error": {"code": 401}}', "401"),
    ("escaped JSON", r"body: {\"status_code\": 429}", "429"),
    ("logfmt", "level=error http_status=401", "401"),
    ("told", "i keep getting a 401 here", "401"),
    ("told, plural", "we get 429s all the time", "429"),
    ("told, error code", "I get error code 422", "422"),
]


@pytest.mark.parametrize(("text", "status"), [row[1:] for row in STATUSES], ids=[row[0] for row in STATUSES])
def test_an_http_status_is_read_as_it_is_printed(text: str, status: str) -> None:
    assert values(text, SignalKind.HTTP_STATUS) == [status]


NO_STATUS = [
    "422 labels printed",
    "we have 500 users and 450 voices",
    "with 500 characters it works",
    "we got 450 credits for it",
    "the response took 450 ms",
    "response 512 bytes",
    "failed 500 times",
    "sent with 480 samples at 48000",
    "error rate went from 400 to 500",
    "HTTP/1.1 200 OK",
    "status: 200",
    "if response.status_code == 401:",
    "if (res.status === 429) {",
    "connect ECONNREFUSED 127.0.0.1:443",
    '  File "app.py", line 404, in main',
    "status 4011",
    "parcel_4011",
    "version 4.0.401",
]


@pytest.mark.parametrize("text", NO_STATUS)
def test_a_number_that_counts_or_compares_is_no_http_status(text: str) -> None:
    assert values(text, SignalKind.HTTP_STATUS) == []


CLOSES = [
    ("websockets", "ConnectionClosedError: received 1008 (policy violation) Bad key; then sent 1008 (policy violation) Bad key",
     "1008", "Bad key"),
    ("websockets, clean", "ConnectionClosedOK: received 1000 (OK); then sent 1000 (OK)", "1000", ""),
    ("websockets, ping", "sent 1011 (internal error) ping timeout; no close frame received", "1011", "ping timeout"),
    ("websockets, too big", "sent 1009 (message too big) over limit; no close frame received", "1009", "over limit"),
    ("websockets, private", "received 4001 (private use) depot closed; then sent 4001 (private use)", "4001", "depot closed"),
    ("websockets, nothing", "websockets.exceptions.ConnectionClosedError: no close frame received or sent", "1006", ""),
    ("websockets, old", "ConnectionClosedError: code = 1006 (connection closed abnormally [internal]), no reason", "1006", ""),
    ("aiohttp", "WSMessage(type=<WSMsgType.CLOSE: 8>, data=1008, extra='Bad key')", "1008", "Bad key"),
    ("starlette", "starlette.websockets.WebSocketDisconnect: (1006, 'gone')", "1006", "gone"),
    ("starlette, old", "starlette.websockets.WebSocketDisconnect: 1001", "1001", ""),
    ("an attribute", "ws.close_code=1008", "1008", ""),
    ("ws handler", "WebSocket closed: 1008 Bad key", "1008", "Bad key"),
    ("ws handler, words", "WebSocket closed with code 1008 and reason Bad key", "1008", "Bad key"),
    ("ws handler, parentheses", "Disconnected (1008) Bad key", "1008", "Bad key"),
    ("ws handler, no space", "onclose 1006", "1006", ""),
    ("websocket-client", "### closed ### 1008 Bad key", "1008", "Bad key"),
    ("browser, Chrome", "CloseEvent {isTrusted: true, code: 1008, reason: 'Bad key', type: 'close'}", "1008", "Bad key"),
    ("browser, Firefox", 'close { target: WebSocket, wasClean: false, code: 1006, reason: "" }', "1006", ""),
    ("JSON", '{"code":1008,"reason":"Bad key"}', "1008", "Bad key"),
    ("gorilla", "websocket: close 1008 (policy violation): Bad key", "1008", "Bad key"),
    ("application code", "closed 3000 Request error", "3000", "Request error"),
    ("told", "my socket closes with 1008", "1008", ""),
    ("told, non-Latin", "сокет закрыт: code 1008", "1008", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "reason"), [row[1:] for row in CLOSES], ids=[row[0] for row in CLOSES])
def test_a_close_code_is_read_with_its_reason(text: str, code: str, reason: str) -> None:
    assert [(s.value, s.detail) for s in signals(text, SignalKind.WS_CLOSE)] == [(code, reason)]


NO_CLOSE = [
    "connection closed after 1500 ms",
    "connection closed after 3000 ms",
    "closing file of 4096 bytes",
    "store closed since 1999",
    "closed 1200 tickets",
    "Server listening on port 3000",
    "error code: 1010",
    "error code 1234 of the telephone company",
    "WSMessage(type=<WSMsgType.CLOSED: 257>, data=None, extra=None)",
    "if (event.code === 1008) {",
]


@pytest.mark.parametrize("text", NO_CLOSE)
def test_a_number_beside_another_meaning_is_no_close_code(text: str) -> None:
    assert values(text, SignalKind.WS_CLOSE) == []


def test_an_error_code_is_a_close_code_when_a_connection_is_named() -> None:
    assert values("websocket error code: 1008", SignalKind.WS_CLOSE) == ["1008"]


BODIES = [
    ("JSON", '{"detail":{"fault":"depot_closed","message":"The depot is closed"}}', "The depot is closed"),
    ("spaced JSON", '{"detail": {"fault" : "depot_closed", "message" : "The depot is closed"}}', "The depot is closed"),
    ("a Python dict", "body: {'detail': {'fault': 'depot_closed', 'message': 'The depot is closed'}}", "The depot is closed"),
    ("a Python dict with an apostrophe", "{'fault': 'depot_closed', 'message': \"It's closed\"}", "It's closed"),
    ("Python bytes", "b'{\"fault\":\"depot_closed\",\"message\":\"The depot is closed\"}'", "The depot is closed"),
    ("a Node object", "  detail: { fault: 'depot_closed', message: 'The depot is closed' },", "The depot is closed"),
    ("escaped JSON", r'"{\"fault\":\"depot_closed\",\"message\":\"The depot is closed\"}"', "The depot is closed"),
    ("deep JSON", r'"{\\\"fault\\\":\\\"depot_closed\\\",\\\"message\\\":\\\"The depot is closed\\\"}"', "The depot is closed"),
    ("a pydantic model", "fault='depot_closed' message='The depot is closed'", "The depot is closed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_an_error_body_gives_its_code_and_message(text: str, message: str) -> None:
    assert [(s.value, s.detail) for s in signals(text, SignalKind.API_ERROR)] == [("depot_closed", message)]
    assert values(text, SignalKind.API_MESSAGE) == [message]


CODES = [
    ("a distinctive code stands anywhere", "the api says weight_exceeded", ["weight_exceeded"]),
    ("another field does not hide it", '{"error": "weight_exceeded", "code": 1008}', ["weight_exceeded"]),
    ("a word of everyday needs its field", "the door is locked", []),
    ("a word of everyday in its field", '"code": "locked"', ["locked"]),
    ("a code with a plus", '"status": "only_pro+"', ["only_pro+"]),
    ("capitals", "CODE: DEPOT_CLOSED", ["depot_closed"]),
    ("two in one line", "depot_closed, weight_exceeded", ["depot_closed", "weight_exceeded"]),
    ("a function of that name", "def depot_closed(x):", []),
    ("a file of that name", "handlers/depot_closed.py", []),
    ("part of a longer name", "is_depot_closed_today", []),
]


@pytest.mark.parametrize(("text", "codes"), [row[1:] for row in CODES], ids=[row[0] for row in CODES])
def test_an_error_code_counts_where_it_can_only_be_one(text: str, codes: list[str]) -> None:
    assert values(text, SignalKind.API_ERROR) == codes


VERSIONS = [
    ("pip list", "parcelo                2.16.0", "parcelo", "2.16.0"),
    ("pip freeze", "parcelo==2.16.0", "parcelo", "2.16.0"),
    ("requirements", "parcelo[labels]>=1.0,<2", "parcelo", "1.0"),
    ("pip show", "Name: parcelo\nVersion: 2.16.0\nSummary: labels", "parcelo", "2.16.0"),
    ("pip install", "Successfully installed certifi-2026.1.1 parcelo-2.16.0", "parcelo", "2.16.0"),
    ("pip, already there", "Requirement already satisfied: parcelo in ./.venv/lib (2.16.0)", "parcelo", "2.16.0"),
    ("a path", "/app/.venv/lib/site-packages/parcelo-2.16.0.dist-info", "parcelo", "2.16.0"),
    ("uv.lock", '[[package]]\nname = "parcelo-agents"\nversion = "1.2.8"', "parcelo-agents", "1.2.8"),
    ("uv.lock, underscore", '[[package]]\nname = "parcelo_agents"\nversion = "1.2.8"', "parcelo-agents", "1.2.8"),
    ("pyproject", 'parcelo = "^2.16.0"', "parcelo", "2.16.0"),
    ("package.json", '    "@parcelo/client": "^2.5.0",', "@parcelo/client", "2.5.0"),
    ("package-lock.json", '    "node_modules/@parcelo/client": {\n      "version": "2.5.0",', "@parcelo/client", "2.5.0"),
    ("yarn.lock", '"@parcelo/client@^2.5.0":', "@parcelo/client", "2.5.0"),
    ("npm ls", "├── @parcelo/client@2.5.0", "@parcelo/client", "2.5.0"),
    ("user agent", "User-Agent: Python/3.11 websockets/12.0", "websockets", "12.0"),
    ("told", "I use parcelo version 2.16.0", "parcelo", "2.16.0"),
    ("pre-release", "parcelo 2.16.0rc1", "parcelo", "2.16.0rc1"),
]


@pytest.mark.parametrize(("text", "name", "version"), [row[1:] for row in VERSIONS], ids=[row[0] for row in VERSIONS])
def test_a_package_is_read_with_its_version(text: str, name: str, version: str) -> None:
    assert [(s.value, s.detail) for s in signals(text, SignalKind.PACKAGE)] == [(name, version)]


@pytest.mark.parametrize(
    "text", ["my-parcelo==1.0.0", "parcelo-extras 1.0.0", "parcelo 2", "Name: other\nVersion: 2.16.0", "2.16.0"]
)
def test_another_package_or_a_bare_number_is_no_version(text: str) -> None:
    assert signals(text, SignalKind.PACKAGE) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Python 3.11.4", [("python", "3.11.4")]),
        ("/usr/lib/python3.12/asyncio/runners.py", [("python", "3.12")]),
        ("Node.js v20.20.2", [("node", "20.20.2")]),
        ("we use nodejs 18", [("node", "18")]),
        ("node 3 is down", []),
        ("node:internal/process/task_queues:95:5", []),
    ],
)
def test_a_runtime_is_read_with_its_version(text: str, found: list[tuple[str, str]]) -> None:
    assert [(s.value, s.detail) for s in signals(text, SignalKind.RUNTIME)] == found


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("parcelo.core.ApiError: headers: {}", "parcelo.core.ApiError", "headers: {}"),
        ("2026-01-01 10:00:00 ERROR app: ValueError: bad", "ValueError", "bad"),
        ("Uncaught TypeError: x is not a function", "TypeError", "x is not a function"),
        ("Caused by: java.net.ConnectException: refused", "java.net.ConnectException", "refused"),
    ],
)
def test_an_error_line_without_a_trace_names_its_exception(text: str, name: str, message: str) -> None:
    assert [(s.value, s.detail) for s in signals(text, SignalKind.EXCEPTION)] == [(name, message)]


@pytest.mark.parametrize(
    "text",
    [
        "    except parcelo.ApiError: pass",
        "    except* ApiError: pass",
        "    except (KeyError, ApiError): pass",
        "} catch (ApiError e) {",
        "raise ApiError: x",
        "case ApiError: retry()",
        "    :raises ApiError: when it fails",
        "class ParcelError(Exception): pass",
        "if isinstance(error, ApiError): return",
        "error: ApiError | None = None",
    ],
)
def test_code_that_handles_an_error_type_reports_none(text: str) -> None:
    assert signals(text, SignalKind.EXCEPTION) == []


def test_every_exception_of_a_chain_is_a_signal_on_the_line_that_names_it() -> None:
    text = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\n'
        "The above exception was the direct cause of the following exception:\n\n"
        'Traceback (most recent call last):\n  File "b.py", line 2, in g\nparcelo.ApiError: refused'
    )
    assert [(s.value, s.number) for s in signals(text, SignalKind.EXCEPTION)] == [("KeyError", 3), ("parcelo.ApiError", 9)]


PLACES = [
    (SignalKind.PRODUCT, "hello from Parcelo", "name"),
    (SignalKind.TOPIC, "my label is empty", r"\blabels?\b"),
    (SignalKind.VENDOR, "shipfast.errors.RateError: x", "shipfast"),
    (SignalKind.ENDPOINT, "POST https://api.parcelo.example/v2/labels", "labels"),
    (SignalKind.MODEL, "model=PRINTER_Z9", "printer_z9"),
    (SignalKind.OUTPUT_FORMAT, "output_format=zpl_203", "zpl_203"),
    (SignalKind.HTTP_STATUS, "HTTP/1.1 429 Too Many Requests", "429"),
    (SignalKind.WS_CLOSE, "closed: 1008 Bad key", "1008"),
    (SignalKind.API_ERROR, "fault: depot_closed", "depot_closed"),
    (SignalKind.PACKAGE, "parcelo==1.0.0", "parcelo"),
]


@pytest.mark.parametrize(("kind", "text", "value"), PLACES, ids=[row[0].value for row in PLACES])
def test_each_kind_carries_its_line_and_text(kind: SignalKind, text: str, value: str) -> None:
    (found,) = signals(f"first line\n\n{text}\nlast line", kind)
    assert (found.value, found.number, found.text) == (value, 3, text)


def test_each_value_counts_once_a_line_and_lines_come_in_order() -> None:
    text = "HTTP 429, status_code=429\nok\nHTTP 401, code 403"
    assert [(s.value, s.number) for s in signals(text, SignalKind.HTTP_STATUS)] == [("429", 1), ("401", 3), ("403", 3)]


def test_a_profile_without_patterns_still_reads_the_generic_kinds() -> None:
    found = SignalReader(Profile("x")).read(unwrap("HTTP 429\nclosed: 1008\nValueError: x"), ())
    assert [signal.kind for signal in found] == [SignalKind.HTTP_STATUS, SignalKind.WS_CLOSE, SignalKind.EXCEPTION]


def test_of_a_blob_only_the_beginning_is_searched() -> None:
    assert values("x" * MAX_LINE + " HTTP 429", SignalKind.HTTP_STATUS) == []
    assert values("HTTP 429 " + "x" * MAX_LINE, SignalKind.HTTP_STATUS) == ["429"]


@given(
    st.text(), st.sampled_from(["status_code: ", "received 1008 (", "closed ", '\\"message\\": \\"', "Name: parcelo\nversion: "])
)
def test_any_text_is_read_and_every_line_exists(text: str, start: str) -> None:
    given_text = start + text
    lines = unwrap(given_text)
    numbers = {line.number for line in lines}
    assert all(signal.number in numbers for signal in READER.read(lines, ()))
