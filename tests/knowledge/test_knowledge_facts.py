"""The kinds of facts that a question may name in `unless`."""

from __future__ import annotations

from typing import get_args

from bot.knowledge.signal_schema import Fact
from bot.reading.types import SignalKind


def test_a_question_may_only_name_a_fact_that_a_message_can_show() -> None:
    assert set(get_args(Fact)) <= {kind.value for kind in SignalKind} | {"trace", "gap"}
