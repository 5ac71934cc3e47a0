"""What happened on a connection and when, and how long things took."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.reading.clock import DAY, YEARLESS, find_time
from bot.reading.events import event_kinds, retry_delay
from bot.reading.types import Event, EventKind, Line, LogRecord

LAST_SEND = "last_send"
"""The last message the program sent: text, a flush, or an application's keepalive; not a protocol ping."""
RETRY_DUE = "retry_due"
"""The moment for which a retry was announced: `at + delay` of a retry event."""

TOLERANCE = 0.01
"""Seconds by which clocks and rounding of announced delays may disagree."""
LONGEST = DAY
"""A pair further apart than this is not one story."""

_YEARLESS = tuple(datetime(YEARLESS + years, 1, 1, tzinfo=UTC).timestamp() for years in (0, 1))
_PING = re.compile(r"\bp[io]ng\b", re.IGNORECASE)
_SENT = frozenset({EventKind.SEND, EventKind.FLUSH, EventKind.KEEPALIVE})


@dataclass(frozen=True, slots=True)
class Gap:
    """`seconds` from `start` (for a retry: from the moment it was due) to `end`."""

    start: Event
    end: Event
    seconds: float


def find_events(lines: Sequence[Line], records: Sequence[LogRecord]) -> tuple[Event, ...]:
    """The events of a paste whose time is known, in the order of time; at most one of each kind a pasted line.

    Times of day without a date run over midnight in the order pasted, and take the date of a dated event beside them.
    """
    return tuple(sorted(_dated(_unordered(lines, records)), key=lambda event: event.at))


def gap(events: Sequence[Event], start: EventKind | str, end: EventKind) -> tuple[Gap, ...]:
    """Every `end` with the `start` it belongs to, in the order of time; none where no such pair is found.

    start: an event kind (the last one before the end, after the end before that), `LAST_SEND`, or `RETRY_DUE` (the first end
    after the moment announced, unless another retry was announced before it).
    Events of several messages may be given one after the other; a time of day alone is never compared with a date.
    """
    ordered = sorted(events, key=lambda event: event.at)
    pairs = _after_retry(ordered, end) if start == RETRY_DUE else _before_end(ordered, start, end)
    return tuple(pair for pair in pairs if pair.seconds <= LONGEST and (pair.start.at < DAY * 7) == (pair.end.at < DAY * 7))


def open_spans(events: Sequence[Event]) -> tuple[Gap, ...]:
    """How long each connection was open: from the last word of its opening to its close."""
    return gap(events, EventKind.CONNECT, EventKind.CLOSE)


def silences_before_close(events: Sequence[Event]) -> tuple[Gap, ...]:
    """How long the program had sent nothing when each connection closed."""
    return gap(events, LAST_SEND, EventKind.CLOSE)


def retry_failures(events: Sequence[Event]) -> tuple[Gap, ...]:
    """How soon each retry failed: from when it was due, or from its announcement where no delay was announced."""
    failed = [
        pair
        for end in (EventKind.CLOSE, EventKind.ERROR)
        for start in (RETRY_DUE, EventKind.RETRY)
        for pair in gap(events, start, end)
        if start == RETRY_DUE or pair.start.delay is None
    ]
    first: dict[Event, Gap] = {}
    for pair in sorted(failed, key=lambda pair: (pair.start.at, pair.seconds)):
        first.setdefault(pair.start, pair)
    return tuple(first.values())


def _before_end(ordered: Sequence[Event], start: EventKind | str, end: EventKind) -> Iterator[Gap]:
    begun: Event | None = None
    for event in ordered:
        if event.kind == end and begun is not None and not _together(begun, event):
            yield Gap(begun, event, event.at - begun.at)
            begun = None
        if _starts(event, start):
            begun = event


def _after_retry(ordered: Sequence[Event], end: EventKind) -> Iterator[Gap]:
    retries = [event for event in ordered if event.kind is EventKind.RETRY and event.delay is not None]
    announced = [event.at for event in retries]
    ends = [event for event in ordered if event.kind == end]
    ended = [event.at for event in ends]
    for event in retries:
        due = event.at + (event.delay or 0.0)
        index = bisect_left(ended, due - TOLERANCE)
        while index < len(ends) and _together(event, ends[index]):
            index += 1
        following = bisect_right(announced, event.at + TOLERANCE)
        last = announced[following] if following < len(announced) else float("inf")
        if index < len(ends) and ended[index] <= last:
            yield Gap(event, ends[index], ended[index] - due)


def _starts(event: Event, start: EventKind | str) -> bool:
    if start == LAST_SEND:
        return event.kind in _SENT and not (event.kind is EventKind.KEEPALIVE and _PING.search(event.text) is not None)
    return event.kind == start


def _together(first: Event, second: Event) -> bool:
    """Whether two events were read from the same record."""
    return first.number == second.number and first.at == second.at and first.text == second.text


def _unordered(lines: Sequence[Line], records: Sequence[LogRecord]) -> Iterator[Event]:
    """Events in the order pasted, with the times as the lines say them."""
    said = list(_said(lines, records))
    kinds_of = dict(event_kinds([message for _, _, message, _ in said]))
    for index, (at, number, message, level) in enumerate(said):
        kinds = kinds_of.get(index, ())
        if level in ("error", "critical") and EventKind.ERROR not in kinds:
            kinds = (*kinds, EventKind.ERROR)
        for kind in kinds:
            yield Event(kind, at, number, message, retry_delay(message) if kind is EventKind.RETRY else None)


def _said(lines: Sequence[Line], records: Sequence[LogRecord]) -> Iterator[tuple[float, int, str, str]]:
    """Time, line number, message and level of everything that was said at a known time, whether it is a record or just a line."""
    by_line = {record.number: record for record in records}
    last = 0
    for line in lines:
        if line.number == last or not line.raw:
            continue
        last = line.number
        if record := by_line.get(last):
            if record.at is not None and record.message:
                yield record.at, last, record.message, record.level
        elif (stamp := find_time(line.text)) and (text := line.text.strip()):
            yield stamp.at, last, text, ""


def _dated(events: Iterable[Event]) -> list[Event]:
    """Events with times that compare: times of day counted on over midnight, and dates filled in from dated events."""
    placed = list(_over_midnight(events))
    dated = next((event.at for event in placed if event.at >= _YEARLESS[1] or DAY * 7 <= event.at < _YEARLESS[0]), None)
    if dated is None:
        return placed
    midnight = dated - dated % DAY
    year = datetime.fromtimestamp(dated, UTC).year
    return [_placed(event, midnight, year) for event in placed]


def _placed(event: Event, midnight: float, year: int) -> Event:
    if event.at < DAY * 7:
        return replace(event, at=event.at + midnight)
    if _YEARLESS[0] <= event.at < _YEARLESS[1]:
        moment = datetime.fromtimestamp(event.at, UTC)
        try:
            return replace(event, at=event.at - moment.timestamp() + moment.replace(year=year).timestamp())
        except ValueError:
            return event
    return event


def _over_midnight(events: Iterable[Event]) -> Iterator[Event]:
    """Times of day alone, moved on by a day where they fall from late to early, and back where a log runs backwards."""
    days, before = 0, None
    for event in events:
        if event.at >= DAY:
            yield event
            continue
        if before is not None and abs(event.at - before) > DAY / 2:
            days += 1 if event.at < before else -1
        before = event.at
        yield replace(event, at=event.at + days * DAY) if days else event
