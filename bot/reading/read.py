"""The whole reading of one message."""

from __future__ import annotations

from bot.patterns import clean
from bot.reading.cap import redact_capped
from bot.reading.logs import find_records
from bot.reading.profile import Profile
from bot.reading.prose import find_prose
from bot.reading.signals import SignalReader
from bot.reading.timeline import find_events
from bot.reading.traces import find_traces
from bot.reading.types import Reading
from bot.reading.unwrap import unwrap

ANALYSIS_LIMIT = 500_000
"""Characters of one message that are analysed; a longer one keeps its head and tail.

At this size the most expensive texts known (one letter a line, or a secret's name again and again) take one to two seconds
of CPU, ordinary logs about a tenth of one; `python -m bot bench growth` measures it.
"""


class Reader:
    """Reads messages about one product; built once a profile, safe to share between threads."""

    def __init__(self, profile: Profile, limit: int = ANALYSIS_LIMIT) -> None:
        self._profile = profile
        self._limit = limit
        self._signals = SignalReader(profile)

    def read(self, text: str) -> Reading:
        """Everything the message shows, secrets hidden first; never raises, whatever the text."""
        safe, redactions, dropped = redact_capped(clean(text), self._profile, self._limit)
        lines = unwrap(safe)
        traces = find_traces(lines)
        records = find_records(lines)
        prose, prose_lines = find_prose(lines, traces, records)
        return Reading(
            text=safe,
            lines=lines,
            traces=traces,
            records=records,
            events=find_events(lines, records),
            signals=self._signals.read(lines, traces),
            redactions=redactions,
            prose=prose,
            prose_lines=prose_lines,
            dropped=dropped,
        )
