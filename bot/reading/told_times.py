"""Times that people tell in words: how long after what a connection closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.patterns import compile_pattern
from bot.reading.timeline import LAST_SEND, RETRY_DUE
from bot.reading.types import EventKind

_UNIT_GROUP = 4
"""Number of the group of a unit: this binding knows names of groups only in `groupdict`."""
MAX_TOLD = 8
"""Times read from one line."""

_UNITS = {"ms": 0.001, "mil": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0}
_WORDS = {"a": 1.0, "an": 1.0, "one": 1.0, "half": 0.5, "two": 2.0, "three": 3.0, "five": 5.0, "ten": 10.0, "twenty": 20.0}
_NUMBER = r"(?:(?P<number>\d{1,6}(?:[.,]\d{1,3})?)[ -]?|(?P<word>an?|one|half an?|two|three|five|ten|twenty) )"
_UNIT = r"(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?)"
_BOUND = (
    r"(?:(?P<bound>less than|under|within|below|not even|<) )?(?:(?:a little|a bit|about|around|roughly|maybe|only|just) |~ ?)*"
)
_AFTER = (
    r" (?:(?:or so|later)?[, ]*)?(?:after|since|from|of|into) (?:(?:i|we|it|they|the|my|our|your|a|each|every|client|bot) ){0,3}"
)
_STARTS: tuple[tuple[EventKind | str, str], ...] = (
    (RETRY_DUE, r"(?:re-?(?:try|trying|tries|connect(?:ing|ion|ed|s)?))\b"),
    (
        EventKind.CONNECT,
        r"(?:connect(?:ing|ion|ed|s)?|open(?:ing|ed|s)?|handshake|socket (?:is )?open(?:s|ed)?|start(?:ing|ed|s)?|session)\b",
    ),
    (LAST_SEND, r"(?:last (?:text|message|chunk|input|sentence|word|send)|(?:last )?sen(?:t|ding)|sends?)\b"),
)
_TOLD = tuple((start, compile_pattern(_BOUND + _NUMBER + _UNIT + _AFTER + what)) for start, what in _STARTS)
_AT_ONCE = compile_pattern(
    r"\b(?:right away|immediately|instantly|at once|straight away)\b.{0,40}\b(?:connect|open|clos|disconnect|drop|dies|gone)"
    r"|\b(?:clos\w+|disconnect\w*|drop\w*|dies|gone)\b.{0,40}\b(?:right away|immediately|instantly|at once|straight away)\b"
    r"|\b(?:right|directly|immediately|instantly|straight|just) (?:after|on|upon) (?:(?:i|we|it|the) )?(?:connect|open)"
)
AT_ONCE_S = 1.0
"""Seconds that "immediately" is at most."""


@dataclass(frozen=True, slots=True)
class ToldTime:
    """`seconds` from `start` (an event kind, LAST_SEND or RETRY_DUE) to the close; `at_most`: it was said to be less."""

    start: EventKind | str
    seconds: float
    at_most: bool = False


def told_times(text: str) -> Iterator[ToldTime]:
    """The times that one line of prose tells, at most MAX_TOLD of each kind; a time that fits two kinds is told by the first."""
    taken: set[int] = set()
    for start, pattern in _TOLD:
        for count, match in enumerate(pattern.finditer(text)):
            if count >= MAX_TOLD:
                break
            place = match.start(_UNIT_GROUP)
            if place not in taken:
                taken.add(place)
                yield ToldTime(start, _seconds(match.groupdict()), at_most=match.group("bound") is not None)
    if not taken and _AT_ONCE.search(text):
        yield ToldTime(EventKind.CONNECT, AT_ONCE_S, at_most=True)


def _seconds(parts: dict[str, str | None]) -> float:
    unit = (parts["unit"] or "s").lower()
    factor = next(value for prefix, value in _UNITS.items() if unit == prefix or (len(prefix) > 1 and unit.startswith(prefix)))
    if parts["number"]:
        return float(parts["number"].replace(",", ".")) * factor
    return _WORDS[(parts["word"] or "a").lower().split()[0]] * factor
