"""The same text seen in other ways (escapes undone, wrapped lines joined), with the way back to where a character came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

Range = tuple[int, int]

_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&apos;": "'", "&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPED = re.compile(
    r"(?:\x1b|␛|\\x1b|\\u001[bB]|\\033|\^\[)\[[0-9;:?]{0,32}[A-Za-z]"  # colours
    r"|\[(?:0|\d{1,2}(?:;\d{1,3}){0,5})m"  # colours that lost their escape character
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"  # what nobody sees
    r"|\\{1,8}u00[0-7][0-9A-Fa-f]|\\{1,8}x[2-7][0-9A-Fa-f]|%(?:25){0,2}[2-7][0-9A-Fa-f]"
    r"""|\\{1,8}[nrt]|\\{1,8}(?=["'/`])"""
    r"|&(?:quot|#34|#39|apos|amp|lt|gt);"
)
# What each of these begins with; looking for one character of a set is several times faster than trying every form everywhere.
_MAY_BE_ESCAPED = re.compile(
    r"[\x1b\\\[^%&\u241b\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_BLANK = " \t"
_BEFORE_WRAP = frozenset("-+/=.~%:@\"'!$&*?#_")
_WRAP = re.compile(
    r"\n"
    r"(?:[ \t]{0,60}(?:>{1,3}|#|//|\||[\w.-]{1,40} {0,10}\|"
    r"|\d{4}-\d\d-\d\dT[\d:.]{8,20}Z(?: std(?:out|err) [FP])?)(?=[ \t])){0,3}"
    r"[ \t]{0,60}(?=[\w\-+/=.~%\"'!$&*?@])(?!\d{4}-\d\d-\d\d[ T]\d\d:\d\d|[\"']?value\b)"  # no word goes on as a record
)
_TAIL = re.compile(r"[\w\-+/=.]*$")


@dataclass(frozen=True, slots=True)
class View:
    """A text made from another: character `starts[i]` of it and those after come from `origins[i]` on of the other."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    ends: tuple[int, ...]
    """Where, in the other text, the piece from `starts[i]` ends."""

    def trace(self, start: int, end: int) -> Iterator[Range]:
        """Ranges of the other text from which the characters from start to end were made, in order, none empty."""
        index = bisect_right(self.starts, start) - 1
        while index < len(self.starts) and self.starts[index] < end:
            stop = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
            width, length = self.ends[index] - self.origins[index], stop - self.starts[index]
            if length:
                if width == length:
                    first = self.origins[index] + max(start - self.starts[index], 0)
                    last = self.origins[index] + min(end, stop) - self.starts[index]
                else:
                    first, last = self.origins[index], self.ends[index]
                if first < last:
                    yield first, last
            index += 1


def unescaped(text: str) -> View:
    """The text without colours and invisible characters, with the escapes of strings, URLs and markup undone."""
    return _replaced(text, _escapes(text))


def joined(text: str) -> View:
    """The text with lines put together where a long word could have been wrapped: the line break, and a prefix after it, gone."""
    return _replaced(text, _wraps(text))


def _escapes(text: str) -> Iterator[tuple[int, int, str]]:
    """Each escape as (start, end, what it stands for)."""
    at = 0
    while candidate := _MAY_BE_ESCAPED.search(text, at):
        at = candidate.start()
        if match := _ESCAPED.match(text, at):
            at = match.end()
            yield match.start(), at, _plain(match[0])
        else:
            at += 1


def _wraps(text: str) -> Iterator[tuple[int, int, str]]:
    """Each line break over which a word could go on, with the blanks before it and the prefix after it."""
    at, last = text.find("\n"), 0
    while at >= 0:
        start = at - 1 if at > last and text[at - 1] == "\\" else at  # a shell's sign that the line goes on
        while start > max(last, at - 8) and text[start - 1] in _BLANK:
            start -= 1
        if start > last and (text[start - 1] in _BEFORE_WRAP or text[start - 1].isalnum()):
            match = _WRAP.match(text, at)
            if match is not None and _may_be_wrapped(text, start, match.end()):
                last = match.end()
                yield start, last, ""
        at = text.find("\n", at + 1)


def _may_be_wrapped(text: str, start: int, end: int) -> bool:
    """Whether a key can go on over a line break: what stands before it is not just the last word of a sentence."""
    tail = _TAIL.search(text, max(start - 24, 0), start)
    word = tail[0] if tail else ""
    if len(word) > 20 or not word.isalpha() or not word[1:].islower():
        return True
    return text[end] in "_-" or (len(word) <= 4 and any(map(str.isdigit, text[end : end + 24])))


def _replaced(text: str, pieces: Iterator[tuple[int, int, str]]) -> View:
    """The text with pieces of it, given in order as (start, end, new text), replaced."""
    parts: list[str] = []
    starts, origins, ends = [0], [0], [0]
    length = last = 0
    for start, end, new in pieces:
        parts += (text[last:start], new)
        ends[-1] = start
        length += start - last
        if new:
            starts.append(length)
            origins.append(start)
            ends.append(end)
            length += len(new)
        starts.append(length)
        origins.append(end)
        ends.append(end)
        last = end
    parts.append(text[last:])
    ends[-1] = len(text)
    return View("".join(parts), tuple(starts), tuple(origins), tuple(ends))


def _plain(escape: str) -> str:
    """What an escape stands for: one character, or none."""
    if escape[0] == "&":
        return _ENTITIES[escape]
    if escape[0] == "%":
        return chr(int(escape[-2:], 16))
    if escape[0] == "\\" and "[" not in escape:
        kind = escape.lstrip("\\")[:1]
        if kind in ("u", "x"):
            return chr(int(escape[-2:], 16))
        return {"n": "\n", "r": "\n", "t": " "}.get(kind, "")
    return ""
