"""Finds the bodies of private keys in PEM form, whole or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 16_384
"""Characters of a body at most."""

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_LINE = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{1,600}(?=[\s\"',\\+;)]{0,8}$)")


def private_keys(text: str) -> Iterator[tuple[int, int, int]]:
    """Each line of each body as (start, end, where the body begins)."""
    following, position = -1, 0
    for match in _BEGIN.finditer(text):
        begin = match.end()
        if begin <= position:
            continue
        if following < begin:
            following = text.find("-----END", begin)
            following = following if following >= 0 else len(text) + LONGEST
        stop = following if following <= begin + LONGEST and following < len(text) else -1
        position, limit = begin, stop if stop >= 0 else min(len(text), begin + LONGEST)
        while position < limit:
            line_end = text.find("\n", position, limit)
            line_end = limit if line_end < 0 else line_end
            line = text[position:line_end]
            body = _LINE.search(line) if len(line) <= 600 else None
            if stop >= 0 and len(line) > 600:
                yield position, line_end, position
            elif position == begin and line.strip():
                yield position + len(line) - len(line.lstrip()), position + len(line.rstrip()), begin
            elif body is not None and (stop >= 0 or len(body[0]) >= 16):
                yield position + body.start(), position + body.end(), begin
            elif stop < 0 and line.strip() and ":" not in line and position > begin:
                break
            position = line_end + 1
