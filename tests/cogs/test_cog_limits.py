"""Nothing exceeds Discord's limits, whatever the corpus holds: answers made of its longest texts, and of longer ones."""

from __future__ import annotations

from types import MappingProxyType

import discord
import pytest
from discord_world import TRACE, World
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from bot.cogs.leaks import without_notice
from bot.cogs.sending import MAX_CONTENT, MAX_PARTS, MAX_THREAD_NAME, thread_name, within_limits
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Diagnosis, Evidence, Hypothesis, RuledOut, Verdict
from bot.engine import Answer
from bot.knowledge.types import Advice, Candidate, Cause, Level, Point, Snapshot, Source, Symptom
from bot.reading.profile import Profile
from bot.reading.types import Reading, Redaction
from bot.reply.compose import compose
from bot.reply.markdown import render

CAUSES = 5
TEXTS = st.text(st.sampled_from("abc `*_~|<>@#\n[]()😀é‹"), min_size=1, max_size=40).map(lambda unit: unit * 100)
"""Any text of up to 4,000 characters: the corpus allows 600."""


def corpus(text: str) -> Snapshot:
    """A corpus in which every text is this one, and every page has a long address."""
    points = {f"p{n}": Point(f"p{n}", text, f"s{n}", "2025-01-01") for n in range(40)}
    address = "https://docs.example/" + "x" * 1_900
    sources = {f"s{n}": Source(f"s{n}", text, f"{address}{n}", "2025-01-01") for n in range(40)}
    advice = tuple(Advice(text, (f"p{n}", f"p{n + 20}")) for n in range(20))
    causes = {
        f"c{n}": Cause(f"c{n}", text, "a", advice[n], {}, {}, (), (), advice, (), (), (), f"causes/a/c{n}.yaml")
        for n in range(CAUSES)
    }
    candidates = tuple(Candidate((f"c{n}",), text, advice) for n in range(CAUSES))
    symptom = Symptom("s", text, {}, (), advice, candidates, advice, (), (), (), "symptoms/s.yaml")
    about = {"name": text, "docs": text, "help": address, "fallback": "none", "revoke": text}
    return Snapshot("1" * 12, Profile("Acme"), MappingProxyType(about), sources, points, causes, {"s": symptom})


def answer(text: str, verdict: Verdict) -> Answer:
    """An answer that says as much as one can."""
    snapshot = corpus(text)
    lines = tuple(Evidence(n, text, text) for n in range(20))
    causes = list(snapshot.causes.values())
    diagnosis = Diagnosis(
        verdict,
        hypotheses=tuple(Hypothesis(cause, 0.2, Level.LIKELY, lines, ()) for cause in causes),
        ruled_out=tuple(RuledOut(cause, cause.summary, lines) for cause in causes),
        symptom=snapshot.symptoms["s"],
        symptom_evidence=lines,
        points=tuple(snapshot.points.values()),
        questions=(text,) * 20,
        changes=(text,) * 20,
    )
    redactions = tuple(Redaction(f"kind-{n}", n) for n in range(100))
    reading = Reading(text, (), (), (), (), (), redactions, text, dropped=10**9)
    return Answer(reading, diagnosis, compose(snapshot, reading, diagnosis), Conversation(), {}, snapshot)


@given(text=TEXTS, verdict=st.sampled_from(Verdict))
@given_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_longest_answers_keep_within_the_limits_of_messages_and_names(text: str, verdict: Verdict) -> None:
    reply = answer(text, verdict).reply
    parts = within_limits(render(reply))
    assert 1 <= len(parts) <= MAX_PARTS
    assert all(1 <= len(part) <= MAX_CONTENT and part.strip() for part in parts)
    assert 1 <= len(thread_name(reply.headline)) <= MAX_THREAD_NAME


@pytest.mark.parametrize("verdict", list(Verdict))
async def test_discord_takes_the_longest_answers(world: World, monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
    longest = answer("w" * 599 + " ", verdict)
    monkeypatch.setattr(world.engine, "answer", lambda *_: longest)
    await world.asker.send(world.lounge, f"<@{world.me}> {TRACE}")
    (thread,) = world.lounge.threads
    assert len(world.said(thread)) == len(within_limits(render(without_notice(longest.reply))))
    assert len(thread.name or "") <= MAX_THREAD_NAME
    result = await world.asker.slash(world.lounge, "diagnose", text=TRACE)
    assert len([result.response, *result.followups]) >= 2
    assert all(len(message.content) <= MAX_CONTENT for message in world.lounge.history())


async def test_commands_and_modals_keep_within_the_limits_of_their_texts(world: World) -> None:
    for command in world.bot.tree.get_commands(type=discord.AppCommandType.chat_input):
        described = command.to_dict(world.bot.tree)
        assert 1 <= len(str(described["description"])) <= 100
        options = described.get("options") or []
        assert isinstance(options, list)
        assert all(1 <= len(option["description"]) <= 100 for option in options)
    assert all(len(command.name) <= 32 for command in world.bot.tree.get_commands())
    shown = await world.asker.slash(world.lounge, "diagnose")
    assert shown.modal is not None
    assert len(shown.modal["title"]) <= 45
    for label in shown.modal["components"]:
        assert len(label["label"]) <= 45
        assert len(label.get("description") or "") <= 100
