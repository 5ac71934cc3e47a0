"""Hides secrets: the first step of reading, so that nothing after it ever sees one.

A text is searched as it is, with its escapes undone, and with wrapped lines joined; what is found in any of the three is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.patterns import PatternSet, clean, compile_pattern, find_ranges
from bot.reading.assignments import ASSIGNED
from bot.reading.named_secrets import JUDGED, named_values
from bot.reading.private_keys import private_keys
from bot.reading.profile import NamedPattern, Profile
from bot.reading.secrecy import has_only_the_shape, is_stand_in
from bot.reading.secret_kinds import NAMES, SHAPES, Strength
from bot.reading.secret_manifests import manifest_values
from bot.reading.types import Redaction
from bot.reading.views import Range, joined, unescaped
from bot.reading.wrapped_secrets import continued, is_rest

MARKER = "‹hidden-{}›"
PASSES = 2
"""Times a text is searched again after something was hidden in it."""
REACH = 20_000
"""Characters around a part of a text that suffice to judge every secret in it: more than the longest private key."""

_KIND = re.compile(r"[^\w-]+")

_Piece = tuple[int, int, int, bool, str]
"""What to hide: start, end, rank of its kind (lowest tells most), whether a secret begins there, kind."""


@dataclass(frozen=True, slots=True)
class _Finder:
    """The compiled patterns of one profile, its own shapes first; `marks` says which of the others can match at all."""

    own: int
    marks: PatternSet
    shapes: tuple[tuple[str, Any], ...]
    names: tuple[tuple[str, Strength, Any], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A secret in a view of the text: `head` is where its name begins, or `start` for one known by its shape."""

    kind: str
    rank: int
    start: int
    end: int
    head: int
    quoted: bool = False


def redact(text: str, profile: Profile) -> tuple[str, tuple[Redaction, ...]]:
    """The text with every secret replaced by `‹hidden-KIND›`, and what was hidden, in the order of the text.

    Line breaks stay where they are: of a secret wrapped over several lines, each part is replaced on its own line. Words that
    stand in for a secret (`YOUR_API_KEY`, `$TOKEN`, `os.getenv("KEY")`) stay. A text redacted before comes back as it is.
    """
    return redact_part(text, profile, (0, len(text)))


def redact_part(text: str, profile: Profile, part: Range) -> tuple[str, tuple[Redaction, ...]]:
    """Like `redact`, but only a part of the text is returned, judged with what stands around it; lines count from 1 in the part.

    A secret on the part's border is hidden whole: a piece of one shows neither its shape nor its name.
    """
    safe, finder = clean(text), _finder(profile.secrets)
    redactions: list[Redaction] = []
    for _ in range(PASSES + 1):  # what was glued to a secret may show only when that is hidden
        before = safe
        safe, hidden, part = _pass(safe, finder, part)
        redactions += hidden
        if safe == before:
            break
    skipped = safe.count("\n", 0, part[0])
    found = (Redaction(redaction.kind, redaction.number - skipped) for redaction in redactions)
    return safe[slice(*part)], tuple(sorted(found, key=lambda redaction: redaction.number))


def _pass(text: str, finder: _Finder, part: Range) -> tuple[str, list[Redaction], Range]:
    """The text with what can be seen now hidden, the secrets that begin in a part of it, and where that part is afterwards."""
    out: list[str] = []
    redactions: list[Redaction] = []
    last, number, counted, grown = 0, 1, 0, 0
    low, high = part
    for start, end, kind, begins in _merged(sorted(_locate(text, finder))):
        number += text.count("\n", counted, start)
        counted = start
        marker = MARKER.format(kind)
        if begins and start < part[1] and end > part[0]:
            redactions.append(Redaction(kind, number))
        if start < part[0]:
            low = part[0] + grown + len(marker) - (end - start) if end <= part[0] else start + grown
        if start < part[1]:
            high = part[1] + grown + len(marker) - (end - start) if end <= part[1] else start + grown + len(marker)
        grown += len(marker) - (end - start)
        out += (text[last:start], marker)
        last = end
    return "".join([*out, text[last:]]), redactions, (low, high)


def _locate(text: str, finder: _Finder) -> Iterator[_Piece]:
    """Everything to hide, each secret as often as it was found."""
    plain = unescaped(text)
    if plain.text != text:
        for found in _search(text, finder):
            yield from _pieces(text, [(found.start, found.end)], found)
    alone = set()
    for found in _search(plain.text, finder):
        alone.add((found.start, found.kind))
        yield from _pieces(text, plain.trace(found.start, found.end), found)
    whole = joined(plain.text)
    if whole.text == plain.text:
        return
    for found in _search(whole.text, finder):
        parts = list(whole.trace(found.start, found.end))
        head = next(iter(whole.trace(found.head, found.head + 1)), parts[0])[0]
        # Whether only joining brought name and value together; some notations have a line break between them.
        apart = "\n" in plain.text[head : parts[0][0]] and "\n" not in whole.text[found.head : found.start]
        if len(parts) == 1 and not apart:
            continue
        if not found.quoted:
            if apart and not is_rest("", plain.text[slice(*parts[0])]):
                continue
            needed = 1 if found.head < found.start or (parts[0][0], found.kind) in alone else 2
            parts = continued(plain.text, parts, needed)
            if len(parts) == 1 and not apart:
                continue  # alone it was seen and judged before
        yield from _pieces(text, (piece for part in parts for piece in plain.trace(*part)), found)


def _search(text: str, finder: _Finder) -> Iterator[_Found]:
    """Every secret that can be seen in a text."""
    marked = set(finder.marks.matches(text))
    encoded = text.encode()
    for rank, (kind, pattern) in enumerate(finder.shapes):
        if rank not in marked:
            continue
        for start, end in find_ranges(pattern, text, encoded):
            value = text[start : min(end, start + JUDGED)]
            if value and not (is_stand_in(value) if rank < finder.own else has_only_the_shape(kind, value)):
                yield _Found(kind, rank, start, end, start)
    for rank, (kind, strength, pattern) in enumerate(finder.names, len(finder.shapes)):
        if rank in marked:
            for start, end, name, quoted in named_values(
                text, find_ranges(pattern, text, encoded), strength, whole_line=kind == "cookie"
            ):
                yield _Found(kind, rank, start, end, name, quoted)
    if "Secret" in text:
        yield from (_Found("secret", len(finder.shapes), start, end, start) for start, end in manifest_values(text))
    if "PRIVATE KEY" in text:
        yield from (_Found("private-key", -1, start, end, head) for start, end, head in private_keys(text))


def _pieces(text: str, ranges: Iterable[Range], found: _Found) -> Iterator[_Piece]:
    """A secret's ranges as they are to be replaced: put together within a line, never over a line break."""
    start = end = -1
    begins = True
    for low, high in ranges:
        if end >= 0 and low >= end and "\n" not in text[end:low]:
            end = high
            continue
        if end >= 0:
            yield start, end, found.rank, begins, found.kind
            begins = False
        start, end = low, high
    if end > start >= 0:
        yield start, end, found.rank, begins, found.kind


def _merged(pieces: Iterable[_Piece]) -> Iterator[tuple[int, int, str, bool]]:
    """Overlapping pieces as one, named by the most telling of them."""
    current: _Piece | None = None
    for piece in pieces:
        if current is not None and piece[0] < current[1]:
            best = min(current, piece, key=lambda one: one[2])
            current = (current[0], max(current[1], piece[1]), best[2], current[3] or piece[3], best[4])
            continue
        if current is not None:
            yield current[0], current[1], current[4], current[3]
        current = piece
    if current is not None:
        yield current[0], current[1], current[4], current[3]


@lru_cache(maxsize=8)
def _finder(secrets: tuple[NamedPattern, ...]) -> _Finder:
    """The patterns of a profile and the general ones, compiled; raises PatternError for a profile with a wrong one."""
    shapes = [(_KIND.sub("-", named.id), named.pattern, named.pattern) for named in secrets]
    shapes += [(shape.kind, shape.mark, shape.pattern) for shape in SHAPES]
    names = [(name.kind, name.strength, f"(?i)(?:{name.pattern})") for name in NAMES]
    return _Finder(
        len(secrets),
        PatternSet([*(mark for _, mark, _ in shapes), *(pattern for _, _, pattern in names)], ignore_case=False),
        tuple((kind, compile_pattern(pattern, ignore_case=False)) for kind, _, pattern in shapes),
        tuple((kind, strength, compile_pattern(pattern + ASSIGNED, ignore_case=False)) for kind, strength, pattern in names),
    )
