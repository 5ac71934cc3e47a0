"""The MCP server as the SDK's own client sees it: over standard input and output, and over HTTP behind the door."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import httpx2
import jsonschema
import pytest
from api_world import ANNA, BEN, FAILURE, PATIENCE_S, VAGUE, Api, api, settings_for
from conftest import PARCEL, ROOT
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from bot.benchmark.planted import left_of, planted
from bot.commands.diagnose import as_json
from bot.engine import Engine
from bot.knowledge.load import load_snapshot
from bot.settings import Settings

Mode = Literal["auto", "legacy"]
MODES: list[Mode] = ["auto", "legacy"]
"""The present protocol, and the handshake of the versions before it."""
TRACE = (
    'Traceback (most recent call last):\n  File "/srv/app/labels.py", line 12, in print_label\n'
    '    client.labels.create(weight=40)\nparcelo.ApiError: 422 {"fault": "weight_exceeded"}\n'
)


@pytest.fixture
def stdio(cache_dir: Path, parcel_engine: Engine, tmp_path: Path) -> StdioServerParameters:
    """How an editor starts the server."""
    env = {"KNOWLEDGE_DIR": str(PARCEL), "CACHE_DIR": str(cache_dir), "DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    return StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=env, cwd=ROOT)


@pytest.fixture
async def door(parcel_engine: Engine, parcel_settings: Settings) -> AsyncIterator[Api]:
    """The endpoint with /mcp."""
    async with api(parcel_engine, settings_for(parcel_settings)) as running:
        yield running


@asynccontextmanager
async def over_http(door: Api, token: str = ANNA, mode: Mode = "auto") -> AsyncIterator[Client]:
    """A client of the endpoint with a token."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S) as http,
        Client(streamable_http_client(f"{door.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


async def read(client: Client, uri: str) -> Any:
    [content] = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    return json.loads(content.text)


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "timing_ms"}


async def check_everything(client: Client, engine: Engine) -> None:
    """What a client can do with the server."""
    assert "Parcelo" in (client.instructions or "")
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"diagnose", "search", "read_traces"}
    for tool in tools.values():
        assert len(tool.description or "") > 100
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)

    found = await client.call_tool("diagnose", {"text": TRACE})
    answer = engine.answer(TRACE)
    assert not found.is_error
    assert untimed(found.structured_content) == untimed(as_json(engine, None, answer))
    assert "One parcel may weigh" in text_of(found) or "31.5 kg" in text_of(found)
    assert "https://docs.parcelo.example/weights" in text_of(found)
    jsonschema.validate(found.structured_content, tools["diagnose"].output_schema)

    hits = await client.call_tool("search", {"query": "how heavy can one parcel be", "limit": 3})
    jsonschema.validate(hits.structured_content, tools["search"].output_schema)
    kinds = {(hit["kind"], hit["id"]) for hit in hits.structured_content["hits"]}
    assert ("point", "weight-limit") in kinds
    assert len(hits.structured_content["hits"]) == 3
    assert all(hit["sources"] for hit in hits.structured_content["hits"])
    assert "https://docs.parcelo.example/weights" in text_of(hits)

    traces = await client.call_tool("read_traces", {"text": TRACE})
    jsonschema.validate(traces.structured_content, tools["read_traces"].output_schema)
    [trace] = traces.structured_content["traces"]
    assert (trace["language"], trace["innermost"]["line"], trace["end_line"]) == ("python", 12, 4)
    assert "print_label (/srv/app/labels.py:12)" in text_of(traces)

    assert [str(one.uri) for one in (await client.list_resources()).resources] == ["corpus://causes"]
    [template] = (await client.list_resource_templates()).resource_templates
    assert template.uri_template == "corpus://causes/{id}"
    causes = await read(client, "corpus://causes")
    assert causes["product"] == "Parcelo"
    assert [one["id"] for one in causes["causes"]] == list(engine.snapshot.causes)
    cause = await read(client, "corpus://causes/weight-exceeded")
    assert cause["title"] == engine.snapshot.causes["weight-exceeded"].title
    assert cause["fixes"][0]["text"].startswith("Split the shipment")
    assert {source["id"] for source in cause["sources"]} == set(cause["fixes"][0]["sources"])


@pytest.mark.parametrize("mode", MODES)
async def test_an_editor_is_served_on_standard_input_and_output(
    stdio: StdioServerParameters, parcel_engine: Engine, mode: Mode
) -> None:
    async with asyncio.timeout(2 * PATIENCE_S), Client(stdio, mode=mode) as client:
        await check_everything(client, parcel_engine)


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_with_a_token_is_served_over_http(door: Api, parcel_engine: Engine, mode: Mode) -> None:
    async with over_http(door, mode=mode) as client:
        await check_everything(client, parcel_engine)


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_without_a_known_token_is_not_served(door: Api, mode: Mode) -> None:
    with pytest.raises((MCPError, httpx2.HTTPError, ExceptionGroup)):
        async with over_http(door, token="x" * 24, mode=mode) as client:
            await client.list_tools()
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    refused = await door.send("POST", "/mcp", token=None, json=message, headers=accept)
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert (await door.send("POST", "/mcp", json=message, headers=accept)).status == 200


# --- conversations and mistakes, over either transport


def clients(door: Api, stdio: StdioServerParameters) -> list[AbstractAsyncContextManager[Client]]:
    return [over_http(door), Client(stdio)]


async def test_a_thread_continues_a_conversation_of_the_same_caller(door: Api, stdio: StdioServerParameters) -> None:
    for connection in clients(door, stdio):
        async with connection as client:
            calls = [{"text": FAILURE, "thread": "t"}, {"text": FAILURE, "thread": "t"}, {"text": FAILURE, "thread": "u"}]
            repeats = [(await client.call_tool("diagnose", call)).structured_content["repeat"] for call in calls]
        assert repeats == [False, True, False]
    async with over_http(door, BEN) as other:
        assert not (await other.call_tool("diagnose", {"text": FAILURE, "thread": "t"})).structured_content["repeat"]


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("diagnose", {}, '"text" is missing'),
    ("diagnose", {"text": ""}, '"text" is empty'),
    ("diagnose", {"text": ["a"]}, '"text" must be a string'),
    ("diagnose", {"text": "marmalade", "thread": "t" * 201}, '"thread" is too long'),
    ("diagnose", {"text": "marmalade", "language": "en"}, "Only the fields"),
    ("diagnose", {"text": "marmalade " * 200_000}, ""),
    ("search", {"query": " "}, '"query" must be'),
    ("search", {"query": "marmalade " * 300}, '"query" has more than'),
    ("search", {"query": "marmalade", "limit": 0}, '"limit" must be'),
    ("search", {"query": "marmalade", "limit": 51}, '"limit" must be'),
    ("search", {"query": "marmalade", "limit": True}, '"limit" must be'),
    ("read_traces", {"text": 1}, '"text" must be'),
]


async def test_what_cannot_be_done_is_an_error_of_the_tool_that_says_what_to_do(stdio: StdioServerParameters) -> None:
    async with Client(stdio) as client:
        for name, arguments, says in MISTAKES:
            result = await client.call_tool(name, arguments)
            assert result.is_error, (name, list(arguments))
            assert says in text_of(result)
            assert "marmalade" not in text_of(result)
            assert "Traceback" not in text_of(result)
        for uri in ("corpus://causes/no-such-cause", "corpus://causes/", "corpus://other", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="There is no"):
                await client.read_resource(uri)
        with pytest.raises(MCPError, match="There is no such tool"):
            await client.call_tool("no_such_tool", {})
        assert not (await client.call_tool("diagnose", {"text": VAGUE})).is_error


async def test_a_mistake_of_ours_is_told_and_logged_without_what_was_pasted(
    door: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str, *_more: object) -> None:
        raise ValueError(text)

    caplog.set_level(logging.DEBUG, logger="bot")
    monkeypatch.setattr(door.service.engine, "answer", fail)
    async with over_http(door) as client:
        result = await client.call_tool("diagnose", {"text": "marmalade"})
    assert result.is_error
    assert "marmalade" not in text_of(result) + caplog.text
    assert "ValueError" in caplog.text


async def test_no_secret_of_a_paste_is_answered_or_printed(
    stdio: StdioServerParameters, capfd: pytest.CaptureFixture[str]
) -> None:
    plants = {plant.kind: plant for plant in planted(load_snapshot(PARCEL).profile)}.values()
    async with Client(stdio) as client:
        for plant in plants:
            text = f"why?\nparcelo.ApiError: 422 weight_exceeded {plant.text}\n{TRACE}{plant.text}"
            for name in ("diagnose", "read_traces"):
                result = await client.call_tool(name, {"text": text})
                assert not result.is_error
                assert not left_of(plant.secret, result.model_dump_json())
    printed = capfd.readouterr()
    assert not [plant.kind for plant in plants if left_of(plant.secret, printed.out + printed.err)]


async def test_only_the_protocol_is_on_standard_output_whatever_is_sent(stdio: StdioServerParameters) -> None:
    process = await asyncio.create_subprocess_exec(
        stdio.command, *stdio.args, env={**(stdio.env or {}), "LOG_LEVEL": "DEBUG"}, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    start = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "marmalade", "version": "1"}}
    call = {"name": "diagnose", "arguments": {"text": "marmalade"}, "extra": ["marmalade"]}
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": ["marmalade"]}},
        {"jsonrpc": "2.0", "id": 4, "method": "marmalade"},
    ]
    sent = b"".join(json.dumps(line).encode() + b"\n" for line in lines) + b'{"marmalade": \xff\n[marmalade\n\n'
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(sent)
    said: dict[object, Any] = {}
    async with asyncio.timeout(2 * PATIENCE_S):
        while not {1, 2, 3, 4} <= said.keys():
            message = json.loads(await process.stdout.readline())
            assert message["jsonrpc"] == "2.0"
            said[message.get("id")] = message
    process.stdin.close()
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())
    assert (process.returncode, b"marmalade" in err) == (0, False), err.decode()
    assert said[2]["result"]["structuredContent"]["verdict"] == "abstain"
    assert "error" in said[3]
    assert "error" in said[4]
