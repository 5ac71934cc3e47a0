"""What containers, process managers, log collectors and chats put before every line, taken off where it is plausible."""

from __future__ import annotations

import re
from collections.abc import Sequence

PASSES = 6
"""Prefixes stack (`> [1] web | 2024-…Z stdout F text`); a deeper stack than this is not a log."""

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)"

CERTAIN = re.compile(
    rf"{_ISO}(?:"
    rf"(?:\.\d{{1,9}})?{_ZONE} (?:stdout|stderr) [FP](?: |$)"  # container runtime interface
    r"|(?:\.\d{1,9})? *\| *(?:stdout|stderr) *\| ?"  # log viewers' columns
    rf"|\.(?:\d{{9}}|\d{{7}}){_ZONE}(?: |$)"  # docker --timestamps, build services: nobody's own log format
    rf"|(?:\.\d{{1,9}})?{_ZONE} app\[[\w.-]{{1,60}}\](?: [a-z]{{3}})?(?: \[\w{{1,8}}\]|:)(?: |$)"  # platform log drains
    rf"|(?:\.\d{{1,9}})?{_ZONE} [\w.-]{{1,64}} [\w./@-]{{1,64}}\[\d{{1,10}}\]: ?"  # syslog with an ISO time
    r")"
    # syslog, journald
    rf"|(?:{_MONTHS}) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{{1,6}})? [\w.-]{{1,64}} [\w./@()-]{{1,64}}(?:\[\d{{1,10}}\])?: ?"
    rf"|<\d{{1,3}}>1 {_ISO}(?:\.\d{{1,9}})?{_ZONE} \S{{1,64}} \S{{1,64}} \S{{1,64}} \S{{1,64}} (?:-|"
    rf"\[[^\]]{{0,200}}\])(?: |$)"  # RFC 5424
    # logcat: brief and time, threadtime, tag
    r"|(?:\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d{3} )?[VDIWEFA]/[\w.$ -]{1,60}?(?:\( ?\d{1,6} ?\)| \(\d{1,6}\)): ?"
    r"|\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {1,5}\d{1,6} {1,5}\d{1,6} [VDIWEFA] [\w.$ /-]{1,60}?: ?"
    r"|[VDIWEFA]/[\w.$-]{3,60} *: ?"
    r"|\[ {0,6}\d{1,7}\.\d{6}\](?:\[ *[TC]\d{1,7}\])? ?"  # kernel ring buffer
)
_REPEATED = re.compile(
    r"(?P<quote> {0,3}>)(?: |(?=$)|(?=[^\s>=]))"
    r"|(?P<service>(?:\d\d:\d\d:\d\d )?(?=[\w./@:-]*[A-Za-z])[A-Za-z0-9][\w./@:-]{0,79}) *\|(?: |$)"  # compose, foreman, swarm
    r"|(?P<pm2>\d{1,4}\|[\w.-]{1,40}) *\| ?"
    r"|\[(?P<bracket>\d{1,3}|pod/[\w./-]{1,120}|[\w.-]{1,40}[-_.]\d{1,4}|(?!(?i:info|debug|warn|warning|error|fatal|"
    r"trace|notice|critical)\])[a-z][\w:.-]{1,24})\](?: |$)"
)
_MAY_BE_REPEATED = re.compile(r" {0,3}>| {0,2}\[[\da-z]|[\w./@: -]{1,90}\|")
_TELLING = re.compile(r"\s*(?:[{]|Traceback \(most recent|at [\w.$/<]{1,200} ?\(|File \"[^\"]{1,200}\", line \d)")


def peel(lines: list[str]) -> None:
    """Take the prefixes off the lines, in place; what could be the line's own text stays."""
    candidates: Sequence[int] = range(len(lines))
    for _ in range(PASSES):
        certain = _peel_certain(lines, candidates)
        candidates = sorted({*certain, *_peel_repeated(lines, candidates)})
        if not candidates:
            return


def _peel_certain(lines: list[str], candidates: Sequence[int]) -> list[int]:
    peeled = []
    for index in candidates:
        line = lines[index]
        if line and (match := CERTAIN.match(line)):
            lines[index] = line[match.end() :]
            peeled.append(index)
    return peeled


def _peel_repeated(lines: list[str], candidates: Sequence[int]) -> list[int]:
    """Prefixes that could be text as well: only those found on two neighbouring lines are prefixes of the paste."""
    found: dict[int, tuple[str, str, int]] = {}
    for index in candidates:
        line = lines[index]
        if line and _MAY_BE_REPEATED.match(line) and (match := _REPEATED.match(line)):
            kind = match.lastgroup or ""
            name = "" if kind == "quote" else match[kind]
            found[index] = (kind, name, match.end())
    if not found:
        return []
    blank_skipped = _next_filled(lines, found)
    names = set()
    for index, (kind, name, end) in found.items():
        following = found.get(blank_skipped.get(index, -1))
        if (following and following[:2] == (kind, name)) or _TELLING.match(lines[index][end:]):
            names.add((kind, name))
    peeled = []
    for index, (kind, name, end) in found.items():
        if (kind, name) not in names:
            continue
        if kind == "quote" and not _quoted(lines, found, index):
            continue
        lines[index] = lines[index][end:]
        peeled.append(index)
    return peeled


def _quoted(lines: Sequence[str], found: dict[int, tuple[str, str, int]], index: int) -> bool:
    """A single `>` among other lines marks a line (a test runner's, a debugger's); quotes come in blocks."""
    return any(found.get(near, ("",))[0] == "quote" for near in (index - 1, index + 1)) or bool(
        _TELLING.match(lines[index][found[index][2] :])
    )


def _next_filled(lines: Sequence[str], found: dict[int, tuple[str, str, int]]) -> dict[int, int]:
    """For each found line the next one; a blank line between two is passed over."""
    following = {}
    for index in found:
        after = index + 1
        if after < len(lines) and not lines[after].strip():
            after += 1
        following[index] = after
    return following
