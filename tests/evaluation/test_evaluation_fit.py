"""Fitting finds what is in the data, only that, and the same every time; nothing is scored on what it was fitted on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.cli import main
from bot.diagnosis.votes import CAUSE_VOTERS, ELSEWHERE, MEANING, OPEN, RULE, UNDECIDED, UNNAMED, VOTERS, WORDS
from bot.engine import Engine
from bot.evaluation.cases import Case
from bot.evaluation.cross_validation import VARIANTS, ablations
from bot.evaluation.examples import FOLDS, OF_RULES, Example, as_served, between_causes, examples, fold_of, held_examples, without
from bot.evaluation.fit import fit, fit_weights, folds, probabilities

RANDOM = np.random.default_rng(5)
TRACE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded"}'


def example(number: int, options: dict[str, dict[str, float]], wanted: str, candidates: tuple[str, ...] = ()) -> Example:
    given = {**options, UNDECIDED: {OPEN: 1.0}, ELSEWHERE: {UNNAMED: 1.0}}
    values = np.array([[votes.get(voter, 0.0) for voter in VOTERS] for votes in given.values()])
    right = np.array([option == wanted for option in given])
    return Example(str(number), number % FOLDS, frozenset({wanted}), frozenset(candidates), tuple(given), values, right)


def drawn(meaning: float, words: float, n: int = 1500) -> list[Example]:
    """Cases whose right option is drawn with known weights."""
    found = []
    for number in range(n):
        options = {name: {MEANING: float(RANDOM.uniform(0, 1)), WORDS: float(RANDOM.uniform(0, 1))} for name in "abc"}
        scores = {name: meaning * votes[MEANING] + words * votes[WORDS] for name, votes in options.items()}
        powers = np.exp([*scores.values(), 0.0])
        choice = RANDOM.choice([*scores, UNDECIDED], p=powers / powers.sum())
        found.append(example(number, options, str(choice)))
    return found


def test_known_weights_are_recovered() -> None:
    weights = fit_weights(drawn(4.0, 1.0), strength=0.01)
    assert weights[MEANING] - weights[OPEN] == pytest.approx(4.0, abs=0.5)
    assert weights[WORDS] == pytest.approx(1.0, abs=0.4)


def test_a_vote_that_misleads_gets_no_weight_rather_than_a_negative_one() -> None:
    weights = fit_weights(drawn(4.0, -3.0), strength=0.01)
    assert weights[WORDS] == 0.0


def test_a_better_rule_never_weighs_less() -> None:
    rules = [example(n, {"a": {RULE["certain"]: 1.0}}, UNDECIDED if n % 3 else "a") for n in range(60)]
    rules += [example(n, {"a": {RULE["likely"]: 1.0}}, "a") for n in range(60)]
    weights = fit_weights(rules, strength=0.1)
    assert weights[RULE["possible"]] <= weights[RULE["likely"]] <= weights[RULE["certain"]]


def test_the_same_cases_give_the_same_weights() -> None:
    cases = drawn(3.0, 1.0, 200)
    assert fit(cases) == fit(cases)


def test_more_regularisation_gives_smaller_weights() -> None:
    cases = drawn(4.0, 1.0, 300)
    assert fit_weights(cases, 30.0)[MEANING] < fit_weights(cases, 0.1)[MEANING]


def test_probabilities_of_a_case_add_up_to_one() -> None:
    assert probabilities(example(0, {"a": {MEANING: 2.0}}, "a"), dict.fromkeys(VOTERS, 50.0)).sum() == pytest.approx(1.0)


def test_cases_of_one_failure_are_never_on_both_sides() -> None:
    together: list[Case] = [{"id": str(n), "text": "x", "gold": ["a"], "scenario": "quota"} for n in range(30)]
    assert len({fold_of(case) for case in together}) == 1
    cases = drawn(1.0, 1.0, 50)
    assert all({e.id for e in kept}.isdisjoint(e.id for e in held) for kept, held in folds(cases))


def test_an_example_of_the_corpus_that_is_the_case_itself_is_known(parcel_engine: Engine) -> None:
    own = parcel_engine.snapshot.examples[0]
    assert held_examples(parcel_engine.snapshot, [{"text": f"  {own.text}\n"}]) == {own.id}
    assert held_examples(parcel_engine.snapshot, [{"text": "something new"}]) == frozenset()


def test_what_no_vote_reaches_is_right_to_leave_undecided(parcel_engine: Engine) -> None:
    (only,) = examples(parcel_engine, [{"id": "1", "text": TRACE, "gold": ["not-in-this-corpus"]}])
    assert [option for option, right in zip(only.options, only.right, strict=True) if right] == [UNDECIDED]


def test_a_case_with_a_rule_counts_in_part_as_if_it_had_none(parcel_engine: Engine) -> None:
    served = as_served(examples(parcel_engine, [{"id": "1", "text": TRACE, "gold": ["weight-exceeded"]}]))
    rules = [VOTERS.index(voter) for voter in OF_RULES]
    assert [bool(one.values[:, rules].any()) for one in served] == [True, False]
    assert sum(one.share for one in served) == pytest.approx(1.0)


def test_candidates_of_an_undecided_case_are_a_choice_between_causes_alone() -> None:
    open_case = example(0, {"a": {MEANING: 0.2}, "b": {MEANING: 0.1}}, UNDECIDED, ("b",))
    (choice,) = between_causes([open_case])
    assert (choice.options, choice.right.tolist()) == (("a", "b"), [False, True])


def test_an_option_that_only_left_out_voters_spoke_for_is_gone() -> None:
    both = example(0, {"a": {MEANING: 0.2}, "b": {WORDS: 1.0}}, "b")
    left = without(both, [WORDS])
    assert left.options == ("a", UNDECIDED, ELSEWHERE)
    assert [option for option, right in zip(left.options, left.right, strict=True) if right] == [UNDECIDED]


def test_an_ablation_scores_each_kind_of_vote_alone() -> None:
    found = ablations(drawn(20.0, 0.0, 200), strength=0.1)
    assert found.keys() == VARIANTS.keys()
    dense, lexical = (found[name].top1[0] for name in ("dense only", "lexical only"))
    assert dense is not None
    assert lexical is not None
    assert dense > lexical
    assert set(VARIANTS["all"]) == set(CAUSE_VOTERS)


def test_the_command_writes_weights_with_their_day_and_scores_and_a_picture(
    tmp_path: Path, parcel_engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache_dir: Path
) -> None:
    texts = {"weight-exceeded": TRACE, "live-idle-close": "closed 4001 no heartbeat for 60 s", "none": "KeyError: 'x'"}
    lines = [
        json.dumps({"id": f"{n}-{gold}", "text": f"{text} ({n})", "gold": [gold]})
        for n in range(4)
        for gold, text in texts.items()
    ]
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("KNOWLEDGE_DIR", str(Path(__file__).parent.parent / "corpora/parcel"))
    monkeypatch.setenv("CACHE_DIR", str(cache_dir))
    out, plot = tmp_path / "weights.json", tmp_path / "plot.png"
    assert main(["fit", str(cases), "--out", str(out), "--plot", str(plot), "--ablation"]) == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["weights"].keys() == set(VOTERS)
    assert data["cases"] == len(lines)
    assert data["cross_validated"]["top1"] == 1.0
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "rules only" in capsys.readouterr().out


def test_the_command_refuses_a_file_without_failures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = tmp_path / "questions.jsonl"
    cases.write_text('{"id": "q", "text": "how heavy?", "answerable": false}', encoding="utf-8")
    assert main(["fit", str(cases)]) == 2
    assert str(cases) in capsys.readouterr().err
