from __future__ import annotations

import itertools
from collections import Counter

import pytest

from bot.cluster.division import Plan, fair_shares, plan

PROCESSES = ("old", "middle", "young")


@pytest.mark.parametrize(
    ("held", "shards", "shares"),
    [
        ({}, 4, {}),
        ({"old": 0}, 3, {"old": 3}),
        ({"old": 0, "young": 0}, 5, {"old": 3, "young": 2}),
        pytest.param({"old": 2, "young": 3}, 5, {"old": 2, "young": 3}, id="who holds more keeps it"),
        pytest.param({"old": 6, "young": 0}, 6, {"old": 3, "young": 3}, id="one joined"),
        pytest.param({"old": 1, "middle": 0, "young": 0}, 1, {"old": 1, "middle": 0, "young": 0}, id="more than shards"),
    ],
)
def test_shares_are_even_and_who_holds_most_keeps_the_larger(held: dict[str, int], shards: int, shares: dict[str, int]) -> None:
    assert fair_shares(held, shards) == shares


@pytest.mark.parametrize(
    ("owners", "me", "connected", "planned"),
    [
        pytest.param([None] * 6, "old", (), Plan(take=(0, 1)), id="all are free"),
        pytest.param(["gone"] * 6, "young", (), Plan(take=(0, 1)), id="the one before died"),
        pytest.param(["old"] * 2 + ["gone"] * 2 + ["young"] * 2, "middle", (), Plan(take=(2, 3)), id="one was replaced"),
        pytest.param(["old"] * 2 + ["middle"] * 2 + [None] * 2, "old", (0, 1), Plan(), id="its share is full"),
        pytest.param(["old"] * 6, "old", (0, 1, 2, 3, 4, 5), Plan(release=(5,)), id="gives up one at a time"),
        pytest.param(["old"] * 6, "old", (0, 1), Plan(release=(5, 4, 3, 2)), id="what is not connected goes at once"),
        pytest.param(["old"] * 5 + [None], "old", (0, 1, 2, 3, 4), Plan(), id="nothing is given up while one is free"),
        pytest.param(["old"] * 5 + [None], "old", (), Plan(release=(4, 3, 2)), id="but what is not connected"),
        pytest.param(["old"] * 6, "middle", (), Plan(), id="takes nothing from a live one"),
        pytest.param([None] * 6, "nobody sees it", (), Plan(), id="takes nothing while the others do not see it"),
    ],
)
def test_what_a_process_changes(owners: list[str | None], me: str, connected: tuple[int, ...], planned: Plan) -> None:
    assert plan(me, PROCESSES, dict(enumerate(owners)), connected) == planned


@pytest.mark.parametrize(("shards", "count"), list(itertools.product((1, 2, 5, 16), (1, 2, 3, 7))))
def test_whoever_joins_or_goes_it_becomes_even_without_going_to_and_fro(shards: int, count: int) -> None:
    owners: dict[int, str | None] = dict.fromkeys(range(shards))
    living: list[str] = []
    for change in range(2 * count):
        if change < count:
            living.append(f"process {change}")
        elif len(living) > 1:
            living.pop(change % len(living))
        moves = 0
        for _ in range(2 * shards + 2):
            for me in living:
                decided = plan(me, living, owners, {shard for shard in owners if owners[shard] == me})
                moves += len(decided.release)
                owners |= dict.fromkeys(decided.take, me) | dict.fromkeys(decided.release)
        held = Counter(owners.values())
        assert set(held) <= set(living)
        assert max(held.values()) - min(held[one] for one in living) <= 1
        assert moves <= -(-shards // len(living))
