"""Messages to try the bot with, taken from the corpus it serves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge.types import Example, Snapshot

LEAKED = "this fails since today, why?\nAUTHORIZATION=Bearer sk_" + "0123456789abcdef" * 3 + "\nHTTP/1.1 401 Unauthorized"
"""A key of the usual shape that opens nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One message. `expects`: what the bot is meant to do. `mentions`: it begins with a mention of the bot."""

    title: str
    text: str
    expects: str
    mentions: bool = False


VAGUE = Sample(
    "A vague complaint", "Hey, we are seeing connection closed but what's the reason?", "an overview, and what to send"
)
THANKS = Sample("Thanks", "thanks, that fixed it!", "silence")


def pick_samples(snapshot: Snapshot) -> list[Sample]:
    """Samples of every kind: what the bot has to tell apart first, then a failure of every area."""
    failures = [as_sample(example) for example in _one_per_area(snapshot)]
    asked = next((point.questions[0] for point in snapshot.points.values() if point.questions), "")
    question = [Sample("A question of fact", asked, "a cited answer, for it mentions the bot", mentions=True)] if asked else []
    elsewhere = [
        Sample("A failure of something else", example.text, "silence: it is not about this product")
        for example in snapshot.quiet
        if "Traceback" in example.text
    ][:1]
    return [VAGUE, *question, Sample("A leaked key", LEAKED, "a private warning"), *elsewhere, THANKS, *failures]


def as_sample(example: Example) -> Sample:
    """A traceback of the corpus."""
    return Sample(example.id.replace("-", " "), example.text, "a diagnosis, or an overview")


def _one_per_area(snapshot: Snapshot) -> list[Example]:
    """The shortest traceback of each area of causes (a folder under causes/), in the areas' order."""
    chosen: dict[str, Example] = {}
    for example in sorted(snapshot.examples, key=lambda example: (len(example.text), example.id)):
        if (cause := snapshot.causes.get(example.cause)) is not None:
            chosen.setdefault(cause.area, example)
    return [chosen[area] for area in sorted(chosen)]
