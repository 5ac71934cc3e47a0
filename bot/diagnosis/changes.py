"""What a further message of a conversation changed, in words."""

from __future__ import annotations

from dataclasses import replace

from bot.diagnosis.types import Diagnosis, Verdict

EXCLUDED = "now excluded: "
"""How a change begins that rules a cause out."""


def with_changes(diagnosis: Diagnosis, last: Diagnosis | None) -> Diagnosis:
    """The diagnosis with `changes` against the conversation's last conclusion; unchanged at the start of a conversation."""
    if last is None or last.verdict not in (Verdict.DIAGNOSIS, Verdict.OVERVIEW):
        return diagnosis
    changes: list[str] = []
    before = {out.cause.id for out in last.ruled_out}
    changes += [f"{EXCLUDED}{out.cause.title} ({out.because.text})" for out in diagnosis.ruled_out if out.cause.id not in before]
    old, new = (one.hypotheses[0] if one.hypotheses else None for one in (last, diagnosis))
    was, now = (one.verdict is Verdict.DIAGNOSIS for one in (last, diagnosis))
    if old is not None and was and now and new is not None and new.cause.id != old.cause.id:
        changes.append(f"most likely is now: {new.cause.title} (before: {old.cause.title})")
    elif now and not was and new is not None:
        changes.append(f"now decided: {new.cause.title}")
    elif old is not None and was and not now:
        changes.append(f"open again (before: {old.cause.title})")
    return replace(diagnosis, changes=tuple(changes), continues=_same(diagnosis, last))


def _same(diagnosis: Diagnosis, last: Diagnosis) -> bool:
    if diagnosis.verdict is not last.verdict:
        return False
    if diagnosis.verdict is Verdict.DIAGNOSIS:
        return diagnosis.hypotheses[0].cause.id == last.hypotheses[0].cause.id
    return _symptom_id(diagnosis) == _symptom_id(last)


def _symptom_id(diagnosis: Diagnosis) -> str:
    return diagnosis.symptom.id if diagnosis.symptom else ""
