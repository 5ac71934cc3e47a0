"""The reason phrase that stands beside an HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

from bot.reading.types import Line

REACH = 120
"""Characters before a status, and half of those after it, between which its reason stands."""
NEAR = 3
"""Lines around a status that its reason may stand on, when a response is printed over several lines."""

_OTHER = (
    (413, "Payload Too Large"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (422, "Unprocessable Content"),
    (422, "Unprocessable Entity"),
    (499, "Client Closed Request"),
    (521, "Web Server Is Down"),
    (522, "Connection Timed Out"),
    (524, "A Timeout Occurred"),
)
"""Phrases that the standard does not have (any more), or not yet in every Python."""
_PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        str(code): tuple(
            dict.fromkeys(phrase for number, phrase in (*((s.value, s.phrase) for s in HTTPStatus), *_OTHER) if number == code)
        )
        for code in {*(status.value for status in HTTPStatus), *(number for number, _ in _OTHER)}
    }
)
_AFTER = r"""{}, message=["']([^"']{{1,100}})["']"""
_TEXT = re.compile(r"""\bstatus[ _-]?text\\{0,4}["']?\s?[:=]\s?\\{0,4}["']([^"'\\]{1,100})""", re.IGNORECASE)


def status_reason(status: str, text: str, at: int, lines: Sequence[Line], index: int) -> str:
    """The reason of a status as printed: right after it, as a field of the response, or the standard phrase near it.

    text: the line, on which the status was found at a position; index: that of the line.
    """
    text = text[max(at - REACH, 0) : at + 2 * REACH]
    if found := re.search(_AFTER.format(status), text) or _TEXT.search(text):
        return found[1]
    for phrase in _PHRASES.get(status, ()):
        if phrase in text:
            return phrase
        if found := re.search(rf"{status}[\s,:()'-]{{1,4}}({phrase})\b", text, re.IGNORECASE):
            return found[1]
    for other in (*range(index + 1, min(index + 1 + NEAR, len(lines))), *range(max(index - NEAR, 0), index)):
        if len(lines[other].text) <= 400 and (found := _TEXT.search(lines[other].text)):
            return found[1]
    return ""
