"""Reads the bodies with which an API reports an error: as JSON, escaped, printed over several lines, cut off."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from bot.patterns import compile_pattern
from bot.reading.shapes import QUOTED
from bot.reading.types import Line, Signal, SignalKind

REACH = 12
"""Lines above and below the one that shows a body that may belong to it, when it is printed over several."""
MAX_LINE = 20_000

_ANCHOR = re.compile(r"""\bdetail\\{0,8}["']?\s{0,4}[:=]\s{0,4}[\[{]""")
_PART = re.compile(r"""\s{0,80}(?:\\?["']?\w{1,40}\\?["']?\s?:\s?\S|[\[{}\]]{1,4},?\s{0,8}$)""")
"""A line of an object printed over several: a key with its value, or a bracket."""
_FIELD = compile_pattern(
    rf"(?:^|[^\w.])(type|param|code|status|error|message|msg|loc)\\*[\"']?\s*[:=]\s*(?:{QUOTED}|\[([^\]]*)\]?)"
)
_DETAIL = compile_pattern(rf"\bdetail\\*[\"']\s*:\s*{QUOTED}")
_CODE = re.compile(r"[a-z][a-z0-9]{1,30}(?:[_-][a-z0-9]{1,30}){0,8}\+?$")
_NAME = re.compile(r"[A-Za-z][\w.\[\]-]{0,80}$")
_ITEM = re.compile(r"[\w-]{1,60}")


class Bodies:
    """The error bodies of a paste; the fields of a line are read once, however many bodies it may be part of."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._known_fields: dict[int, list[tuple[str, str]]] = {}
        self._parts: dict[int, bool] = {}

    def message(self, index: int) -> str:
        """The message of the body that a line is part of, its own first, or nothing."""
        first, last = self._extent(index)
        for other in (index, *range(first, last + 1)):
            for key, value in self._fields(other):
                if key in ("message", "msg") and value:
                    return value
        return ""

    def signals(self, anchors: Collection[int], known: Collection[str]) -> Iterator[Signal]:
        """What the bodies say beside the known codes: type, parameter, messages, and codes that nobody listed.

        anchors: indices of the lines that show a known code; a `detail` object shows a body too.
        """
        done = -1
        for index, line in enumerate(self._lines):
            text = line.text[:MAX_LINE]
            detail = "detail" in text
            if detail and (found := _DETAIL.search(text)):
                yield Signal(SignalKind.API_MESSAGE, _first(found.groups()), line.number, line.text)
            if index <= done or not (index in anchors or (detail and _ANCHOR.search(text))):
                continue
            first, last = self._extent(index)
            for other in range(max(first, done + 1), last + 1):
                yield from self._of_line(other, known)
            done = last

    def _of_line(self, index: int, known: Collection[str]) -> Iterator[Signal]:
        line, location = self._lines[index], ""
        for key, value in self._fields(index):
            if key == "type" and _CODE.match(value):
                yield Signal(SignalKind.API_TYPE, value, line.number, line.text)
            elif key == "param" and _NAME.match(value):
                yield Signal(SignalKind.API_PARAM, value, line.number, line.text)
            elif key == "loc" and (items := _ITEM.findall(value[:400])):
                location = ".".join(items)
                yield Signal(SignalKind.API_PARAM, location, line.number, line.text)
            elif key == "msg" and value:
                yield Signal(SignalKind.API_MESSAGE, value, line.number, line.text, location)
            elif key in ("code", "status", "error") and _CODE.match(value) and value not in known:
                yield Signal(SignalKind.UNLISTED_ERROR, value, line.number, line.text)

    def _extent(self, index: int) -> tuple[int, int]:
        """First and last index of the lines a body spreads over: the one given, unless each holds one part of an object."""
        text = self._lines[index].text
        if not self._is_part(index) or text.count("{") == text.count("}") > 0:
            return index, index
        first = last = index
        while first > 0 and index - first < REACH and self._is_part(first - 1):
            first -= 1
        while last + 1 < len(self._lines) and last - index < REACH and self._is_part(last + 1):
            last += 1
        return first, last

    def _is_part(self, index: int) -> bool:
        if index not in self._parts:
            self._parts[index] = _PART.match(self._lines[index].text) is not None
        return self._parts[index]

    def _fields(self, index: int) -> list[tuple[str, str]]:
        if index not in self._known_fields:
            found = _FIELD.finditer(self._lines[index].text[:MAX_LINE])
            self._known_fields[index] = [(match.group(1).lower(), _first(match.groups()[1:])) for match in found]
        return self._known_fields[index]


def _first(groups: Sequence[str | None]) -> str:
    return next((group for group in groups if group), "").rstrip("\\")
