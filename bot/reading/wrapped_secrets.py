"""Tells how far a secret goes on when a line wrap cut it in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading.secrecy import is_uuid, looks_random
from bot.reading.views import Range

_HEX = re.compile(r"[0-9a-f]+$")
_NO_REST = re.compile(r"\d{4}-\d\d-|[\w.-]{1,60}(?:=[\w\"'$]|[:(])|(?:[a-z]{2,20}[./]){2}|https?:")
_WORDY = re.compile(r"[A-Za-z]{2,20}(?:[-_.](?:[A-Za-z]{1,16}\d{0,4}|\d{1,4}[a-z]{0,3})?)+$")
"""An identifier made of words and numbers, such as the name of a model."""


def continued(text: str, parts: Sequence[Range], needed: int) -> list[Range]:
    """The parts of a wrapped secret: those it needs, and more as long as the next line looks like the rest of it."""
    kept = list(parts[:needed])
    begun = "".join(text[slice(*part)] for part in kept)
    for low, high in parts[needed:]:
        rest = text[low:high]
        if high < len(text) and text[high] not in "\n\"'`,;)}]> \t&?#\\<":
            break
        if not is_uuid(begun + rest) and not is_rest(begun, rest):
            break
        kept.append((low, high))
        begun += rest
    return kept


def is_rest(begun: str, rest: str) -> bool:
    """Whether what stands on the next line can be the rest of a value; a whole digest has none."""
    if _HEX.match(begun) and (len(begun) in (32, 40, 64) or not _HEX.match(rest)):
        return False
    return not _NO_REST.match(rest) and not _WORDY.match(rest) and (looks_random(rest) or (len(begun) >= 40 and len(rest) >= 40))
