"""`python -m bot http` and `python -m bot mcp` as processes: how they start, what they refuse, how they end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from api_world import ANNA, FAILURE, PATIENCE_S
from conftest import PARCEL, ROOT

from bot.engine import Engine

START_S = 60.0


@pytest.fixture
def environment(cache_dir: Path, parcel_engine: Engine, tmp_path: Path) -> dict[str, str]:
    """The environment of a process for the invented product, whose texts are all embedded."""
    return {
        "PATH": os.environ["PATH"],
        "KNOWLEDGE_DIR": str(PARCEL),
        "CACHE_DIR": str(cache_dir),
        "DATA_DIR": str(tmp_path),
        "API_TOKENS": ANNA,
        "API_PORT": "0",
        "LOG_FORMAT": "json",
    }


@dataclass
class HttpProcess:
    """A running endpoint. lines: what it has logged."""

    process: asyncio.subprocess.Process
    port: int = 0
    lines: list[str] = field(default_factory=list)


@asynccontextmanager
async def http_process(environment: dict[str, str]) -> AsyncIterator[HttpProcess]:
    """The endpoint, listening; whatever happens, its process is gone in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "http", env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    running = HttpProcess(process)
    assert process.stderr is not None
    stderr = process.stderr

    async def listen() -> None:
        async for line in stderr:
            running.lines.append(line.decode())

    try:
        async with asyncio.timeout(START_S):
            while not running.port:
                line = (await stderr.readline()).decode()
                assert line, f"it ended: {running.lines}"
                running.lines.append(line)
                message = json.loads(line)["message"]
                running.port = int(message.rpartition(":")[2]) if message.startswith("Listening on http://") else 0
        listener = asyncio.create_task(listen())
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    await listener


def run(environment: dict[str, str], *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments], input=stdin, capture_output=True, check=False, cwd=ROOT, timeout=START_S, env=environment
    )


def test_without_tokens_the_endpoint_does_not_start(environment: dict[str, str]) -> None:
    done = run({**environment, "API_TOKENS": ""}, "-m", "bot", "http")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"API_TOKENS is not set")
    assert b"openssl rand" in done.stderr


def test_a_short_token_is_refused_without_being_repeated(environment: dict[str, str]) -> None:
    done = run({**environment, "API_TOKENS": f"{ANNA},hunter2"}, "-m", "bot", "http")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"API_TOKENS: ")
    assert b"hunter2" not in done.stderr


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", b"API_PORT: "), ("no.such.host.example", b"API_HOST: "), ("192.0.2.1", b"API_HOST: ")]
)
def test_an_address_that_cannot_be_opened_is_named(environment: dict[str, str], host: str, name: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run({**environment, "API_HOST": host, "API_PORT": port}, "-m", "bot", "http")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(name)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_the_endpoint_finishes_what_is_under_way(environment: dict[str, str], number: int) -> None:
    body = FAILURE.encode()
    async with http_process(environment) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = f"POST /diagnose HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ANNA}\r\nContent-Type: text/plain\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:10])
        await writer.drain()
        await asyncio.sleep(0.3)
        running.process.send_signal(number)
        assert await asyncio.wait_for(idle_reader.read(), PATIENCE_S) == b"", "who has asked nothing is not waited for"
        writer.write(body[10:])
        said = await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert said.startswith(b"HTTP/1.1 200")
        assert b"weight-exceeded" in said
        assert await asyncio.wait_for(running.process.wait(), PATIENCE_S) == 0
        writer.close()
        idle_writer.close()
    assert "Traceback" not in "".join(running.lines)


async def test_the_log_has_one_line_an_answer_with_its_verdict_and_times_and_none_of_its_words(
    environment: dict[str, str],
) -> None:
    async with http_process({**environment, "LOG_LEVEL": "DEBUG"}) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        body = f"marmalade {FAILURE}".encode()
        head = f"POST /diagnose HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ANNA}\r\nContent-Type: text/plain\r\n"
        writer.write(f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        assert b"weight-exceeded" in await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        running.process.terminate()
        await running.process.wait()
    lines = [json.loads(line) for line in running.lines]
    [answered] = [line for line in lines if line.get("event") == "answered"]
    told = {name: answered[name] for name in ("surface", "caller", "verdict", "cause")}
    assert told == {"surface": "http", "caller": "token-1", "verdict": "diagnosis", "cause": "weight-exceeded"}
    assert {"reading_ms", "diagnosis_ms", "reply_ms", "total_ms"} <= answered.keys()
    [request] = [line for line in lines if line.get("event") == "request"]
    assert (request["method"], request["path"], request["status"]) == ("POST", "/diagnose", 200)
    assert "marmalade" not in "".join(running.lines)
    assert ANNA not in "".join(running.lines)


WITHOUT_DISCORD = """
import sys
import bot.api.server
from bot.cli import main
bot.api.server.serve = lambda app, opened, beside: opened.close()
code = main([sys.argv[1]])
sys.exit(code or int("discord" in sys.modules) or int("torch" in sys.modules))
"""


@pytest.mark.parametrize("command", ["http", "mcp"])
def test_neither_the_discord_library_nor_torch_is_loaded(environment: dict[str, str], command: str) -> None:
    done = run(environment, "-c", WITHOUT_DISCORD, command)
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Traceback" not in done.stderr


def test_a_broken_corpus_ends_the_mcp_server_with_its_problems_on_stderr(environment: dict[str, str], parcel: Path) -> None:
    (parcel / "points/core.yaml").write_text("- id: weight-limit\n  text: one: two\n", encoding="utf-8")
    done = run({**environment, "KNOWLEDGE_DIR": str(parcel)}, "-m", "bot", "mcp")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"points/core.yaml:2: yaml-syntax: " in done.stderr
