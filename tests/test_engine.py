"""An engine is built only from a sound corpus, embeds no text twice, and gives the same answer every time."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.diagnosis.conversation import Conversation
from bot.engine import Answer, Engine, build_engine
from bot.errors import CorpusError, ModelError
from bot.reply import markdown
from bot.settings import Settings, load_settings

WEIGHT = "causes/delivery/weight-exceeded.yaml"
TRACE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'


@pytest.fixture
def own(parcel: Path, tmp_path: Path, cache_dir: Path, parcel_engine: Engine) -> Settings:
    """Settings for a corpus of its own and a cache of its own, which knows all texts of the tiny corpus."""
    cache = tmp_path / "cache"
    shutil.copytree(cache_dir, cache)
    return load_settings({"KNOWLEDGE_DIR": str(parcel), "CACHE_DIR": str(cache)})


def edit(settings: Settings, path: str, old: str, new: str) -> None:
    file = settings.knowledge_dir / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_times(answer: Answer) -> Answer:
    return replace(answer, timing_ms={})


def test_a_corpus_whose_rule_fails_its_test_is_refused_with_the_place(own: Settings) -> None:
    edit(own, WEIGHT, "level: certain}\n    - {traceback", "level: certain}\n    - nothing of the kind\n    - {traceback")
    with pytest.raises(CorpusError) as caught:
        build_engine(own)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.code) == (WEIGHT, 17, "test-no-match")
    assert str(caught.value) == f"{WEIGHT}:17: test-no-match: must match and does not: 'nothing of the kind'"


def test_problems_of_form_and_failing_tests_are_reported_together(own: Settings) -> None:
    edit(own, WEIGHT, "api_error: weight_exceeded", "api_error: depot_closed")
    edit(own, "points/core.yaml", "source: weights", "source: nowhere")
    with pytest.raises(CorpusError) as caught:
        build_engine(own)
    assert {problem.code for problem in caught.value.problems} >= {"unknown-source", "test-no-match", "test-match"}


def test_without_a_corpus_there_is_no_engine(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="KNOWLEDGE_DIR"):
        build_engine(load_settings({"KNOWLEDGE_DIR": str(tmp_path / "none")}))


def test_a_model_that_is_not_there_is_refused_before_anything_is_answered(own: Settings) -> None:
    with pytest.raises(ModelError, match="EMBEDDING_MODEL"):
        build_engine(own.model_copy(update={"embedding_model": "/no/such/model"}))


def test_a_second_build_embeds_nothing(own: Settings) -> None:
    assert build_engine(own).index.embedded == 0


def test_after_one_changed_point_only_that_is_embedded(own: Settings) -> None:
    edit(own, "points/core.yaml", "a heavier one is refused with weight_exceeded", "all heavier ones are refused")
    assert build_engine(own).index.embedded == 1
    assert build_engine(own).index.embedded == 0


def test_a_change_that_is_not_searched_embeds_nothing(own: Settings) -> None:
    edit(own, WEIGHT, "ask: [the weight you sent]", "ask: [the weight that you sent]")
    assert build_engine(own).index.embedded == 0


MESSAGES = [
    TRACE,
    "our tracking socket closed, what is the reason?",
    "how heavy can one parcel be?",
    "KeyError: 'weight'",
    "",
    "Parcelo is slow\n" * 50,
]


@pytest.mark.parametrize("text", MESSAGES)
def test_the_same_message_gets_the_same_answer(parcel_engine: Engine, own: Settings, text: str) -> None:
    first, second, rebuilt = parcel_engine.answer(text), parcel_engine.answer(text), build_engine(own).answer(text)
    assert without_times(first) == without_times(second) == without_times(rebuilt)


def test_the_same_conversation_gets_the_same_answers(parcel_engine: Engine) -> None:
    def replies() -> list[list[str]]:
        conversation, found = Conversation(), []
        for text in MESSAGES:
            answer = parcel_engine.answer(text, conversation)
            conversation = answer.conversation
            found.append(markdown.render(answer.reply))
        return found

    assert replies() == replies()


def test_an_answer_tells_how_long_each_step_took(parcel_engine: Engine) -> None:
    timing = parcel_engine.answer(TRACE).timing_ms
    assert list(timing) == ["reading", "diagnosis", "reply", "total"]
    assert timing["total"] == pytest.approx(timing["reading"] + timing["diagnosis"] + timing["reply"], abs=0.1)


def test_reading_alone_concludes_nothing(parcel_engine: Engine) -> None:
    assert parcel_engine.read(TRACE) == parcel_engine.answer(TRACE).reading


def test_the_limit_of_the_settings_counts(own: Settings) -> None:
    engine = build_engine(own.model_copy(update={"analysis_limit": 2000}))
    assert engine.answer("x " * 5000).reading.dropped == 8000
