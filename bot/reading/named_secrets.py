"""Finds values by the names before them: headers, assignments, fields, query parameters, options, in any notation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.reading.assignments import is_assigned, is_linked
from bot.reading.secrecy import is_secret
from bot.reading.secret_kinds import Strength
from bot.reading.views import Range

LONGEST = 8_192
"""Characters in which the end of a quoted value is looked for."""
MAX_PARTS = 16
JUDGED = 128
"""Characters of a value that are looked at to judge it; all of it is hidden."""

_OPENING = re.compile(r"""(?:[bBrRfFuU]{1,2}(?=["']))?([*_]{0,3}["'`]?)""")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Bot|ApiKey|Api-Key|Digest|Key)[ :] {0,3}", re.IGNORECASE)
_BARE = re.compile(r"""[^\s"'`,;<>()\[\]{}|\\]+""")
_BARE_URL = re.compile(r"""[^\s"'`,;<>()\[\]{}|\\&#]+""")
_BARE_LINE = re.compile(r"""[^\s"'`]+""")
_COOKIE = re.compile(r"""[^\n"'`]+""")
_LINE_ASSIGNMENT = re.compile(r"[ \t]{0,20}(?:export |set |\$env:|ENV |-e )?[\w.-]{0,80}$", re.IGNORECASE)
_OTHERWISE_GLUED = ("max_", "min_", "num_", "pad_", "eos_", "bos_", "sep_", "cls_", "mask_", "unk_")
_OTHERWISE = (
    *("publickey", "public-key", "public_key", "public key", "public", "page", "continuation", "cursor", "primary", "foreign"),
    *("partition", "sort", "cache", "routing", "idempotency", "translation", "dedup", "lookup", "reporter", "row", "object"),
    *("registry", "host", "query"),
)
"""Before "token" or "key", these name something that everybody may see."""
_CONCATENATION = re.compile(
    r"""["'`][ \t]{0,8}(?:[+.&]|\.\.)?[ \t]{0,8}\\?\r?(?:\n[ \t]{0,80})?(?:[+.&]|\.\.)?[ \t]{0,8}(["'`])"""
)
"""What joins two quoted texts to one: an operator, a line break, or nothing."""
_WORDS_FOLLOW = re.compile(r"[ \t]{1,4}[A-Za-z][a-z']*(?:[ \t.,!?\n]|$)")


def named_values(
    text: str, names: Iterator[Range], strength: Strength, *, whole_line: bool
) -> Iterator[tuple[int, int, int, bool]]:
    """The secrets among the values that follow the names at the given ranges.

    Each as (start of the value, its end, start of the name, whether it stands in quotes).
    whole_line: values run to the end of the line.
    """
    passed = 0
    for name, after in names:
        if name < passed or _means_otherwise(text, name):
            continue
        opening = _OPENING.match(text, after)
        assert opening is not None, "the pattern matches the empty string"
        quote = opening[1][-1:] if opening[1][-1:] in ('"', "'", "`") else ""
        start = opening.end()
        if scheme := _SCHEME.match(text, start):
            start = scheme.end()
        pattern = _COOKIE if whole_line else _notation(text, name, quote)
        end, quoted = _value_end(text, start, quote, pattern)
        value = text[start : min(end, start + JUDGED)]
        parts = list(_concatenated(text, end)) if quoted else []
        whole = (value + "".join(text[slice(*part)] for part in parts))[:JUDGED]
        if end <= start or not is_linked(text, name, after, whole, strength, quote):
            continue
        assigned = is_assigned(text, name, after)
        followed = not quoted and not (assigned and after == start and text[after - 1] == "=") and _followed(text, end)
        if is_secret(whole, strength, quoted=quoted, assigned=assigned, followed=followed):
            if not quoted and end == start + JUDGED and (rest := pattern.match(text, end)):
                end = rest.end()
            for low, high in ((start, end), *parts):
                yield low, high, name, quoted
            passed = parts[-1][1] if parts else end


def _concatenated(text: str, end: int) -> Iterator[Range]:
    """The further parts of a value that is written as several quoted texts, given where the first of them ends."""
    for _ in range(MAX_PARTS):
        joint = _CONCATENATION.match(text, end)
        if joint is None:
            return
        start = joint.end()
        end, quoted = _value_end(text, start, joint[1], _BARE)
        if not quoted or end <= start:
            return
        yield start, end


def _followed(text: str, end: int) -> bool:
    """Whether more words stand behind a value, so that it may be one of them."""
    return _WORDS_FOLLOW.match(text, end) is not None


def _means_otherwise(text: str, name: int) -> bool:
    """Whether the word before a name makes it the name of something public."""
    before = text[max(name - 16, 0) : name + (text[name] in "-_")].lower()
    if before.endswith(_OTHERWISE_GLUED):
        return True
    return (before[:-1] if before[-1:] in ("-", "_", " ") else before).endswith(_OTHERWISE)


def _notation(text: str, name: int, quote: str) -> re.Pattern[str]:
    """What a value without closing quotes consists of: in a URL, alone on its line, or among other text."""
    before = text[max(name - 100, 0) : name].rsplit("\n", 1)[-1]
    if "?" in before or "&" in before or text[name] in "?&":
        return _BARE_URL
    return _BARE_LINE if not quote and _LINE_ASSIGNMENT.match(before) else _BARE


def _value_end(text: str, start: int, quote: str, pattern: re.Pattern[str]) -> tuple[int, bool]:
    """Where the value that begins at `start` ends, or its first `JUDGED` characters do, and whether a closing quote ends it."""
    if quote:
        line_end = text.find("\n", start, start + LONGEST)
        end = text.find(quote, start, line_end if line_end >= 0 else start + LONGEST)
        if end >= 0:
            return end, True
    match = pattern.match(text, start, start + JUDGED)
    if match is None:
        return start, False
    end = match.end()
    if not quote and text[end : end + 1] in ("(", "["):
        return start, False  # a call or an index: code, no value
    while end > start and text[end - 1] in ".,;:!?*_)" and (end == len(text) or text[end].isspace()):
        end -= 1
    return end, False
