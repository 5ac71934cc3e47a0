"""The delivered corpus: the conversation it was made for, and pairs of failures that share a code and differ in the reason."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.selftest import run_selftest
from bot.diagnosis.types import Verdict
from bot.engine import Answer, Engine
from bot.knowledge.load import load_sound_parts
from bot.knowledge.types import Level
from bot.reading import Reader
from bot.reply import markdown

ROOT = Path(__file__).parent.parent
THREAD = ROOT / "tests/conversations/support-thread.jsonl"
DISCORD_LIMIT = 2000


def shown(answer: Answer) -> str:
    return "\n".join(markdown.render(answer.reply))


# --- the corpus itself


def test_the_corpus_passes_its_own_check() -> None:
    snapshot, problems = load_sound_parts(ROOT / "knowledge")
    assert snapshot is not None
    assert [
        str(problem) for problem in problems + run_selftest(snapshot, Reader(snapshot.profile), ConditionIndex(snapshot))
    ] == []


def test_every_cause_can_be_recognised_and_says_what_to_do_with_a_page(engine: Engine) -> None:
    for cause in engine.snapshot.causes.values():
        assert cause.fixes, cause.id
        assert all(advice.cite for advice in (cause.summary, *cause.fixes)), cause.id
        assert any(cause.rules[level] for level in Level), cause.id
        assert any(test.match for test in cause.tests), cause.id
        assert any(not test.match for test in cause.tests), cause.id


def test_every_symptom_offers_candidates_or_says_what_to_send(engine: Engine) -> None:
    for symptom in engine.snapshot.symptoms.values():
        assert symptom.candidates or symptom.ask, symptom.id
        assert {cause for candidate in symptom.candidates for cause in candidate.causes} <= engine.snapshot.causes.keys()


def test_what_is_cited_is_a_public_page(engine: Engine) -> None:
    assert all(re.match(r"https://[\w.-]+\.[a-z]+(?:/|$)", source.url) for source in engine.snapshot.sources.values())


# --- the conversation the bot was made for


@pytest.fixture(scope="module")
def thread(engine: Engine) -> dict[str, Answer]:
    """The answers to the messages of the thread, which follow each other, by id."""
    answers, conversation = {}, Conversation()
    for line in THREAD.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        answers[message["id"]] = answer = engine.answer(message["text"], conversation)
        conversation = answer.conversation
    return answers


CHECKLIST = [
    ("seed-1", "idle sockets close after 20 s", r"Inactivity timeout.*20 s"),
    ("seed-1", "a single space keeps alive", r'`" "`'),
    ("seed-1", "the timeout can be raised to 180", r"inactivity_timeout=180"),
    ("seed-1", "an empty string ends the stream", r'`stream-input`.*`""` ends the stream'),
    ("seed-1", "each context has its own timeout", r"multi-stream-input`.*every context has its own"),
    ("seed-1", "one message closes all contexts", r'\{"close_socket": true\}'),
    ("seed-1", "the newest model is not on these sockets", r"eleven_v3` does not run"),
    ("seed-1", "key, quota and concurrency look alike", r"(?i)key, quota or concurrency.*401/403/429"),
    ("seed-1", "next steps: the endpoint", r"(?s)next steps.*endpoint"),
    ("seed-1", "next steps: the timing of the close", r"(?s)next steps.*close code.*seconds"),
    ("seed-1", "next steps: raise the timeout and compare", r"(?s)next steps.*Set `inactivity_timeout=180`"),
    ("seed-1", "next steps: the key and the limits", r"(?s)next steps.*key.*limits of your plan"),
    ("seed-1", "asks for the endpoint", r"(?s)send\*\*.*which endpoint"),
    ("seed-1", "asks for the model", r"(?s)send\*\*.*model_id"),
    ("seed-1", "asks for the last messages", r"(?s)send\*\*.*last messages"),
    ("seed-2", "the client hides the reason", r"hides the server's reason"),
    ("seed-2", "the line that shows it", r"> 7 │ `livekit\.agents\._exceptions\.APIStatusError: .*\(status_code=-1"),
    ("seed-2", "how to make the reason visible", r"Make the reason visible: upgrade to `livekit-plugins-elevenlabs`"),
    ("seed-2", "keep alive with a space", r'`" "`'),
    ("seed-2", "the longest timeout", r"inactivity_timeout=180"),
    ("seed-2", "no unintended empty string", r'`""` ends the stream, so never send one by accident'),
    ("seed-2", "HTTP when the whole text is known", r"HTTP streaming"),
    ("seed-2", "the model", r"eleven_v3` does not run"),
    ("seed-2", "authentication", r"verify `xi-api-key`"),
    ("seed-2", "concurrency with backoff", r"429 with exponential backoff"),
    ("seed-2", "a regional host", r"api\.us\.elevenlabs\.io"),
    ("seed-2", "asks for the URL without the key", r"URL \(without the key\)"),
    ("seed-2", "asks for the model", r"(?s)send\*\*.*`model_id`"),
    ("seed-3", "says what is new", r"^\*\*What this adds"),
    ("seed-3", "rules the idle timeout out", r"(?i)inactivity timeout:?\*\*.*closed sooner than an idle timeout"),
    ("seed-3", "by the measured time", r"0\.86 s"),
    ("seed-3", "quotes its own line", r"> 10 │ `livekit\.agents\._exceptions\.APIStatusError"),
    ("seed-3", "what it can still be", r"Key, quota or concurrency"),
    ("seed-4", "says that it is the same", r"(?i)^\*\*the same failure again"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "expected"), [(row[0], row[2]) for row in CHECKLIST], ids=[f"{row[0]}: {row[1]}" for row in CHECKLIST]
)
def test_the_thread_s_answer_says(thread: dict[str, Answer], message: str, expected: str) -> None:
    assert re.search(expected, shown(thread[message])), shown(thread[message])


def test_the_thread_stays_open_until_something_decides(thread: dict[str, Answer]) -> None:
    assert {message: answer.diagnosis.verdict for message, answer in thread.items()} == dict.fromkeys(thread, Verdict.OVERVIEW)
    assert [answer.diagnosis.repeat for answer in thread.values()] == [False, False, False, True]
    assert all(hypothesis.level is not Level.CERTAIN for answer in thread.values() for hypothesis in answer.diagnosis.hypotheses)


def test_the_ruled_out_cause_is_no_longer_a_candidate(thread: dict[str, Answer]) -> None:
    assert [out.cause.id for out in thread["seed-2"].diagnosis.ruled_out] == []
    assert [out.cause.id for out in thread["seed-3"].diagnosis.ruled_out] == ["ws-inactivity-timeout"]
    assert "- **Inactivity timeout:**" in shown(thread["seed-2"])
    assert "- **Inactivity timeout:**" not in shown(thread["seed-3"])
    assert thread["seed-3"].diagnosis.changes
    assert thread["seed-4"].diagnosis.changes == ()


def test_answers_of_the_thread_fit_discord_and_name_each_page_once(thread: dict[str, Answer]) -> None:
    for answer in thread.values():
        assert all(len(message) < DISCORD_LIMIT for message in markdown.render(answer.reply))
        pages = re.findall(r"\]\(<(https://[^>]+)>\)", shown(answer))
        assert len(pages) == len(set(pages))
        cited = {int(number) for number in re.findall(r"\[(\d+)\]", shown(answer))}
        assert cited == set(range(1, len(pages) + 1))


def test_every_candidate_of_the_thread_has_a_page(thread: dict[str, Answer]) -> None:
    for message in ("seed-1", "seed-2", "seed-3"):
        candidates = re.findall(r"^- \*\*.*$", shown(thread[message]), re.MULTILINE)
        assert len(candidates) >= 4
        assert all(re.search(r"\[\d+\]$", candidate) for candidate in candidates)


def test_a_further_message_does_not_repeat_the_answer(thread: dict[str, Answer]) -> None:
    lengths = [len(shown(thread[message])) for message in ("seed-2", "seed-3", "seed-4")]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[2] < 1000
    assert len(markdown.render(thread["seed-4"].reply)) == 1


def test_the_traces_of_the_thread_are_read_through_their_wrapping(thread: dict[str, Answer]) -> None:
    for message in ("seed-2", "seed-3"):
        for trace in thread[message].reading.traces:
            assert trace.exception_type == "livekit.agents._exceptions.APIStatusError"
            assert trace.innermost is not None
            assert (trace.innermost.line, trace.innermost.function) == (420, "_run")


# --- one code, several reasons

CASES = yaml.safe_load((ROOT / "tests/conversations/same-code.yaml").read_text(encoding="utf-8"))
DECIDED = [pytest.param(case["text"], case["cause"], id=case["name"]) for case in CASES if "cause" in case]
UNDECIDED = [pytest.param(case["text"], case["symptom"], id=case["name"]) for case in CASES if "symptom" in case]


@pytest.mark.parametrize(("text", "cause"), DECIDED)
def test_the_reason_decides_not_the_code(engine: Engine, text: str, cause: str) -> None:
    diagnosis = engine.answer(text).diagnosis
    assert diagnosis.verdict is Verdict.DIAGNOSIS
    assert diagnosis.hypotheses[0].cause.id == cause
    assert diagnosis.hypotheses[0].evidence, "the line that proves it is shown"


@pytest.mark.parametrize(("text", "symptom"), UNDECIDED)
def test_a_code_without_its_reason_is_left_open_with_the_candidates(engine: Engine, text: str, symptom: str) -> None:
    diagnosis = engine.answer(text).diagnosis
    assert diagnosis.verdict is Verdict.OVERVIEW
    assert diagnosis.symptom is not None
    assert diagnosis.symptom.id == symptom
    assert len(diagnosis.hypotheses) > 1
    assert diagnosis.questions


@pytest.mark.parametrize("text", [pytest.param(case["text"], id=case["name"]) for case in CASES])
def test_no_message_of_an_answer_exceeds_discord_s_limit(engine: Engine, text: str) -> None:
    assert all(len(message) < DISCORD_LIMIT for message in markdown.render(engine.answer(text).reply))


@pytest.mark.parametrize(
    "text",
    [
        "openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect key', 'code': 'invalid_api_key'}}",
        "deepgram.errors.DeepgramApiError: 402 Payment Required",
        "botocore.exceptions.ClientError: An error occurred (403) when calling the PutObject operation: Forbidden",
        "stripe._error.CardError: Request req_1: Your card was declined. 402",
        "KeyError: 'voice'",
        "thanks a lot, works now!",
    ],
)
def test_what_is_not_ours_gets_silence(engine: Engine, text: str) -> None:
    assert engine.answer(text).diagnosis.verdict is Verdict.ABSTAIN
