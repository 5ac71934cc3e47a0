"""HTML into tags and texts, in linear time whatever the page holds.

The standard library's parser is quadratic on tags that never close (`html.parser` on many `<a `), and pages are not ours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

RAW = {name: re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE) for name in ("script", "style", "title", "textarea")}
"""Elements whose content is no markup, and how they end."""
NAME = re.compile(r"[A-Za-z][^\s/>]*")
ATTRIBUTE = re.compile(r"""(?<![\w-])([A-Za-z-]{1,40})\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
MAX_TAG = 4000
"""Characters of a tag in which attributes are looked for."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag: its name in lower case and its attributes as written; of a raw element, also the content."""

    name: str
    closes: bool
    attributes: str = ""
    content: str = ""

    def attribute(self, name: str) -> str:
        """The value of an attribute, empty when it has none."""
        for found in ATTRIBUTE.finditer(self.attributes):
            if found.group(1).lower() == name:
                return html.unescape(next((value for value in found.groups()[1:] if value is not None), ""))
        return ""


def scan(body: str) -> Iterator[Tag | str]:
    """Tags and the texts between them, with character references resolved; comments and declarations are left out."""
    at, size = 0, len(body)
    while at < size:
        start = body.find("<", at)
        if start < 0:
            yield html.unescape(body[at:])
            return
        if start > at:
            yield html.unescape(body[at:start])
        name = NAME.match(body, start + 1 + body.startswith("/", start + 1))
        if name is None and not body.startswith(("<!", "<?"), start):
            yield "<"
            at = start + 1
            continue
        mark = "-->" if body.startswith("<!--", start) else ">"
        end = body.find(mark, start + 2)
        if end < 0:
            # What never ends is text, as a browser shows it.
            yield html.unescape(body[start:])
            return
        at = end + len(mark)
        if name is None:
            continue
        named = min(name.end(), end)
        closes, word = body.startswith("/", start + 1), body[name.start() : named].lower()
        tag = Tag(word, closes, body[named : min(end, named + MAX_TAG)])
        if closes or word not in RAW:
            yield tag
        else:
            close = RAW[word].search(body, at)
            until = close.start() if close else size
            yield Tag(word, False, tag.attributes, body[at:until])
            at = until
