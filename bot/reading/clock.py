"""Reads the time of a log line.

Every time is in seconds since 1970. Without a zone it counts as UTC; what a format leaves out is filled in so that times of
one log still compare: a date without a year lies in 1972 (a leap year), a time without a date on 1 January 1970, hence
below `DAY`.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

DAY = 86_400.0
YEARLESS = 1972
SHORTEST = 7
"""Characters of a time at least: `1:00:00`."""
REACH = 160
"""Characters of a line in which its time is looked for."""

_MONTHS = {
    name: str(i) for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_ZONES = {
    "z": 0.0,
    "utc": 0.0,
    "gmt": 0.0,
    "wet": 0.0,
    "bst": 1.0,
    "cet": 1.0,
    "west": 1.0,
    "cest": 2.0,
    "eet": 2.0,
    "eest": 3.0,
    "msk": 3.0,
    "ist": 5.5,
    "jst": 9.0,
    "kst": 9.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
}

_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?(?:[ \u202f]?(?P<ap>[APap]\.?[Mm])\b)?"
_FULL = r"(?P<h>\d{1,2}):(?P<mi>\d{2}):(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?(?:[ \u202f]?(?P<ap>[APap]\.?[Mm])\b)?"
_ZONE = r"(?: ?(?P<z>Z\b|[+-]\d{2}:?\d{2}(?!\d)|(?:UTC|GMT|W?EST|[CEMP][DS]T|C?EST|CET|EES?T|BST|MSK|IST|JST|KST)\b))?"
_MONTH = r"(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_FORMATS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d)(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:[T_]|,? +){_CLOCK}{_ZONE}",
        r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})[T ]"
        rf"(?P<h>\d{{2}}):?(?P<mi>\d{{2}}):?(?P<s>\d{{2}})(?:[.,](?P<f>\d{{1,9}}))?{_ZONE}",
        rf"(?<!\d)(?P<d>\d{{1,2}})[-/ ]{_MONTH}[-/ ](?P<y>\d{{4}})[: ,]{{1,2}}{_FULL}{_ZONE}",
        rf"(?<![a-z]){_MONTH} {{1,2}}(?P<d>\d{{1,2}})(?:,? (?P<y>\d{{4}}))?,? {_FULL}(?: ?{_ZONE} (?P<y2>\d{{4}}))?",
        rf"(?<![\d/])(?P<d1>\d{{1,2}})(?P<sep>[/.-])(?P<d2>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}),? {_CLOCK}{_ZONE}",
        rf"(?<![a-z])[IWEFD](?P<m>\d{{2}})(?P<d>\d{{2}}) {_FULL}",
        rf"(?<![\d-])(?P<m>\d{{2}})-(?P<d>\d{{2}}) {_FULL}",
        rf"(?<![\d:.\-]){_FULL}(?![\d:])",
    )
)
# What most lines of most logs begin with, and nothing after it that could still belong to the time.
_PLAIN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):([0-5]\d):([0-5]\d)(?:[.,](\d{1,9}))?(Z)?"
    r"(?=\]|$|\t|,? {1,8}(?:[|\[(]|- |TRACE|DEBUG|INFO|WARN|ERROR|FATAL|CRITICAL))"
)
_CLOCK_SEEN = re.compile(r"\d:\d\d|T\d{6}")
_EPOCH = re.compile(r"[\[(\s]{0,4}(?P<s>1\d{9})(?:[.,](?P<f>\d{1,9})|(?P<u>\d{3}|\d{6}|\d{9}))?(?![\w.])")


class Stamp(NamedTuple):
    """A time found in a text: `at` in seconds, and the half-open range of characters it stands on.

    A tuple, for every line of a log makes one.
    """

    at: float
    start: int
    end: int

    @property
    def dated(self) -> bool:
        """Whether the text gave a date and not the time of day alone."""
        return self.at >= DAY


def find_time(text: str) -> Stamp | None:
    """The first time within the first `REACH` characters of a line, or None."""
    head = text[:REACH]
    if len(head) < SHORTEST:
        return None
    if plain := _PLAIN.match(head):
        year, month, day, hour, minute, second, fraction, zulu = plain.groups()
        midnight = _midnight(year, month, day)
        if midnight is not None and hour < "24":
            moment = midnight + 3600 * int(hour) + 60 * int(minute) + int(second) + (float("0." + fraction) if fraction else 0.0)
            return Stamp(moment, 0, plain.end(8) if zulu else plain.end(7) if fraction else plain.end(6))
    best: Stamp | None = None
    if _CLOCK_SEEN.search(head):
        for pattern in _FORMATS:
            match = pattern.search(head, 0, len(head) if best is None else min(len(head), best.end))
            if match is None or (best is not None and match.start() >= best.start):
                continue
            at = _seconds(match)
            if at is not None:
                best = Stamp(at, match.start(), match.end())
                if best.start == 0:
                    break
    if best is None and (match := _EPOCH.match(head)):
        digits = match["s"] + "." + (match["f"] or match["u"] or "0")
        best = Stamp(float(digits), match.start("s"), match.end())
    return best


def read_time(value: object) -> float | None:
    """The time in a field of a structured record: text in any known format, or a number of seconds, ms, µs or ns since 1970."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if stamp := find_time(text):
            return stamp.at
        try:
            value = float(text)
        except ValueError:
            return None
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return None
        for unit in (1, 1_000, 1_000_000, 1_000_000_000):
            if 500_000_000 <= abs(value) / unit < 5_000_000_000:
                return float(value) / unit
    return None


def _seconds(match: re.Match[str]) -> float | None:
    """Seconds since 1970 of a matched format; None for a date or an hour that does not exist."""
    part = match.groupdict()
    year, month, day = "1970", "1", "1"
    if part.get("d1"):
        american = part["sep"] == "/" and int(part["d1"]) <= 12
        month, day = (part["d1"], part["d2"]) if american else (part["d2"], part["d1"])
        year = part["y"]
    elif part.get("d"):
        named = part.get("mon")
        month = _MONTHS[named.lower()] if named else part["m"]
        day = part["d"]
        year = part.get("y") or part.get("y2") or str(YEARLESS)
    hour, minute, second = int(part["h"]), int(part["mi"]), int(part["s"] or 0)
    if half := part.get("ap"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    midnight = _midnight(year, month, day)
    if midnight is None or hour > 23 or minute > 59:
        return None
    fraction = float("0." + part["f"]) if part.get("f") else 0.0
    return midnight + 3600 * hour + 60 * minute + min(second, 59) + fraction - _offset(part.get("z") or "")


@lru_cache(maxsize=256)
def _midnight(year: str, month: str, day: str) -> float | None:
    """Seconds at the beginning of a day; None for one that does not exist. A log has few days and many lines."""
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp()
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _offset(zone: str) -> float:
    """Seconds a zone is ahead of UTC."""
    if not zone or zone[0] not in "+-":
        return _ZONES.get(zone.lower(), 0.0) * 3600
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
