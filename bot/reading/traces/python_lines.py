"""The lines of Python tracebacks: what a single line is, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading.traces.grammar import integer
from bot.reading.types import Frame, RaisedError

HEADER = re.compile(r"Traceback \((?:most recent call last|innermost last)\)\s*:?")
FRAME = re.compile(r'File \\*"(?P<file>[^"\n]{1,1000}?)\\*", line (?P<line>\w{1,9})(?:,? in (?P<function>[^\n]{1,300}))?')
RULE = re.compile(r"^\s*(?:\| *)*\+?[-+]*-{4,} (?:\d+|\.\.\.) -{4,}\s*$|^\s*(?:\| *)*\+-{10,}\s*$")
"""The line between the members of an exception group."""
NUMBERED_RULE = re.compile(r"- (?:\d{1,9}|\.\.\.) -")
FATAL = re.compile(r"Fatal Python error: (?P<message>[^\n]{0,500})")
INNERMOST_FIRST = re.compile(r"(?:[Tt]hread 0x[0-9a-f]{1,16}|Stack) [^\n]{0,80}\(most recent call first\)")
CONNECTOR = re.compile(r"The above exception was the direct cause of|During handling of the above exception, another")
DECORATION = re.compile(r"\s*[~^]{1,2000}[\s~^]*$|\s*(?:[│└|┌├]|-> |\.\.\. )")
"""Carets under the source, and the values of variables that loguru draws."""

LEVEL = re.compile(r"\s*\[(?:ERROR|CRITICAL|FATAL)\]\s+")
"""What a platform's log puts before the error it names above the traceback."""

ERROR_RECORD = re.compile(r'(?:"errorMessage": "(?P<message>[^"\n]{0,2000})", )?"errorType": "(?P<type>[\w.]{1,200})"')
"""A function platform's answer: the error beside the frames, all in one record."""

_RAIL = re.compile(r"[\s|+]*(?:[|+] ?)")
_KNOWN = (
    r"(?:Error|Exception|Warning|Interrupt|Exit|Group|Iteration|Timeout|Expired|Closed|Cancelled|Cancel|Abort|"
    r"DoesNotExist|NotFound|"
    r"Failure|Fault|Denied|Refused|Unavailable|Invalid|Exceeded|HTTPStatus|Http404|Reset|Disconnect|Forbidden|Unauthorized|"
    r"Conflict|Unsupported)"
)
_TYPE = re.compile(r"(?P<type>(?:[A-Za-z_]\w{0,80}\.){0,12}(?:<locals>\.)?[A-Za-z_]\w{0,100})(?::|$)")
_KNOWN_TYPE = re.compile(rf"(?:[A-Za-z_]\w{{0,80}}\.){{0,12}}\w{{0,80}}{_KNOWN}\w{{0,20}}$")
_KEYWORDS = frozenset(
    {"else", "try", "finally", "pass", "return", "raise", "break", "continue", "yield", "await", "lambda"}
    | {"None", "True", "False"}
)
_RECORD_TAIL = re.compile(r"\\?\", ?\\?\"\w{1,60}\\?\": ?")
_GOES_ON = re.compile(r"For more information check: |\[SQL: |\[parameters: |\(Background on this error")
"""Second lines of messages that well-known libraries print flush left."""


def frame_on(text: str, number: int) -> Frame | None:
    """The frame a line shows."""
    match = FRAME.search(text)
    if match is None or HEADER.search(text):
        return None
    function = match["function"]
    return Frame(match["file"], integer(match["line"]), function.strip() if function else None, number)


def innermost_of(frames: Sequence[Frame]) -> Frame | None:
    """The last frame that says where it is."""
    for frame in reversed(frames):
        if frame.line is not None and frame.file != "?":
            return frame
    return frames[-1] if frames else None


def error_on(text: str, number: int) -> RaisedError | None:
    """The exception a line names: any word in the form of a type, with the message behind the colon."""
    bare = unrail(text).strip()
    match = _TYPE.match(bare[:1200])
    if match is None or match["type"] in _KEYWORDS:
        return None
    rest = bare[match.end("type") :]
    if rest and not rest.startswith(": ") and rest != ":":
        return None
    message = rest.removeprefix(":").strip()
    if message.endswith("}") and (tail := _RECORD_TAIL.search(message)):
        # A record whose string was printed with real line breaks goes on behind the message.
        message = message[: tail.start()]
    return RaisedError(match["type"], message, number)


def surely_error(error: RaisedError) -> bool:
    """Whether the name alone says that it is an exception's."""
    return _KNOWN_TYPE.match(error.type) is not None


def goes_on(text: str, following: str) -> bool:
    """Whether a line below an error's first is still its message: indented, or with indented lines of its own."""
    if text.startswith((" ", "\t")) or _GOES_ON.match(text):
        return True
    return following.startswith(("  ", "\t")) and not FRAME.search(following)


def unrail(text: str) -> str:
    """The line without the rails of an exception group."""
    match = _RAIL.match(text[:200])
    return text[match.end() :] if match else text


def railed(text: str) -> bool:
    """Whether a line stands behind the rails of an exception group."""
    return _RAIL.match(text[:200]) is not None


def indent_of(text: str) -> int:
    """Columns before the text, rails not counted."""
    bare = unrail(text).expandtabs(4)
    return len(bare) - len(bare.lstrip(" "))


def openings(text: str) -> int:
    """How many brackets (and HTML documents) a text leaves open."""
    brackets = sum(text.count(mark) for mark in "([{") - sum(text.count(mark) for mark in ")]}")
    return brackets + 1000 * (text.count("<html") - text.count("</html"))
