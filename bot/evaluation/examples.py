"""What the model is fitted on: for each labelled case, its options with the value of every voter, and which of them are right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.diagnosis.votes import (
    CLAUSES,
    ELSEWHERE,
    KEY,
    MEANING,
    REST,
    RULE,
    SIMILAR,
    UNDECIDED,
    VOTERS,
    WORDS,
    Ballot,
    cast,
    cast_rest,
)
from bot.engine import Engine
from bot.evaluation.cases import Case
from bot.knowledge.types import Snapshot

FOLDS = 5
GROUPED_BY = ("thread", "scenario", "url")
"""Fields of a case that say which others come from the same failure: they are never on both sides of a split."""
RULE_SHARE = 0.75
"""Share of failures for which somebody has written a rule. The corpus was written with the labelled cases in sight, where the
share is higher than on cases to come: each case therefore counts by this share as it is, and by the rest as if it had no rule."""
LIKENESS = (MEANING, WORDS, SIMILAR)
"""Voters that need a search, which a message that a certain rule decides does not wait for."""
_BEHAVIOURS = {"none": ELSEWHERE, "insufficient": UNDECIDED}
OF_RULES = (*RULE.values(), CLAUSES, KEY)


@dataclass(frozen=True, slots=True)
class Example:
    """One case: the labels wanted, the candidates that an undecided one names, the options (k,) that got votes, their values
    (k, voters), which are right (k,), and how much the case counts.
    """

    id: str
    fold: int
    wanted: frozenset[str]
    candidates: frozenset[str]
    options: tuple[str, ...]
    values: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    share: float = 1.0


def group_of(case: Case) -> str:
    """What a case shares with those that come from the same failure."""
    return next((str(case[field]) for field in GROUPED_BY if case.get(field)), str(case["id"]))


def fold_of(case: Case) -> int:
    """The fold of a case, from a hash of its group: the same in every run, whatever other cases there are."""
    return hashlib.sha256(group_of(case).encode()).digest()[0] % FOLDS


def held_examples(snapshot: Snapshot, cases: Iterable[Case]) -> frozenset[str]:
    """Ids of the corpus's example failures that are one of the cases, white space aside: nobody may recognise himself."""
    texts = {" ".join(case["text"].split()) for case in cases}
    return frozenset(example.id for example in snapshot.examples if " ".join(example.text.split()) in texts)


def examples(engine: Engine, cases: Sequence[Case]) -> list[Example]:
    """Every failure among the cases, with all its votes, whole."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(group_of(case), []).append(case)
    found = []
    for case in cases:
        hidden = held_examples(engine.snapshot, groups[group_of(case)])
        ballot = engine.ballot(case["text"])
        ballot = replace(ballot, similar=[hit for hit in ballot.similar if hit.document.id not in hidden])
        found.append(_example(engine, case, ballot))
    return found


def between_causes(given: Iterable[Example]) -> list[Example]:
    """Undecided cases whose label names candidates, as a choice between causes alone: these are to lead the overview."""
    chosen = []
    for example in given:
        causes = [place for place, option in enumerate(example.options) if option not in REST]
        right = np.array([example.options[place] in example.candidates for place in causes], dtype=bool)
        if right.any():
            options = tuple(example.options[place] for place in causes)
            chosen.append(replace(example, options=options, values=example.values[causes], right=right, share=example.share / 2))
    return chosen


def as_served(given: Iterable[Example]) -> list[Example]:
    """The examples as the bot meets them (no likeness beside a certain rule), and as if nobody had written their rules."""
    served = []
    certain, ruled = VOTERS.index(RULE["certain"]), [VOTERS.index(voter) for voter in OF_RULES]
    for example in given:
        spoke = bool(example.values[:, ruled].any())
        whole = without(example, LIKENESS) if example.values[:, certain].any() else example
        served.append(replace(whole, share=RULE_SHARE if spoke else 1.0))
        if spoke:
            served.append(replace(without(example, OF_RULES), share=1 - RULE_SHARE))
    return served + between_causes(served)


def without(example: Example, voters: Iterable[str]) -> Example:
    """The example as if some voters were not there, and the options that only they had spoken for neither."""
    values = example.values.copy()
    values[:, [VOTERS.index(voter) for voter in voters]] = 0.0
    kept = np.flatnonzero(values.any(axis=1))
    options = tuple(example.options[place] for place in kept)
    return replace(example, options=options, values=values[kept], right=_right(options, example.wanted))


def _example(engine: Engine, case: Case, ballot: Ballot) -> Example:
    given = {**cast(engine.conditions, ballot), **cast_rest(ballot)}
    options = tuple(given)
    values = np.array([[given[option].get(voter, 0.0) for voter in VOTERS] for option in options])
    label = case["gold"][0]
    wanted = frozenset({_BEHAVIOURS[label]} if label in _BEHAVIOURS else case["gold"])
    candidates = frozenset(case["gold"][1:]) if case["gold"][0] == "insufficient" else frozenset()
    return Example(str(case["id"]), fold_of(case), wanted, candidates, options, values, _right(options, wanted))


def _right(options: Sequence[str], wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which options are right; what no vote reaches is rightly left undecided."""
    reached = wanted if not wanted.isdisjoint(options) else frozenset({UNDECIDED})
    return np.array([option in reached for option in options])
