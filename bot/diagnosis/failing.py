"""The lines on which a program's output reports a failure: not the user's words, not code, not a healthy log."""

from __future__ import annotations

from bot.diagnosis.facts import FAILING
from bot.reading.code import is_code
from bot.reading.types import Reading, SignalKind

LOUD = frozenset({"error", "critical"})
CALM = frozenset({"trace", "debug", "info", "notice"})
ORDERLY_CLOSES = frozenset({"1000", "1001", "1005"})
"""WebSocket close codes of a connection that ended as it should."""
FAILURE_SIGNALS = frozenset(
    {
        SignalKind.HTTP_STATUS,
        SignalKind.WS_CLOSE,
        SignalKind.API_ERROR,
        SignalKind.API_PARAM,
        SignalKind.EXCEPTION,
    }
)
MAX_LINE = 2000
SHORTEST = 9
"""Characters of a line whose words are looked at."""


def failing_lines(reading: Reading) -> frozenset[int]:
    """Numbers of the lines that report a failure."""
    found = {number for trace in reading.traces for number in range(trace.start_line, trace.end_line + 1)}
    found |= {record.number for record in reading.records if record.level in LOUD}
    calm = {record.number for record in reading.records if record.level in CALM}
    code = {line.number for line in reading.lines if line.number not in found and is_code(line.text)}
    silent = reading.prose_lines | code
    found |= {
        signal.number
        for signal in reading.signals
        if signal.kind in FAILURE_SIGNALS
        and signal.number not in silent
        and not (signal.kind is SignalKind.WS_CLOSE and signal.value in ORDERLY_CLOSES)
    }
    silent |= calm
    found |= {
        line.number
        for line in reading.lines
        if line.number not in silent and len(line.text.strip()) >= SHORTEST and FAILING.bears(line.text[:MAX_LINE])
    }
    return frozenset(found)
