"""V8 (Node, Chrome, Edge, Deno) and Hermes: `at function (file:line:column)` below `Type [CODE]: message`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, error_above, text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_AT = re.compile(r"\s*at (?P<rest>\S.{0,4000})")
_POSITION = re.compile(r"(?P<file>.*?[^:\s]):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?$")
_NOWHERE = re.compile(
    r"(?:native(?: code)?|<anonymous>|index \d{1,6}|unknown location|.{0,500}:wasm-function\[\d{1,9}\]:0x[0-9a-f]{1,16})$"
)
_PLAIN = re.compile(r"[\w$.<>\[\] #*?/-]{1,200}$")
_FILE = re.compile(
    r"[/\\<.]|^(?:native|node|internal|webpack|file|https?|blob|repl|REPL\d|eval)\b|\w\.[cm]?[jt]sx?\b|bundle|chunk"
)
_JVM_OR_CLR = re.compile(r"\.(?:java|kt|kts|scala|groovy|clj|cs|vb|fs|dart|rs|py|go|rb|php)(?::\d+){0,2}\)?$")
_PROPERTY = re.compile(
    r"\s*(?:['\"]?[a-z_$][\w$-]{0,60}['\"]?: |\[[\w ]{1,40}\]: |[}\])]+,?\s*$|-{2,} async -{2,}|"
    r"From previous event:|\.\.\. \d{1,6} (?:more|lines))"
)
_CAUSE = re.compile(r"\s*\[?(?:cause|errors)\]?: ")
_CAUSED = re.compile(r"\s*(?:Caused by: |\[errors\]: |\[?cause\]?: )")
_SUFFIX = r"(?:Error|Exception|Rejection|Warning|Failure|Fault|Timeout|Interrupt)"
_HEADER = re.compile(
    rf"(?:^|"
    rf"(?<=[\s:\]-])"
    rf"|(?<=:\"))(?P<type>(?:[A-Za-z_$][\w$]{{0,80}}\.){{0,6}}[A-Za-z_$]?[\w$]{{0,80}}?{_SUFFIX}[\w$]{{0,20}})"
    rf"(?: \[(?P<code>[\w ]{{1,80}})\])?(?:: ?(?P<message>.*)|\s*$)",
    re.DOTALL,
)
_ANY_HEADER = re.compile(r"(?P<type>[A-Z][\w$]{2,80})(?: \[[\w ]{1,80}\])?: (?P<message>.*)", re.DOTALL)
_ANNOUNCED = re.compile(
    r"\s*(?:\(node:\d{1,9}\) )?(?:\[\w{1,20}\] )?(?:Unhandled ?Promise ?Rejection ?Warning|"
    r"Unhandled(?: Promise)? Rejection|Uncaught(?: \(in promise\))?"
    r"|Unhandled rejection|Uncaught Exception|unhandledRejection|uncaughtException):? ?(?=\S)"
)
_FAR = 45
"""Lines above the first frame for an error that opens its line: bodies of answers are part of the message."""


class V8Grammar:
    """Traces as `Error.prototype.stack` and `util.inspect` print them."""

    marks = (
        r"^\s*at .*:\d+:\d+\)?[\s,;{]*$",
        r"^\s*at .*\((native|native code|<anonymous>|index \d+|unknown location)\)",
        r"^\s*at .*wasm-function\[\d+\]",
        r"^\s*at .*:\d+:\d+(\)|,)",
        r"^\s*at .*\.js:\d+\)?",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames; causes printed inside the braces below belong to it."""
        floor = 0
        for block in blocks(lines, anchors, _frame, _bridge):
            if not any(frame.line is not None or "wasm" in (frame.file or "") for frame in block.frames):
                continue
            first = _first_at(lines, block.start)
            # A name that is surely an error's, further and further up; last, whatever stands right above like one.
            above = (
                error_above(lines, first, floor, _header)
                or error_above(lines, first, floor, _leading_header, _FAR)
                or error_above(lines, first, floor, _any_header, 1)
            )
            floor = block.end + 1
            if above is None and len(block.frames) < 2 and not _certain(text_at(lines, block.start)):
                continue
            yield _trace(lines, block, above)


def _first_at(lines: Sequence[Line], start: int) -> int:
    """The first of the `at` lines above a frame: one without a place can stand before it."""
    while start > 0 and _AT.match(text_at(lines, start - 1)):
        start -= 1
    return start


def _certain(text: str) -> bool:
    """Whether one line alone is a frame and not prose: a place with line and column, and nothing after it."""
    match = _AT.match(text)
    return bool(
        match and re.search(r":\d{1,9}:\d{1,9}\)?[\s,{]*$", match["rest"]) and len(match["rest"].split(" (")[0].split()) <= 4
    )


def _frame(text: str, number: int) -> Frame | None:
    match = _AT.match(text)
    if match is None:
        return None
    rest = match["rest"].rstrip(" \t{,;").rstrip()
    function: str | None = None
    place = rest
    if rest.endswith(")"):
        opening = rest.find("(", 1)
        if rest.startswith("(anonymous function)") or rest[:1] == "(":
            opening = rest.find("(", rest.find(")"))
        if opening < 0:
            return None
        function, place = rest[:opening].strip() or None, rest[opening + 1 : -1]
        if place.startswith("eval at ") and ", " in place:
            place = place.rsplit(", ", 1)[1]
    elif rest.startswith("async "):
        function, place = None, rest[6:]
    place = place.removeprefix("address at ").removeprefix("error: ")
    if function:
        function = re.sub(r"^async ", "", function)
    position = _POSITION.match(place)
    if position and (position["column"] or _FILE.search(position["file"])) and not _JVM_OR_CLR.search(place):
        if "://" not in position["file"] and " " in position["file"] and function is None and not _FILE.search(position["file"]):
            return None
        return Frame(position["file"], integer(position["line"]), function, number)
    if _NOWHERE.match(place) and (function is None or _PLAIN.match(function) or "wasm" in place):
        file = place if place.startswith("<") or "wasm" in place else None
        return Frame(file, None, function, number)
    return None


def _bridge(text: str) -> int | None:
    if _AT.match(text) or _PROPERTY.match(text):
        return 3 if _CAUSE.match(text) else 1
    return 2 if _CAUSED.match(text) else None


def _header(text: str, number: int, _adjacent: bool) -> RaisedError | None:
    if _AT.match(text):
        return None
    announced = _ANNOUNCED.match(text)
    match = _HEADER.search(text[announced.end() :] if announced else text)
    return _raised(match, number) if match else None


def _leading_header(text: str, number: int, _adjacent: bool) -> RaisedError | None:
    match = _HEADER.match(text.lstrip())
    return _raised(match, number) if match else None


def _any_header(text: str, number: int, _adjacent: bool) -> RaisedError | None:
    match = _ANY_HEADER.match(text.strip())
    return _raised(match, number) if match else None


def _raised(match: re.Match[str], number: int) -> RaisedError:
    return RaisedError(match["type"], (match["message"] or "").strip().rstrip("{").strip(), number)


def _trace(lines: Sequence[Line], block: Block, above: tuple[int, RaisedError] | None) -> Found:
    start = above[0] if above else block.start
    chain: list[RaisedError] = []
    innermost = block.frames[0]
    error = None
    if above:
        error = RaisedError(above[1].type, above[1].message, above[1].number, innermost)
        chain.append(error)
    for index in range(block.start, block.end + 1):
        text = text_at(lines, index)
        if (_CAUSE.match(text) or _CAUSED.match(text)) and (cause := _header(text.partition(": ")[2], lines[index].number, True)):
            first = next((frame for frame, place in zip(block.frames, block.places, strict=True) if place > index), None)
            chain.insert(0, RaisedError(cause.type, cause.message, cause.number, first))
    language = "node" if _is_node(block) else "browser_js"
    return found(
        language,
        lines,
        start,
        block.end,
        frames=block.frames,
        innermost=innermost,
        error=error,
        chain=chain,
        truncated=error is None,
    )


def _is_node(block: Block) -> bool:
    text = " ".join(frame.file or "" for frame in block.frames)
    return (
        "node:" in text
        or "node_modules" in text
        or "internal/" in text
        or not ("http" in text or "webpack" in text or "bundle" in text)
    )


V8 = V8Grammar()
