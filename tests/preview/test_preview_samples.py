from __future__ import annotations

from bot.diagnosis.types import Verdict
from bot.engine import Engine
from bot.knowledge.types import Snapshot
from bot.preview.samples import LEAKED, VAGUE, pick_samples


def test_the_samples_come_from_the_corpus_served(snapshot: Snapshot) -> None:
    samples = {sample.title: sample for sample in pick_samples(snapshot)}
    assert samples["label weight exceeded"].text == snapshot.examples[0].text
    assert samples["A question of fact"].text == next(p.questions[0] for p in snapshot.points.values() if p.questions)
    assert samples["A question of fact"].mentions
    assert len(samples) == len(pick_samples(snapshot)), "a title names one sample"


def test_each_area_of_the_delivered_corpus_has_one_failure(engine: Engine) -> None:
    snapshot = engine.snapshot
    areas = [
        {snapshot.causes[example.cause].area for example in snapshot.examples if example.text == sample.text and example.cause}
        for sample in pick_samples(snapshot)
        if sample.expects.startswith("a diagnosis")
    ]
    assert len(areas) > 8
    assert len(areas) == len({frozenset(area) for area in areas})


def test_the_bot_does_what_the_samples_expect(engine: Engine) -> None:
    assert engine.answer(VAGUE.text).diagnosis.verdict is Verdict.OVERVIEW
    assert engine.answer(LEAKED).reading.redactions
    for sample in pick_samples(engine.snapshot):
        verdict = engine.answer(sample.text).diagnosis.verdict
        if sample.expects.startswith("a diagnosis"):
            assert verdict in (Verdict.DIAGNOSIS, Verdict.OVERVIEW), sample.title
        elif sample.expects.startswith("silence"):
            assert verdict is Verdict.ABSTAIN, sample.title
