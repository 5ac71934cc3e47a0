"""Votes become probabilities: rules before likeness, nothing for what is ruled out, the rest classes always in play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.ownership import Owner
from bot.diagnosis.rank import MAX_CANDIDATES, Ranking, level_of, rank
from bot.diagnosis.rules import Findings, Fired
from bot.diagnosis.types import RuledOut
from bot.diagnosis.votes import ELSEWHERE, UNDECIDED, Ballot, candidate_ids
from bot.diagnosis.weights import load_weights
from bot.knowledge.types import Advice, Candidate, Level, Snapshot
from bot.retrieval.documents import Document, Kind
from bot.retrieval.index import Hit

IDLE, WEIGHT = "live-idle-close", "weight-exceeded"
NOTHING = Findings({}, {}, ())


def fired(snapshot: Snapshot, cause_id: str, level: Level, clauses: int = 1) -> Fired:
    return Fired(snapshot.causes[cause_id], level, (), clauses)


def findings(*fires: Fired, suppressed: Sequence[str] = ()) -> Findings:
    return Findings({fire.cause.id: fire for fire in fires}, {}, (), frozenset(suppressed))


def hit(kind: Kind, item: str, dense: float, lexical_rank: int | None = None) -> Hit:
    return Hit(Document(item, kind, "text"), 1.0, dense, 1.0, 1, lexical_rank)


def ranked(snapshot: Snapshot, found: Findings = NOTHING, *hits: Hit, symptom: str = "", owner: Owner = Owner.OURS) -> Ranking:
    ballot = Ballot(found, snapshot.symptoms.get(symptom), {}, hits, owner)
    return rank(ConditionIndex(snapshot), ballot, load_weights())


def rest(ranking: Ranking, name: str) -> float:
    return next(one.confidence for one in ranking.rest if one.name == name)


def order(ranking: Ranking) -> list[str]:
    return [hypothesis.cause.id for hypothesis in ranking.hypotheses]


def test_all_probabilities_add_up_to_one(snapshot: Snapshot) -> None:
    found = findings(fired(snapshot, IDLE, Level.LIKELY), fired(snapshot, WEIGHT, Level.POSSIBLE))
    ranking = ranked(snapshot, found, hit("cause", WEIGHT, 0.7, 1), symptom="socket-closed")
    total = sum(hypothesis.confidence for hypothesis in ranking.hypotheses) + sum(one.confidence for one in ranking.rest)
    assert total == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("better", "worse"), [(Level.CERTAIN, Level.LIKELY), (Level.LIKELY, Level.POSSIBLE), (Level.CERTAIN, Level.POSSIBLE)]
)
def test_a_better_level_ranks_first(snapshot: Snapshot, better: Level, worse: Level) -> None:
    for first, second in ((IDLE, WEIGHT), (WEIGHT, IDLE)):
        found = findings(fired(snapshot, second, worse), fired(snapshot, first, better))
        assert order(ranked(snapshot, found)) == [first, second]


def test_a_certain_rule_is_stronger_than_a_strong_likeness(snapshot: Snapshot) -> None:
    found = findings(fired(snapshot, IDLE, Level.CERTAIN))
    ranking = ranked(snapshot, found, hit("cause", WEIGHT, 0.8, 1), hit("example", "label-weight-exceeded", 0.8))
    assert order(ranking)[0] == IDLE
    assert ranking.hypotheses[0].confidence > 0.5


def test_without_a_vote_nothing_is_decided(snapshot: Snapshot) -> None:
    ranking = ranked(snapshot)
    assert ranking.hypotheses == ()
    assert sum(one.confidence for one in ranking.rest) == pytest.approx(1.0)


def test_a_ruled_out_cause_gets_no_vote_however_alike(snapshot: Snapshot) -> None:
    out = RuledOut(snapshot.causes[IDLE], Advice("too soon", ()), ())
    found = Findings({}, {IDLE: out}, ())
    ranking = ranked(snapshot, found, hit("cause", IDLE, 0.9, 1), hit("cause", WEIGHT, 0.4, 2), symptom="socket-closed")
    assert order(ranking) == [WEIGHT]


def test_a_suppressed_cause_keeps_only_the_votes_of_likeness(snapshot: Snapshot) -> None:
    found = findings(fired(snapshot, IDLE, Level.LIKELY), fired(snapshot, WEIGHT, Level.LIKELY), suppressed=[IDLE])
    ranking = ranked(snapshot, found, hit("cause", IDLE, 0.8))
    votes = {hypothesis.cause.id: [vote.voter for vote in hypothesis.votes] for hypothesis in ranking.hypotheses}
    assert votes == {WEIGHT: ["rule, likely"], IDLE: ["meaning"]}


def test_further_clauses_add_a_little_and_no_more_than_twice(snapshot: Snapshot) -> None:
    scores = []
    for clauses in (1, 2, 3, 9):
        (one,) = ranked(snapshot, findings(fired(snapshot, IDLE, Level.POSSIBLE, clauses))).hypotheses
        scores.append(sum(vote.score for vote in one.votes))
    assert scores[0] < scores[1] < scores[2] == scores[3]


def test_a_similar_failure_votes_for_the_cause_it_is_an_example_of(snapshot: Snapshot) -> None:
    (only,) = ranked(snapshot, NOTHING, hit("example", "label-weight-exceeded", 0.9)).hypotheses
    assert (only.cause.id, [vote.voter for vote in only.votes]) == (WEIGHT, ["similar failure"])


@pytest.mark.parametrize(
    "found", [hit("example", "label-weight-exceeded", 0.5), hit("cause", IDLE, 0.2), hit("cause", "gone", 0.9)]
)
def test_what_is_hardly_alike_or_not_in_the_corpus_does_not_vote(snapshot: Snapshot, found: Hit) -> None:
    assert ranked(snapshot, NOTHING, found).hypotheses == ()


def test_several_hits_of_one_cause_count_once_with_the_best(snapshot: Snapshot) -> None:
    once = ranked(snapshot, NOTHING, hit("cause", IDLE, 0.8, 1))
    twice = ranked(snapshot, NOTHING, hit("cause", IDLE, 0.6, 3), hit("cause", IDLE, 0.8, 1), hit("cause", IDLE, 0.5, 2))
    assert once == twice


def test_a_symptom_votes_for_its_candidates_in_their_order(snapshot: Snapshot) -> None:
    ranking = ranked(snapshot, NOTHING, symptom="socket-closed")
    assert order(ranking) == [IDLE, WEIGHT]
    assert ranking.hypotheses[0].confidence < 0.5 < rest(ranking, UNDECIDED)


def test_the_first_cause_of_every_candidate_comes_before_the_rest(snapshot: Snapshot) -> None:
    candidates = (Candidate(("a", "b"), "", ()), Candidate(("c", "a"), "", ()), Candidate(("d",), "", ()))
    assert candidate_ids(replace(snapshot.symptoms["unclear"], candidates=candidates)) == ["a", "c", "d", "b"]


def test_something_else_is_less_probable_when_the_product_is_named(snapshot: Snapshot) -> None:
    found = findings(fired(snapshot, IDLE, Level.POSSIBLE))
    ours, open_ = (rest(ranked(snapshot, found, owner=owner), ELSEWHERE) for owner in (Owner.OURS, Owner.OPEN))
    assert ours < open_


def test_equal_scores_keep_the_order_of_ids_and_the_list_is_bounded(snapshot: Snapshot) -> None:
    causes = {f"c{n:02}": replace(snapshot.causes[IDLE], id=f"c{n:02}") for n in range(MAX_CANDIDATES + 5)}
    many = replace(snapshot, causes=causes)
    found = findings(*(fired(many, cause_id, Level.POSSIBLE) for cause_id in reversed(causes)))
    assert order(ranked(many, found)) == sorted(causes)[:MAX_CANDIDATES]


@pytest.mark.parametrize(
    ("confidence", "rule", "expected"),
    [
        (0.99, Level.CERTAIN, Level.CERTAIN),
        (0.97, Level.CERTAIN, Level.CERTAIN),
        (0.96, Level.CERTAIN, Level.LIKELY),
        (0.99, Level.LIKELY, Level.LIKELY),
        (0.99, None, Level.LIKELY),
        (0.85, Level.POSSIBLE, Level.LIKELY),
        (0.84, Level.CERTAIN, Level.POSSIBLE),
        (0.10, None, Level.POSSIBLE),
    ],
)
def test_only_what_a_certain_rule_proves_is_called_certain(
    snapshot: Snapshot, confidence: float, rule: Level | None, expected: Level
) -> None:
    assert level_of(confidence, None if rule is None else fired(snapshot, IDLE, rule)) is expected
