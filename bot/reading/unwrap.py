"""From a paste to its logical lines: colours, invisible characters, quotes, fences, container prefixes and JSON taken off."""

from __future__ import annotations

import re

from bot.patterns import clean
from bot.reading.escaped import explode
from bot.reading.prefixes import peel
from bot.reading.types import Line

_ANSI = re.compile(
    r"(?:\x1b|␛|\\x1b|\\u001[bB]|\\033|\^\[)\[[0-9;:?]{0,32}[A-Za-z]"  # colours, whole or as a viewer spells them
    r"|\x1b\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)"  # window titles and links
    r"|\x1b[()][A-B0-2]|\x1b[=>78DEHM]"
)
_ORPHAN_COLOUR = re.compile(r"\[[0-9]{1,3}(?:;[0-9]{1,3}){0,5}m")
_ORPHAN_RESET = re.compile(r"\[(?:0|39|22)m")
_SPACES = (0x85, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x3000)
_NOTHING = (*range(0x80, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_INVISIBLE: dict[int, str | None] = dict.fromkeys(_NOTHING) | dict.fromkeys(_SPACES, " ")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[\w+#.-]{0,20}\s*$")
_OPENING = re.compile(r"^\s*`{3,}(?=\S)")
_CLOSING = re.compile(r"\s*`{3,}\s*$")


def unwrap(text: str) -> tuple[Line, ...]:
    """The logical lines of a paste, each with the number (from 1) of the pasted line it stands on.

    Never raises; a code-fence line yields no logical line, a JSON line with an escaped trace inside yields several.
    """
    given = _visible(text).split("\n")
    plain = [line.rstrip("\r") for line in given]
    # A lone carriage return overwrites the line on a terminal; in a paste it is a line break of its own.
    shown = list(plain) if "\r" not in text else [line.rsplit("\r", 1)[0] if "\r" in line else line for line in plain]
    fenced = "```" in text or "~~~" in text
    dropped = _fences(shown, closing=False) if fenced else set()
    peel(shown)
    if fenced:
        dropped |= _fences(shown, closing=True)
    lines: list[Line] = []
    for index, line in enumerate(shown):
        if index in dropped:
            continue
        raw = plain[index]
        parts = explode(line)
        if parts is None and "\r" in raw:
            parts = raw.split("\r")
        raw = raw.replace("\r", " ")
        if parts is None:
            lines.append(Line(index + 1, line, raw))
        else:
            rest = parts[1:]
            peel(rest)
            parts[1:] = rest
            lines.extend(Line(index + 1, part, "" if position else raw) for position, part in enumerate(parts))
    return tuple(lines)


def _visible(text: str) -> str:
    """The text without colours, control characters and characters that cannot be seen."""
    text = clean(text)
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if "[" in text and ("m" in text or "K" in text):
        if "\x1b" in text or "␛" in text or "^[" in text or "\\" in text:
            text = _ANSI.sub("", text)
        # A chat drops the escape character and leaves the rest: "[31merror[0m"; only where a reset shows that it was colour.
        if _ORPHAN_RESET.search(text):
            text = "\n".join(
                _ORPHAN_COLOUR.sub("", line) if "m" in line and _ORPHAN_RESET.search(line) else line for line in text.split("\n")
            )
    return _CONTROL.sub("", text)


def _fences(shown: list[str], *, closing: bool) -> set[int]:
    """Indices of the lines that are only a code fence; a fence glued to text is taken off in place."""
    dropped = set()
    for index, line in enumerate(shown):
        if "```" not in line and "~~~" not in line:
            continue
        if _FENCE.match(line):
            dropped.add(index)
            shown[index] = ""
        else:
            line = _OPENING.sub("", line, count=1)
            shown[index] = _CLOSING.sub("", line, count=1) if closing else line
    return dropped
