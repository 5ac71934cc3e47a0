"""Finds the values of Kubernetes' Secret objects: everything under `data` is secret there, whatever it is called."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from bot.reading.secrecy import is_stand_in
from bot.reading.views import Range

SHORTEST = 4
"""Characters of a value; a shorter one is a number or a yes."""

_SECRET = re.compile(r"""^[ \t]{0,40}["']?kind["']?:[ \t]{0,4}["']?Secret["']?,?[ \t\r]{0,4}$""", re.MULTILINE)
_BORDER = re.compile(r"^---", re.MULTILINE)
_DATA = re.compile(r"""^([ \t]{0,40})["']?(?:data|stringData)["']?:[ \t]{0,4}\{?[ \t\r]{0,4}\n""", re.MULTILINE)
_ENTRY = re.compile(r"""([ \t]{0,80})(?:["']?[\w.-]{1,253}["']?:(?=\s)[ \t]{0,4})?["']?([^\s"',{}|>][^\s"',]*)?""")


def manifest_values(text: str) -> Iterator[Range]:
    """The ranges of the values in every Secret of a text, as YAML or as printed JSON."""
    secrets = [match.start() for match in _SECRET.finditer(text)]
    if not secrets:
        return
    borders = [0, *(match.start() for match in _BORDER.finditer(text)), len(text) + 1]
    documents = {bisect_right(borders, start) for start in secrets}
    for data in _DATA.finditer(text):
        if bisect_right(borders, data.start()) in documents:
            yield from _entries(text, data.end(), len(data[1]))


def _entries(text: str, at: int, indent: int) -> Iterator[Range]:
    """The values of the lines that are indented deeper than the key above them."""
    while (entry := _ENTRY.match(text, at)) and len(entry[1]) > indent:
        if entry[2] and len(entry[2]) >= SHORTEST and not is_stand_in(entry[2]):
            yield entry.span(2)
        end = text.find("\n", entry.end())
        if end < 0:
            return
        at = end + 1
