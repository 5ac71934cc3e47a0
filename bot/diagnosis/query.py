"""What of a message is searched for: the user's words, the last error and the close reason, within the model's window."""

from __future__ import annotations

import re

from bot.reading.types import Reading, SignalKind

MAX_CHARS = 700
"""About 200 tokens: sentence models of this size cut at 256."""
INNERMOST = 4
"""Frames of a template, counted from the failure."""
_NUMBER = re.compile(r"\b0x[0-9a-fA-F]+\b|\b\d+(?:\.\d+)*\b")
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


def search_texts(reading: Reading) -> tuple[str, ...]:
    """Everything a failure is searched for with: what it says, and its template where it has one."""
    said, shape = search_text(reading), template(reading)
    return (said, shape) if shape and shape != said else (said,)


def template(reading: Reading) -> str:
    """The shape of the last failure: its exceptions and innermost functions, with everything masked that differs from run to run.

    Empty without a trace that names an exception. Two programs that fail in the same place of the same library share it.
    """
    traces = [trace for trace in reading.traces if trace.exception_type]
    if not traces:
        return ""
    last = traces[-1]
    chain = [f"{link.type.rsplit('.', 1)[-1]}: {_short(link.message)}" for link in last.chain[:2] + last.chain[2:][-1:]]
    # Frames of libraries say what was called; a user's own names are different everywhere.
    places = [f"{frame.function} in {_module(frame.file)}" for frame in last.frames[-INNERMOST:] if frame.function]
    return _mask(" ".join(dict.fromkeys([*chain, *places])))[:MAX_CHARS].strip()


def _module(file: str | None) -> str:
    return re.split(r"[\\/]", file or "")[-1]


def _mask(text: str) -> str:
    return re.sub(r"\s+", " ", _NUMBER.sub("#", _NOISE.sub(" ", text)))


def _short(text: str) -> str:
    return text if len(text) <= 220 else text[-220:] if "{" in text[:80] else text[:220]
