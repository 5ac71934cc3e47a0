"""A server's own corpus beside the shared one, with the real engine: the shared one is the invented product's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from own_corpora import failure, make_corpus

from bot.diagnosis.conversation import Conversation
from bot.diagnosis.types import Diagnosis, Evidence, Verdict
from bot.engine import Answer, Engine, build_engine
from bot.reply.markdown import render
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.side_by_side import answer_with_both

HERE, ELSEWHERE = 11, 12
SHARED_FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'
SHARED_KEY, OWN_KEY = "pk_live_7f3k9q2m5x8r1t6w4z0c", "glueberry_key_7f3k9q2m5x8r1t6w4z0c"


def engine_of(word: str, cache_dir: Path, tmp_path: Path) -> Engine:
    folder = make_corpus(tmp_path / word, word)
    return build_engine(load_settings({"KNOWLEDGE_DIR": str(folder), "CACHE_DIR": str(cache_dir)}))


@pytest.fixture
def own(cache_dir: Path, tmp_path: Path) -> Engine:
    return engine_of("glueberry", cache_dir, tmp_path)


@pytest.fixture
def service(parcel_engine: Engine, parcel_settings: Settings, own: Engine, cache_dir: Path, tmp_path: Path) -> Iterator[Service]:
    service = Service(parcel_engine, parcel_settings)
    service.serve_own(HERE, own)
    service.serve_own(ELSEWHERE, engine_of("marzipan", cache_dir, tmp_path))
    yield service
    service.close()


@pytest.mark.parametrize(
    ("text", "guild_id", "verdict", "names"),
    [
        (failure("glueberry"), HERE, Verdict.DIAGNOSIS, "Glueberry"),
        (failure("marzipan"), ELSEWHERE, Verdict.DIAGNOSIS, "Marzipan"),
        (failure("glueberry"), ELSEWHERE, Verdict.ABSTAIN, "Marzipan"),
        (failure("marzipan"), HERE, Verdict.ABSTAIN, "Glueberry"),
        (failure("glueberry"), None, Verdict.ABSTAIN, "Parcelo"),
        (failure("glueberry"), 13, Verdict.ABSTAIN, "Parcelo"),
        (SHARED_FAILURE, HERE, Verdict.DIAGNOSIS, "Parcelo"),
        (SHARED_FAILURE, ELSEWHERE, Verdict.DIAGNOSIS, "Parcelo"),
        ("how much does the glueberry tank hold?", HERE, Verdict.ANSWER, "Glueberry"),
        ("how heavy can one parcel be?", HERE, Verdict.ANSWER, "Parcelo"),
        ("hello there", HERE, Verdict.ABSTAIN, "Glueberry"),
    ],
)
async def test_each_server_is_answered_from_its_own_corpus_and_the_shared_one_alone(
    service: Service, text: str, guild_id: int | None, verdict: Verdict, names: str
) -> None:
    answer = await service.answer(text, guild_id=guild_id)
    assert (answer.diagnosis.verdict, answer.snapshot.about["name"]) == (verdict, names)
    said = "\n".join(render(answer.reply)).casefold()
    strangers = {"glueberry", "marzipan", "parcelo"} - {names.casefold()}
    assert not [word for word in strangers if word in said.replace(text.casefold(), "")]


def test_of_equal_answers_the_own_ones_is_given(parcel_engine: Engine, own: Engine) -> None:
    both = f"{failure('glueberry')}\n{SHARED_FAILURE}"
    assert answer_with_both(parcel_engine, own, both, Conversation()).snapshot is own.snapshot


async def test_the_conversation_with_both_goes_on(service: Service) -> None:
    trace = f'Traceback (most recent call last):\n  File "a.py", line 1, in run\n{failure("glueberry")}'
    first = await service.answer(trace, guild_id=HERE)
    second = await service.answer(SHARED_FAILURE, first.conversation, guild_id=HERE)
    assert second.conversation.turns == 2
    assert second.conversation.beside is not None
    assert second.conversation.beside.turns == 2
    again = await service.answer(trace, second.conversation, guild_id=HERE)
    assert again.snapshot.about["name"] == "Glueberry"
    assert again.diagnosis.repeat
    shared = await service.answer(SHARED_FAILURE, again.conversation, guild_id=HERE)
    assert shared.snapshot.about["name"] == "Parcelo"
    assert shared.diagnosis.repeat


@pytest.mark.parametrize("failing", [failure("glueberry"), SHARED_FAILURE])
@pytest.mark.parametrize("key", [SHARED_KEY, OWN_KEY])
async def test_a_secret_that_either_corpus_knows_is_hidden_from_both(service: Service, failing: str, key: str) -> None:
    answer = await service.answer(f"{failing} {key}", guild_id=HERE)
    assert answer.diagnosis.verdict is Verdict.DIAGNOSIS
    assert key not in repr(answer)
    kind = "parcelo-key" if key == SHARED_KEY else "glueberry-key"
    assert [redaction.kind for redaction in answer.reading.redactions] == [kind]
    assert kind.replace("-", " ") in "\n".join(render(answer.reply))


async def test_the_times_of_both_count(service: Service) -> None:
    answer = await service.answer("hello there", guild_id=HERE)
    assert answer.timing_ms["total"] == pytest.approx(
        sum(answer.timing_ms[s] for s in ("reading", "diagnosis", "reply")), abs=0.1
    )


async def test_a_server_without_a_ready_engine_is_asked_for(service: Service) -> None:
    wanted: list[int] = []
    service.wanted = wanted.append
    for guild_id in (HERE, 13, None):
        await service.answer("hello there", guild_id=guild_id)
    assert wanted == [13]


async def test_without_an_own_corpus_the_shared_one_alone_answers(service: Service) -> None:
    service.serve_own(HERE, None)
    assert [snapshot.about["name"] for snapshot in service.snapshots(HERE)] == ["Parcelo"]
    answer = await service.answer(failure("glueberry"), guild_id=HERE)
    assert (answer.diagnosis.verdict, answer.conversation.beside) == (Verdict.ABSTAIN, None)
    assert [snapshot.about["name"] for snapshot in service.snapshots(ELSEWHERE)] == ["Marzipan", "Parcelo"]


def test_what_failures_look_like_is_kept_in_the_shared_corpus_words_alone(parcel_engine: Engine, own: Engine) -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in run\nKeyError: litres exceeded'
    alone = own.answer(trace)
    assert "litres" in " ".join(alone.templates.values())
    both = answer_with_both(parcel_engine, own, trace, Conversation())
    assert both.templates
    assert "litres" not in " ".join(both.templates.values())


class Always:
    """An engine that concludes the same of every message."""

    def __init__(self, engine: Engine, diagnosis: Diagnosis) -> None:
        self._answer = replace(engine.answer("hello there"), diagnosis=diagnosis)

    def answer(self, _text: str, _conversation: Conversation, **_: object) -> Answer:
        return self._answer


WEAK = Diagnosis(Verdict.OVERVIEW)
FOUNDED = Diagnosis(Verdict.OVERVIEW, symptom_evidence=(Evidence(1, "closed", "the line"),))
FACT = Diagnosis(Verdict.ANSWER)


@pytest.mark.parametrize(
    ("shared", "special", "is_own"),
    [
        (WEAK, WEAK, True),
        (FOUNDED, FOUNDED, True),
        (WEAK, FOUNDED, True),
        (FOUNDED, WEAK, False),
        (FOUNDED, FACT, False),
        (FACT, FACT, True),
        (Diagnosis(Verdict.DIAGNOSIS), FOUNDED, False),
        (Diagnosis(Verdict.ABSTAIN), WEAK, True),
    ],
)
def test_the_better_founded_answer_is_given(
    parcel_engine: Engine, own: Engine, shared: Diagnosis, special: Diagnosis, is_own: bool
) -> None:
    engines = (Always(parcel_engine, shared), Always(own, special))
    given = answer_with_both(*engines, "it failed", Conversation())  # type: ignore[arg-type]  # all that is used of an engine
    assert (given.snapshot is own.snapshot) is is_own
