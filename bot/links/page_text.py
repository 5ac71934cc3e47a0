"""The words of a page: what a reader sees, and the texts that its own scripts would show."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.links.markup import Tag, scan

INLINE_TAGS = """
a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr
"""
INLINE = frozenset(INLINE_TAGS.split())
"""Elements that do not separate words."""
HIDDEN = frozenset({"noscript", "template", "svg"})
HEADINGS = frozenset({"h1", "h2"})
FLIGHT = "self.__next_f.push("
"""How pages rendered on a server hand their text to the browser once more, and sometimes only there."""


@dataclass(frozen=True, slots=True)
class PageText:
    """Title, first-rank headings, the visible text, and the texts inside the page's data."""

    title: str = ""
    headings: tuple[str, ...] = ()
    visible: str = ""
    data: str = ""

    @property
    def everything(self) -> str:
        """All of it, in one text."""
        return "\n".join((self.title, self.visible, self.data))


def read_page(body: str, content_type: str) -> PageText:
    """The words of a page; what is not HTML is taken as it stands."""
    if "html" not in content_type and not body.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        return PageText(visible=body)
    title, visible, data = "", list[str](), list[str]()
    headings, heading, hidden = list[list[str]](), "", ""
    for item in scan(body):
        if isinstance(item, str):
            if not hidden:
                visible.append(item)
                if heading:
                    headings[-1].append(item)
        elif item.name == "script":
            data.extend(_script_texts(item))
        elif hidden or (item.name in HIDDEN and not item.closes):
            hidden = "" if item.closes and item.name == hidden else hidden or item.name
        else:
            if item.name == "title" and not item.closes:
                title = title or html.unescape(item.content)
            elif item.name == "meta" and item.attribute("name").lower() == "description":
                visible.append("\n" + item.attribute("content"))
            elif item.name in HEADINGS:
                heading = "" if item.closes else item.name
                headings.extend([] if item.closes else [[]])
            visible.append("" if item.name in INLINE else "\n")
    shown = tuple(" ".join("".join(parts).split()) for parts in headings)
    return PageText(" ".join(title.split()), shown, "".join(visible), "\n".join(data))


def _script_texts(script: Tag) -> Iterator[str]:
    """The texts in a script that holds data; code holds none."""
    content = script.content.strip()
    if content.startswith(FLIGHT):
        content = content.removeprefix(FLIGHT).rstrip("; \n").removesuffix(")")
    elif "json" not in script.attribute("type").lower():
        return
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return
    for text in _strings(data):
        yield "".join(part for part in scan(text) if isinstance(part, str)) if "</" in text else text


def _strings(data: Any) -> Iterator[str]:
    """Every text of JSON data, in order."""
    left = [data]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            left.extend(reversed(item.values()))
        elif isinstance(item, list):
            left.extend(reversed(item))
