from __future__ import annotations

import pytest

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Snapshot
from bot.preview.history import DAY_S, DAYS, UNEXPLAINED, invented_month
from bot.settings import Settings
from bot.state import Outcome, make_store

NOW = 1_790_000_000


def test_the_month_is_the_same_every_time_and_ends_now(snapshot: Snapshot) -> None:
    month = list(invented_month(snapshot, 1, 2, 3, NOW))
    assert month == list(invented_month(snapshot, 1, 2, 3, NOW))
    times = [answer.created_at for answer in month]
    assert max(times) == NOW
    assert {(NOW - time) // DAY_S for time in times} >= set(range(DAYS - 1))
    assert len({answer.source_id for answer in month}) == len(month)


def test_the_month_has_something_of_everything(snapshot: Snapshot) -> None:
    month = list(invented_month(snapshot, 1, 2, 3, NOW))
    assert {answer.verdict for answer in month} == set(Verdict)
    assert {answer.outcome for answer in month} >= {Outcome.FIXED, Outcome.MISSED, Outcome.HUMAN, None}
    assert {answer.cause for answer in month} <= {None, *snapshot.causes}
    assert {text for answer in month for text in answer.templates.values()} == set(UNEXPLAINED)


@pytest.mark.parametrize("verdict", [Verdict.DIAGNOSIS, Verdict.OVERVIEW])
async def test_insights_count_the_month(snapshot: Snapshot, settings: Settings, verdict: Verdict) -> None:
    store = make_store(settings)
    await store.open()
    month = list(invented_month(snapshot, 1, 2, 3, NOW))
    for answer in month:
        await store.record_answer(answer)
    found = await store.insights(0, NOW + 1, guild_id=1)
    await store.close()
    assert found.seen == len(month)
    assert found.answered[verdict] == sum(answer.verdict is verdict for answer in month)
    counts = [known.count for known in found.unexplained]
    assert len(counts) == len(UNEXPLAINED)
    assert counts[0] > counts[1]
