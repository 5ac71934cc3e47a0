"""Insights in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.diagnosis.types import Verdict
from bot.state import Insights, Unexplained

MAX_STALE = 5
NOTHING = "Nothing was recorded in this time."
VERDICTS = {
    Verdict.DIAGNOSIS: "diagnoses",
    Verdict.OVERVIEW: "overviews",
    Verdict.ANSWER: "answers to questions",
    Verdict.ABSTAIN: "admissions not to know",
}


def describe(insights: Insights, title: str, stale: Sequence[str], *, guild_id: int) -> list[str]:
    """The report, a section a text: its first line is the title."""
    head = [f"**{title}**"]
    if insights.seen:
        head += _counts(insights)
    else:
        head.append(NOTHING)
    sections = ["\n".join(head)]
    if insights.unexplained:
        lines = [_unexplained(failure, guild_id) for failure in insights.unexplained]
        sections.append("\n".join(["**Failures without a cause, most frequent first**", *lines]))
    if stale:
        rest = [f"… and {len(stale) - MAX_STALE} more"] if len(stale) > MAX_STALE else []
        sections.append("\n".join(["**Sources to look at**", *(f"- {line}" for line in [*stale[:MAX_STALE], *rest])]))
    return sections


def _counts(insights: Insights) -> list[str]:
    answered = sum(insights.answered.values())
    split = ", ".join(
        f"{insights.answered[verdict]} {name}" for verdict, name in VERDICTS.items() if insights.answered.get(verdict)
    )
    lines = [
        f"Failures seen: {insights.failures} · questions seen: {insights.seen - insights.failures}",
        f"Answered: {answered}" + (f" ({split})" if split else ""),
        f"Fixed: {insights.fixed} · missed: {insights.missed} · handed to a human: {insights.human} · "
        f"dismissed: {insights.dismissed}",
    ]
    if insights.failures:
        share = round(100 * insights.classified / insights.failures)
        lines.append(f"Classified (one cause stood out): {share} % of the failures, {insights.classified} of {insights.failures}")
    return lines


def _unexplained(failure: Unexplained, guild_id: int) -> str:
    masked = f"`{failure.template}`" if failure.template else f"fingerprint `{failure.fingerprint}`"
    latest = f"https://discord.com/channels/{guild_id}/{failure.channel_id}/{failure.source_id}"
    return f"- {failure.count} × {masked} · [latest](<{latest}>)"
