"""Conversations, message by message: each answer is what a good supporter would say at that point of the thread.

Every message of the files under conversations/threads carries what its answer must hold and must not, in the words of `KNOWN`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.diagnose import answer_batch
from bot.engine import Engine
from bot.knowledge.types import Snapshot

ROOT = Path(__file__).parent.parent
THREADS = ROOT / "tests/conversations/threads"
AT_LEAST = 36
"""Conversations below which the set no longer covers what people do in a thread."""
OFFERED_FROM = 0.1
"""Confidence from which a cause among the candidates counts as offered."""
KNOWN = {
    "verdict", "cause", "symptom", "lists", "without", "ruled_out", "not_ruled_out", "changes", "repeat", "asks", "asks_not",
    "says", "says_not", "points", "secrets",
}  # fmt: skip
"""What an expectation may hold.

verdict, cause: one, or a list of those that are right; cause is the first one. symptom: the id of what an overview is about.
lists, without: causes that are, or are not, offered. ruled_out, not_ruled_out: causes. points: one of them answers.
changes: "none", or causes that what has changed must name (`names`: all, `names_one_of`: one). repeat: false unless it is said.
asks, asks_not: words of the questions. says, says_not: words of the answer. secrets: how many were hidden.
"""

SETS = (
    ("lists", "offered", True),
    ("without", "offered", False),
    ("ruled_out", "ruled out", True),
    ("not_ruled_out", "ruled out", False),
)
"""Expectations about a set of causes: which set, and whether they must be in it or must not."""

Conversation = dict[str, Any]
Answer = dict[str, Any]

CONVERSATIONS: list[Conversation] = [
    conversation for path in sorted(THREADS.glob("*.yaml")) for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
]
NAMES = [conversation["name"] for conversation in CONVERSATIONS]


def cases(conversation: Conversation) -> list[dict[str, Any]]:
    """The messages of a conversation as cases of a batch."""
    name = conversation["name"]
    return [{"id": f"{name}, {n}", "thread": name, "text": m["text"]} for n, m in enumerate(conversation["messages"], 1)]


def several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def problems(snapshot: Snapshot, expected: dict[str, Any], answer: Answer) -> Iterable[str]:
    """Where an answer is not what was expected, in words."""
    causes = [cause["id"] for cause in answer["causes"]]
    if answer["verdict"] not in several(expected["verdict"]):
        yield f"verdict {answer['verdict']} ({causes[:1]}), not {expected['verdict']}"
    if "cause" in expected and answer["verdict"] == "diagnosis" and causes[0] not in several(expected["cause"]):
        yield f"first cause {causes[0]}, not {expected['cause']}"
    if "symptom" in expected and snapshot.symptoms[expected["symptom"]].title not in answer["markdown"][0]:
        yield f"not about {expected['symptom']}: {answer['markdown'][0].splitlines()[0]}"
    out = {out["id"] for out in answer["ruled_out"]}
    offered = {cause["id"] for cause in answer["causes"] if cause["confidence"] >= OFFERED_FROM}
    told = {"offered": offered, "ruled out": out, "points": {point["id"] for point in answer["points"]}}
    for key, where, wanted in SETS:
        yield from (f"{i} {'not ' if wanted else ''}{where}" for i in expected.get(key, ()) if (i in told[where]) != wanted)
    if "points" in expected and told["points"].isdisjoint(expected["points"]):
        yield f"none of {expected['points']} in {sorted(told['points'])}"
    yield from _changes(snapshot, expected.get("changes", {}), answer["changes"])
    if answer["repeat"] not in several(expected.get("repeat", False)):
        yield f"repeat is {answer['repeat']}"
    questions, shown = "\n".join(answer["questions"]), "\n".join(answer["markdown"])
    yield from (f"does not ask {words!r}: {questions!r}" for words in expected.get("asks", ()) if words not in questions)
    yield from (f"asks {words!r}" for words in expected.get("asks_not", ()) if words in questions)
    yield from (f"does not say {words!r}" for words in expected.get("says", ()) if words not in shown)
    yield from (f"says {words!r}" for words in expected.get("says_not", ()) if words in shown)
    if answer["secrets_redacted"] != expected.get("secrets", 0):
        yield f"{answer['secrets_redacted']} secrets"


def _changes(snapshot: Snapshot, expected: str | dict[str, list[str]], changes: list[str]) -> Iterable[str]:
    if expected == "none":
        if changes:
            yield f"changes {changes}"
        return
    assert isinstance(expected, dict)
    named = {cause for cause in snapshot.causes if any(snapshot.causes[cause].title in change for change in changes)}
    yield from (f"{cause} not named in changes {changes}" for cause in expected.get("names", ()) if cause not in named)
    if "names_one_of" in expected and named.isdisjoint(expected["names_one_of"]):
        yield f"none of {expected['names_one_of']} named in changes {changes}"


def test_the_conversations_are_many_named_and_spelled_as_the_runner_reads_them(engine: Engine) -> None:
    assert len(CONVERSATIONS) >= AT_LEAST
    assert len(set(NAMES)) == len(NAMES)
    for conversation in CONVERSATIONS:
        assert conversation.keys() == {"name", "messages"}, conversation["name"]
        assert 2 <= len(conversation["messages"]) <= 6, conversation["name"]
        for message in conversation["messages"]:
            expected = message["expect"]
            assert message.keys() == {"text", "expect"}, conversation["name"]
            assert "verdict" in expected, conversation["name"]
            assert expected.keys() <= KNOWN, conversation["name"]
            ids = [
                i for key in ("cause", "lists", "without", "ruled_out", "not_ruled_out") for i in several(expected.get(key, []))
            ]
            ids += [
                i for named in (expected.get("changes") or {},) if isinstance(named, dict) for of in named.values() for i in of
            ]
            assert set(ids) <= engine.snapshot.causes.keys(), conversation["name"]
            assert set(expected.get("points", ())) <= engine.snapshot.points.keys(), conversation["name"]


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=NAMES)
def test_every_message_of_a_conversation_is_answered_as_a_supporter_would(engine: Engine, conversation: Conversation) -> None:
    answers = answer_batch(engine, cases(conversation))
    found = [
        f"message {n}: {problem}"
        for n, (message, answer) in enumerate(zip(conversation["messages"], answers, strict=True), 1)
        for problem in problems(engine.snapshot, message["expect"], answer)
    ]
    assert found == []


def test_the_command_line_answers_interleaved_conversations_as_one_after_the_other(
    engine: Engine, cache_dir: Path, tmp_path: Path
) -> None:
    alone = {answer["id"]: answer for each in CONVERSATIONS for answer in answer_batch(engine, cases(each))}
    turns = zip_longest(*(cases(conversation) for conversation in CONVERSATIONS))
    batch = tmp_path / "all.jsonl"
    batch.write_text("".join(json.dumps(case) + "\n" for turn in turns for case in turn if case), encoding="utf-8")
    environment = os.environ | {
        "KNOWLEDGE_DIR": str(ROOT / "knowledge"),
        "CACHE_DIR": str(cache_dir),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "bot", "diagnose", "--batch", str(batch)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True, timeout=300)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {answer["id"]: without_times(answer) for answer in answers} == {i: without_times(a) for i, a in alone.items()}


def without_times(answer: Answer) -> Answer:
    return {key: value for key, value in answer.items() if key != "timing_ms"}
