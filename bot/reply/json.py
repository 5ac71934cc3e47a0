"""An answer as JSON: the form that other programs build on."""

from __future__ import annotations

from typing import Any

from bot.diagnosis.types import Diagnosis, Evidence, Hypothesis
from bot.knowledge.types import Advice, Snapshot, Source
from bot.reading.types import Reading, Trace
from bot.reply.types import Reply


def answer_json(
    message_id: object,
    snapshot: Snapshot,
    reading: Reading,
    diagnosis: Diagnosis,
    reply: Reply,
    markdown: list[str],
    timing_ms: dict[str, float],
) -> dict[str, Any]:
    """The whole answer; its shape is part of the command line's contract."""
    stale = {snapshot.points[point].source for point in snapshot.stale}
    return {
        "id": message_id,
        "verdict": diagnosis.verdict.value,
        "causes": [_cause(snapshot, hypothesis) for hypothesis in diagnosis.hypotheses],
        "ruled_out": [
            {"id": out.cause.id, "why": out.because.text, "line": out.evidence[0].number if out.evidence else None}
            for out in diagnosis.ruled_out
        ],
        "questions": list(diagnosis.questions),
        "points": [{"id": point.id, "text": point.statement, "source": point.source} for point in diagnosis.points],
        "sources": [_source(source, source.id in stale) for source in _sources(snapshot, diagnosis, reply)],
        "traces": [trace_json(trace) for trace in reading.traces],
        "changes": list(diagnosis.changes),
        "repeat": diagnosis.repeat,
        "secrets_redacted": len(reading.redactions),
        "markdown": markdown,
        "timing_ms": timing_ms,
    }


def trace_json(trace: Trace) -> dict[str, Any]:
    """One stack trace."""
    inner = trace.innermost
    return {
        "language": trace.language,
        "exception_type": trace.exception_type,
        "message": trace.message,
        "frames": len(trace.frames),
        "innermost": {"file": inner.file, "line": inner.line, "function": inner.function} if inner else None,
        "start_line": trace.start_line,
        "end_line": trace.end_line,
        "truncated": trace.truncated,
    }


def _cause(snapshot: Snapshot, hypothesis: Hypothesis) -> dict[str, Any]:
    cause = hypothesis.cause
    return {
        "id": cause.id,
        "title": cause.title,
        "confidence": round(hypothesis.confidence, 4),
        "level": hypothesis.level.value,
        "evidence": [_evidence(evidence) for evidence in hypothesis.evidence],
        "fixes": [{"text": fix.text, "sources": _cited(snapshot, fix)} for fix in cause.fixes],
    }


def _source(source: Source, stale: bool) -> dict[str, Any]:
    """A cited page; stale when one of the points that cite it is."""
    found: dict[str, Any] = {"id": source.id, "title": source.title, "url": source.url, "as_of": source.reviewed}
    return {**found, "stale": True} if stale else found


def _evidence(evidence: Evidence) -> dict[str, Any]:
    found: dict[str, Any] = {"line": evidence.number, "quote": evidence.quote, "why": evidence.why}
    return {**found, "earlier": True} if evidence.earlier else found


def _cited(snapshot: Snapshot, advice: Advice) -> list[str]:
    return list(dict.fromkeys(snapshot.points[point].source for point in advice.cite))


def _sources(snapshot: Snapshot, diagnosis: Diagnosis, reply: Reply) -> list[Any]:
    """Every source that the JSON refers to: those of the reply, and those of causes and points it had no room for."""
    ids = [source.id for source in reply.sources]
    ids += [point.source for point in diagnosis.points]
    ids += [source for h in diagnosis.hypotheses for fix in h.cause.fixes for source in _cited(snapshot, fix)]
    return [snapshot.sources[i] for i in dict.fromkeys(ids)]
