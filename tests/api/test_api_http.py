"""The HTTP endpoint: the answers of the command line, an error for everything else, and nothing secret anywhere."""

from __future__ import annotations

import gzip
import io
import json
import logging
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from api_world import ANNA, BEN, FAILURE, VAGUE, Api, api, settings_for
from conftest import PARCEL

from bot.api.openapi import describe
from bot.api.schema import ANSWER, ERROR, QUESTION
from bot.benchmark.planted import left_of, planted
from bot.cli import main
from bot.commands.diagnose import as_json
from bot.engine import Engine, build_engine
from bot.knowledge.load import load_snapshot
from bot.settings import Settings

LIMIT = 50_000
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}


@pytest.fixture
async def door(parcel_engine: Engine, parcel_settings: Settings) -> AsyncIterator[Api]:
    """An endpoint for the invented product."""
    async with api(parcel_engine, settings_for(parcel_settings, API_BODY_LIMIT=str(LIMIT))) as running:
        yield running


def closed(schema: Any) -> Any:
    """The same schema, in which an object has no other properties than those it names."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema and "type" in schema else {}
    return more | {name: closed(value) for name, value in schema.items()}


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    assert set(answer["timing_ms"]) == {"reading", "diagnosis", "reply", "total"}
    return {name: value for name, value in answer.items() if name != "timing_ms"}


async def test_the_answer_is_that_of_the_command_line(
    door: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache_dir: object
) -> None:
    for name, value in {"KNOWLEDGE_DIR": str(PARCEL), "CACHE_DIR": str(cache_dir), "LOG_LEVEL": "ERROR"}.items():
        monkeypatch.setenv(name, value)
    for text in (FAILURE, VAGUE, "how heavy can one parcel be?", "good morning"):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        assert main(["diagnose", "--format", "json"]) == 0
        printed = json.loads(capsys.readouterr().out)
        for reply in (await door.ask(text), await door.send("POST", "/diagnose", data=text, headers=TEXT)):
            assert reply.status == 200
            assert untimed(reply.json) == untimed(printed)


@pytest.mark.parametrize("name", ["case-1", 7, 0, "", None, "Frühstück ☕", "half a pair \ud800"])
async def test_the_id_comes_back(door: Api, name: object) -> None:
    reply = await door.ask(FAILURE, id=name)
    assert reply.status == 200
    assert reply.json["id"] == ("half a pair ?" if isinstance(name, str) and name.startswith("half") else name)


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (FAILURE.encode(), ""),
        (FAILURE.encode("utf-16"), ""),
        (gzip.compress(FAILURE.encode()), ""),
        (f"Grüße, {FAILURE}".encode("cp1252"), "; charset=windows-1252"),
    ],
)
async def test_plain_text_is_read_as_attachments_are(door: Api, data: bytes, charset: str) -> None:
    reply = await door.send("POST", "/diagnose", data=data, headers={"Content-Type": f"text/plain{charset}"})
    assert (reply.status, reply.json["causes"][0]["id"]) == (200, "weight-exceeded")


async def test_of_a_long_text_head_and_tail_are_read(parcel_settings: Settings) -> None:
    settings = settings_for(parcel_settings, ANALYSIS_LIMIT="2000")
    middle = "\n".join(f"INFO parcelo heartbeat {number}" for number in range(500))
    async with api(build_engine(settings), settings) as door:
        at_the_end = await door.ask(f"{middle}\n{FAILURE}")
        lost = await door.ask(f"{middle}\n{FAILURE}\n{middle}")
    assert at_the_end.json["causes"][0]["id"] == "weight-exceeded"
    assert lost.status == 200
    assert lost.json["verdict"] != "diagnosis"


# --- conversations


async def test_a_thread_continues_a_conversation(door: Api) -> None:
    first = await door.ask(FAILURE, thread="order 7")
    again = await door.ask(FAILURE, thread="order 7")
    elsewhere = await door.ask(FAILURE, thread="order 8")
    alone = await door.ask(FAILURE)
    assert [reply.json["repeat"] for reply in (first, again, elsewhere, alone)] == [False, True, False, False]


async def test_no_token_sees_the_conversation_of_another(door: Api) -> None:
    await door.ask(FAILURE, ANNA, thread="t")
    assert not (await door.ask(FAILURE, BEN, thread="t")).json["repeat"]
    assert (await door.ask(FAILURE, ANNA, thread="t")).json["repeat"]


# --- what cannot be answered


WRONG = [
    (JSON, b"{", 400, "bad_json"),
    (JSON, b"\xff\xfe\x00", 400, "bad_json"),
    (JSON, b"[" * 20_000, 400, "bad_json"),
    (JSON, b'{"text": "x", "id": ' + b"9" * 5_000 + b"}", 400, "bad_json"),
    (JSON, b"", 400, "bad_json"),
    (JSON, b"[]", 422, "invalid"),
    (JSON, b'"text"', 422, "invalid"),
    (JSON, b"{}", 422, "invalid"),
    (JSON, b'{"text": null}', 422, "invalid"),
    (JSON, b'{"text": 5}', 422, "invalid"),
    (JSON, b'{"text": " \\n"}', 422, "invalid"),
    (JSON, b'{"text": "x", "txt": "y"}', 422, "invalid"),
    (JSON, b'{"text": "x", "id": []}', 422, "invalid"),
    (JSON, b'{"text": "x", "id": true}', 422, "invalid"),
    (JSON, b'{"text": "x", "id": 1.5}', 422, "invalid"),
    (JSON, b'{"text": "x", "id": ' + b"9" * 30 + b"}", 422, "invalid"),
    (JSON, b'{"text": "x", "thread": {"a": 1}}', 422, "invalid"),
    (JSON, b'{"text": "x", "thread": "' + b"t" * 201 + b'"}', 422, "invalid"),
    (TEXT, b"", 422, "invalid"),
    (TEXT, b" \n\t", 422, "invalid"),
    (TEXT, b"\x89PNG\r\n\x1a\n....", 422, "invalid"),
    (TEXT, gzip.compress(b"a" * (LIMIT + 1)), 413, "too_large"),
    (TEXT, b"a" * (LIMIT + 1), 413, "too_large"),
    ({"Content-Type": "application/xml"}, b"<text/>", 415, "content_type"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, b"text=x", 415, "content_type"),
]


@pytest.mark.parametrize(("headers", "body", "status", "code"), WRONG)
async def test_what_cannot_be_read_is_refused_with_advice(
    door: Api, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    reply = await door.send("POST", "/diagnose", data=body, headers=headers)
    assert (reply.status, reply.json["error"]["code"]) == (status, code)
    jsonschema.validate(reply.json, closed(ERROR))
    assert len(reply.json["error"]["message"]) > 20
    assert (await door.ask(FAILURE)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("POST", "/diagnose/", 404, "not_found"),
        ("GET", "/../etc/passwd", 404, "not_found"),
        ("GET", "/diagnose", 405, "method"),
        ("DELETE", "/diagnose", 405, "method"),
        ("GET", "/mcp", 405, "method"),
        ("POST", "/healthz", 405, "method"),
    ],
)
async def test_other_paths_and_methods_are_refused_as_json(door: Api, method: str, path: str, status: int, code: str) -> None:
    reply = await door.send(method, path)
    assert (reply.status, reply.json["error"]["code"]) == (status, code)
    assert ("allow" in reply.headers) == (status == 405)


async def test_a_mistake_of_ours_tells_nobody_what_was_pasted(
    door: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str, *_more: object) -> None:
        raise ValueError(text)

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(door.service.engine, "answer", fail)
    reply = await door.ask("marmalade")
    assert (reply.status, reply.json["error"]["code"]) == (500, "failed")
    assert "marmalade" not in reply.text + caplog.text
    assert "ValueError" in caplog.text
    monkeypatch.undo()
    assert (await door.ask(FAILURE)).status == 200


# --- what is told without a token


async def test_health_needs_no_token_and_names_the_corpus(door: Api) -> None:
    reply = await door.send("GET", "/healthz", token=None)
    assert (reply.status, reply.json) == (200, {"status": "ok", "corpus": door.service.snapshot.version})


async def test_the_description_is_served_and_names_every_route(door: Api) -> None:
    reply = await door.send("GET", "/openapi.json", token=None)
    assert (reply.status, reply.json) == (200, describe("Parcelo", LIMIT))
    for path, methods in reply.json["paths"].items():
        for method, about in methods.items():
            asked = await door.send(method.upper(), path, token=None)
            assert asked.status == (401 if "security" in about else 200)
            assert str(asked.status) in about["responses"]
    for schema in reply.json["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_described_answer_is_the_real_one(engine: Engine) -> None:
    validator = jsonschema.Draft202012Validator(closed(ANSWER))
    verdicts = set()
    texts = [example.text for example in engine.snapshot.examples[:40]]
    texts += [cause.tests[0].text for cause in list(engine.snapshot.causes.values())[:60]]
    texts += [point.questions[0] for point in list(engine.snapshot.points.values())[:40] if point.questions]
    for text in [*texts, "good morning", "Traceback (most recent call last):\nValueError"]:
        answer = as_json(engine, None, engine.answer(text))
        verdicts.add(answer["verdict"])
        assert not [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)]
    assert verdicts == {"diagnosis", "overview", "answer", "abstain"}


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ({"text": "x"}, True),
        ({"text": "x", "id": 1, "thread": "t"}, True),
        ({"text": "x", "id": None, "thread": None}, True),
        ({"text": ""}, False),
        ({"txt": "x", "text": "y"}, False),
        ({"text": "x", "thread": 1.5}, False),
    ],
)
async def test_the_described_question_is_what_is_accepted(door: Api, value: dict[str, Any], is_right: bool) -> None:
    assert jsonschema.Draft202012Validator(QUESTION).is_valid(value) == is_right
    assert (await door.send("POST", "/diagnose", json=value)).status == (200 if is_right else 422)


# --- secrets


async def test_no_secret_and_no_word_of_a_paste_leaves_the_endpoint_or_reaches_a_log(
    door: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plants = planted(load_snapshot(PARCEL).profile)
    by_kind = {plant.kind: plant for plant in plants}
    assert len(by_kind) > 10
    for plant in by_kind.values():
        reply = await door.ask(f"marmalade, why?\nparcelo.ApiError: 422 weight_exceeded {plant.text}", thread="t")
        assert reply.json["secrets_redacted"]
        assert not left_of(plant.secret, reply.text)
        logged = caplog.text + "".join(repr(vars(record)) for record in caplog.records)
        assert not left_of(plant.secret, logged)
    wrong = await door.send("POST", "/diagnose?marmalade=1", data=b'{"marmalade": 1, "text": ', headers=JSON)
    assert wrong.status == 400
    await door.send("GET", "/marmalade")
    logged = caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    assert "weight-exceeded" in logged
    assert "marmalade" not in logged
    assert ANNA not in logged
