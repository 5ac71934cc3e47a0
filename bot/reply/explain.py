"""How a conclusion came about: every vote with its weight, for `--explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.diagnosis.types import Diagnosis, Vote


def explain(diagnosis: Diagnosis, timing_ms: Mapping[str, float]) -> str:
    """The votes of each hypothesis, the rest classes, and the time of each step."""
    lines = ["", f"verdict {diagnosis.verdict}" + (f", symptom {diagnosis.symptom.id}" if diagnosis.symptom else "")]
    for hypothesis in diagnosis.hypotheses:
        lines.append(f"{hypothesis.confidence:6.3f}  {hypothesis.cause.id} ({hypothesis.level})")
        lines += _votes(hypothesis.votes)
        lines += [f"        line {evidence.number}: {evidence.quote} {evidence.why}".rstrip() for evidence in hypothesis.evidence]
    for rest in diagnosis.rest:
        lines += [f"{rest.confidence:6.3f}  {rest.name}", *_votes(rest.votes)]
    lines += [f"   out  {out.cause.id}: {out.because.text}" for out in diagnosis.ruled_out]
    lines.append("  ".join(f"{name} {value:.1f} ms" for name, value in timing_ms.items()))
    return "\n".join(lines)


def _votes(votes: Iterable[Vote]) -> list[str]:
    return [f"        {vote.score:+6.2f} = {vote.value:.2f} x {vote.weight:.2f}  {vote.voter}" for vote in votes]
