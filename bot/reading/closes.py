"""Which side closed a WebSocket, as the libraries of each language tell it; seen from the program that printed it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.patterns import PatternSet
from bot.reading.types import Line

REMOTE, LOCAL, NEITHER = "remote", "local", "neither"
NEAR = 4
"""Lines above and below a close code that its reason may stand on, when an event is printed over several lines."""

# The first that is found decides: what is said first happened first.
_ORDER = re.compile(r"\b(received|sent) (?:1\d{3}|[34]\d{3}) \(|([<>]) CLOSE\b", re.IGNORECASE)
_SIDES: tuple[tuple[str, str], ...] = (
    (NEITHER, r"no close frame received or sent|without (?:a )?(?:close frame|closing handshake)|closed abnormally"),
    (NEITHER, r"without (?:completing the|previous websocket) clos(?:e|ing) handshake|\bCloseFrame \{ code: Abnormal\b"),
    (NEITHER, r"abnormal closure|\b(?:code|closed?|closing|status_?code)\b[^0-9]{0,16}1006\b|### closed ### (?:1006|none none)"),
    (LOCAL, r"\+\+Sent \w{3,8}: .{0,40}\bopcode=8\b"),
    (LOCAL, r"websocket (?:was|is) closed before the connection (?:was|is) established"),
    (LOCAL, r"\bdidn't receive pong within\b|\bno pong received after\b"),
    (REMOTE, r"\breceived close frame\b|\bws closed: \d{4}\b|\bopcode=8 data=|\bClose\(Some\(CloseFrame\b|\bonClosing\b"),
    (REMOTE, r"\bWSMsgType\.CLOSE: 8>|\bWebSocketDisconnect\b|\bwebsocket: close 1\d{3}\b|### closed ### [1-4]\d{3}"),
    (REMOTE, r"\bremote\\?[\"']?[:=] ?true\b|\bclosed by (?:the )?(?:remote|server|peer|other|foreign|gateway)\b"),
    (
        REMOTE,
        r"\b(?:server|peer|remote(?: host| party| end)?|other side) (?:has |unexpectedly )?closed\b|\bremote host was lost\b",
    ),
    (REMOTE, r"\bCloseEvent\b.{0,120}\bcode: (?:1001|1008|1011|101[234])\b"),  # a page may send none of these
    (LOCAL, r"\bWSMsgType\.CLOSING\b|\bremote\\?[\"']?[:=] ?false\b"),
    (LOCAL, r"\bclosed by (?:the )?(?:client|local|us|user|caller|application)\b"),
)
_SET = PatternSet([pattern for _, pattern in _SIDES])
_REASON = re.compile(
    r"""\b(?:close[_ -]?)?reason\\{0,4}["']?\s{0,4}[:=]\s{0,4}(?:"((?:[^"\\]|\\.)*)|'((?:[^'\\]|\\.)*)|`([^`]*))""", re.IGNORECASE
)
_FIELD = re.compile(r"\s?\w{1,40}\s?=")
_LABEL = re.compile(
    r"[\s,;/>-]{0,4}(?:and )?(?:(?:close[_ ]?)?(?:reason|status)(?:[_ ]?(?:phrase|description))?|description|message)\s?[:=]\s?",
    re.IGNORECASE,
)
"""What a library writes between a code and its reason."""
_QUOTED = re.compile(r"""[\s,-]{0,4}(?:\w{1,20}\()?b?(?:"((?:[^"\\]|\\.)*)|'((?:[^'\\]|\\.)*))""")
_RECORD = re.compile(r"""[\s,;]{0,4}["']\w{1,40}["']\s?:""")
_NOTHING = frozenset({"undefined", "null", "none", "nil", "<nil>", "(null)"})
_BYTES = re.compile(r"<Buffer\b[^>]{0,400}>?")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_NEXT_FIELD = re.compile(r"""\\{0,4}["']\s?,\s?\\{0,4}["']?\w{1,40}\\{0,4}["']?\s?[:=]|,?\s\w{1,40}=\S""")


def closed_by(text: str) -> str:
    """`remote`, `local`, `neither` (the connection broke), or nothing when the line does not say."""
    if order := _ORDER.search(text):
        return REMOTE if (order[1] or order[2]).lower() in ("received", "<") else LOCAL
    found = _SET.matches(text)
    return _SIDES[found[0]][0] if found else ""


def reason_of(text: str) -> str:
    """A close reason without its label, its quotes, and the fields of the record that follow it on the line."""
    if label := _LABEL.match(text):
        text = text[label.end() :]
    elif _FIELD.match(text) or _RECORD.match(text):
        return ""
    if quoted := _QUOTED.match(text):
        return next((group for group in quoted.groups() if group), "").strip()
    text = _BYTES.sub("", _NEXT_FIELD.split(text, maxsplit=1)[0]).lstrip(" \t,;:/->").rstrip()
    while text and (text[-1] in "'\"," or text.count(text[-1]) > text.count(_BRACKETS.get(text[-1], text[-1]))):
        text = text[:-1].rstrip()
    return "" if text.lower() in _NOTHING else text


def reason_near(lines: Sequence[Line], index: int) -> str:
    """The reason of a close event whose code stands on a line of its own."""
    around = [*range(index + 1, min(index + 1 + NEAR, len(lines))), *range(index - 1, max(index - 1 - NEAR, -1), -1)]
    for other in around:
        if len(lines[other].text) <= 1000 and (found := _REASON.search(lines[other].text)):
            return next((group for group in found.groups() if group), "").strip()
    return ""
