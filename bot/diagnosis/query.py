"""What of a message is searched for: the user's words, the last error and the close reason, within the model's window."""

from __future__ import annotations

import re

from bot.reading.types import Reading, SignalKind

MAX_CHARS = 700
"""About 200 tokens: sentence models of this size cut at 256."""
_NOISE = re.compile(r"https?://\S+|/[\w./@-]{12,}|[A-Za-z]:\\\S+|\b[0-9a-f]{16,}\b|\b[A-Za-z0-9+/=]{40,}\b")


def search_text(reading: Reading) -> str:
    """The text to search with: prose first, then what the failure says of itself; ids, paths and blobs left out."""
    parts = [reading.prose[:400]]
    parts += [f"{(trace.exception_type or '').rsplit('.', 1)[-1]}: {_short(trace.message)}" for trace in reading.traces[-2:]]
    for kind in (SignalKind.API_ERROR, SignalKind.API_MESSAGE, SignalKind.WS_CLOSE, SignalKind.HTTP_STATUS):
        parts += [_short(f"{signal.value} {signal.detail}") for signal in reading.signals if signal.kind is kind]
    if not reading.traces:
        parts += [_short(record.message) for record in reading.records if record.level in ("warning", "error", "critical")][:3]
    text = " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not text.strip():
        text = " ".join(line.text for line in reading.lines[:12])
    return re.sub(r"\s+", " ", _NOISE.sub(" ", text))[:MAX_CHARS].strip()


def _short(text: str) -> str:
    return text if len(text) <= 220 else text[-220:] if "{" in text[:80] else text[:220]
