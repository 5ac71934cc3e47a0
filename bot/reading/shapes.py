"""Shapes of the failures that generic software prints: HTTP statuses, WebSocket close codes, error lines. RE2, any case."""

from __future__ import annotations

from http import HTTPStatus

QUOTED = r"(?:\\+\"((?:[^\"\\]|\\[^\"])*)|\"((?:[^\"\\]|\\.)*)|\\?'((?:[^'\\]|\\.)*))"
"""A quoted text in one of three groups: in escaped JSON, in double quotes, in single quotes; it may be cut off."""

_PHRASES = "|".join(status.phrase.replace(" ", "[ _]").replace("'", ".?") for status in HTTPStatus if status >= 400)

# Group 1 is the status. A number alone is never a status: a word, a protocol or the standard phrase must stand beside it.
STATUS = (
    r"status[ _-]?code\\?[\"']?\s*(?:[:=]|of|is|was)?\s*\(?\\?[\"']?([45]\d\d)\b",
    r"(?:\b|_)status\\?[\"']?(?:\s*[:=]\s*\\?[\"']?| of )([45]\d\d)\b",
    r"\bcode\\?[\"']\s*:\s*\\?[\"']?([45]\d\d)\b",
    r"\bHTTP(?:/[\d.]+)?(?: status(?: code)?| error| code)?:?\\?\"?\s+([45]\d\d)\b",
    r"\b(?:error|err|code|response|status|returned|got|with|rejected|failed)(?: code)?[:=]?\s+(?:an? )?(?:HTTP )?\(?([45]\d\d)\b",
    r"\b([45]\d\d) (?:client|server) error\b",
    r"\b(?:client|server) error '?([45]\d\d)\b",
    r"\b([45]\d\d),? (?:\(|- )?(?:" + _PHRASES + r")\b",
    r"\b([45]\d\d), message='",
    r"\b(429),?:? too many\b",
    r"\b([45]\d\d)s? (?:error|response|status)",
    r"\b(?:a|get|gets|getting|gives?|returns?|throws?|sees?|seeing|http|always|randomly|constant(?:ly)?|random|keeps?|these|those) ((?:40[0-9]|409|422|429|50[0-4]))s?\b(?:[^\d.,%]|[.,]?$|[.,] )",
)
# A number after which a unit stands counts something, whatever word was before it ("got 450 credits", "closed after 3000 ms").
COUNTED = (
    r"%|\s(?:ms|s|secs?|seconds?|mins?|minutes?|hours?|days?|bytes?|[kmg]i?b|k?hz|char(?:acter)?s?|words?|letters?|lines|tokens?"
    r"|credits?|times|users|items|rows|files|samples|chunks|requests|calls|messages|voices|people)\b"
)

_WS_CODE = r"(10(?:0\d|1[0-5])|[34]\d{3})"
"""The close codes of RFC 6455 and its registry, and the ranges for libraries and applications."""
_REASON = rf"(?: \([a-z ]+\))?(?:.{{0,4}}reason\\?[\"']?\s*[:=]\s*(?:{QUOTED}|([^\"']*)))?"
# Group 1 is the close code, the next one that took part the reason.
CLOSE = (
    rf"\b(?:received|sent) {_WS_CODE} \([^)]*\)(?: (.*?)(?:; (?:then (?:sent|received)|no close frame) .*)?$)?",
    rf"(?:\b|_|on)clos(?:e|es|ed|ing)\b[^0-9]{{0,30}}?\(?\b(?:code)?[ :=]{{0,3}}{_WS_CODE}\b[):,]*\s*(?:\([a-z ]+\):?\s*|and reason:? )?(.*)",
    rf"CloseCode\(rawValue: {_WS_CODE}\)(.*)",
    rf"\bdisconnected\b[^0-9]{{0,30}}\(?\b{_WS_CODE}\b[):,]*\s*(.*)",
    rf"\bWebSocketDisconnect: \(?(?:<CloseCode\.\w+: )?{_WS_CODE}>?(?:, {QUOTED})?",
    rf"\bCLOSE: 8>, data={_WS_CODE}(?:, extra={QUOTED})?",
    rf"\b(?:close|closing|closed|status|ws)[ _]?code\\?[\"']?\s*[:=]?\s*{_WS_CODE}\b{_REASON}",
    rf"\bcode\\?[\"']?\s*[:=]\s*{_WS_CODE}\b{_REASON}",
    rf"\bcode {_WS_CODE}\b\)?:?\s*(.*)",
    rf"\b{_WS_CODE} \((?:policy violation|message too big|normal closure|going away|abnormal closure|internal error|OK|protocol error)[^)]*\)",
)
NO_CLOSE_FRAME = (
    r"no close frame received or sent|connection closed abnormally|closed without a close frame|reset without closing handshake"
    r"|without completing the close handshake|without previous websocket closing handshake"
)
# The names by which .NET, Ktor, Go and Unity libraries call the codes, and Rust's; group 1 is what stands behind.
_CLOSE_NAMES = (
    ("1000", "NormalClosure|NORMAL", "Normal"),
    ("1001", "GoingAway|GOING_AWAY|EndpointUnavailable", "Away"),
    ("1002", "ProtocolError|PROTOCOL_ERROR", "Protocol"),
    ("1003", "UnsupportedData|CANNOT_ACCEPT|InvalidMessageType", "Unsupported"),
    ("1006", "AbnormalClosure|CLOSED_ABNORMALLY", "Abnormal"),
    ("1007", "InvalidFramePayloadData|InvalidPayloadData|NOT_CONSISTENT", "Invalid"),
    ("1008", "PolicyViolation|VIOLATED_POLICY", "Policy"),
    ("1009", "MessageTooBig|TOO_BIG", "Size"),
    ("1010", "MandatoryExtension|NO_EXTENSION", "Extension"),
    ("1011", "InternalServerError|InternalError|INTERNAL_ERROR", "Error"),
    ("1012", "ServiceRestart|SERVICE_RESTART", "Restart"),
    ("1013", "TryAgainLater|TRY_AGAIN_LATER", "Again"),
)
_CLOSE_WORD = r"(?:clos(?:e|ed|ing)[ _]?(?:frame: |with )?(?:status|code|reason)\w{0,14}|\bclosed[!:]|\bonclosed?)[^\w\n]{1,4}(?:\w{1,24}[.=:] ?)?(?:Status)?"
CLOSE_NAMED = tuple(
    (code, rf"{_CLOSE_WORD}(?:{names})\b(.*)|\bCloseFrame \{{ code: {rust}\b(.*)") for code, names, rust in _CLOSE_NAMES
)
"""Each close code with the pattern of its name; group 1 is what stands behind it."""
CLOSE_BYTES = tuple(
    (str(code), rf"\bopcode=8 data=b[\"']\\x03\\x{code & 0xFF:02x}([^\"']*)") for code in (*range(1000, 1004), *range(1007, 1015))
)
"""Each close code with the pattern of a close frame's bytes as Python prints them; group 1 is the reason."""
# "error code: 1010" is the body of a proxy's block page; as a close code it has a word for the connection beside it.
PROXY_CODE = r"\berror code:? 10\d\d"
CONNECTION = r"socket|\bws|connect|clos"
WEBSOCKET = r"web[ _-]?socket|\bwss?\b|\bWSMsgType\b|\bpong (?:within|received)\b|\bclose frame\b"
"""Without a close code, only beside one of these words a line says who closed a WebSocket."""

# Group 1 is the type, group 2 the message: an error line that no stack trace stands around.
EXCEPTION = (
    r"^\s*((?:[\w$]+\.)+[A-Z]\w+): (.*)",
    r"(?:^|[\s\]>|:-])((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout)): (.*)",
)
HANDLES = ("except ", "except*", "raise ", "catch ", "} catch", "throw ", "rescue ", "case ", ":raises ")
"""A line of code that names an error type, not a report of one."""
MESSAGE = rf"\bmessage\\*[\"']?\s*[:=]\s*{QUOTED}"
REQUEST_ID = r"\b(?:x[-_])?(?:request|trace)[-_ ]?id\\*[\"']?\s*[:=]\s*\\*[\"']?([0-9a-z][\w-]{7,63})\b"
