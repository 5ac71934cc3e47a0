"""The HTTP endpoint on a port of its own, asked as programs ask it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from bot.api.answering import Answering
from bot.api.guard import Door, make_door
from bot.api.mcp_server import McpOverHttp, McpServer
from bot.api.routes import make_app
from bot.api.server import make_server, open_port
from bot.api.tokens import require_tokens
from bot.engine import Engine
from bot.service import Service
from bot.settings import Settings, load_settings

ANNA, BEN = "anna-" + "a" * 24, "ben-" + "b" * 24
FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded"}'
PATIENCE_S = 30.0
VAGUE = "our parcelo tracking socket closed, what is the reason?"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any


@dataclass(frozen=True, slots=True)
class Api:
    """A running endpoint."""

    port: int
    door: Door
    service: Service
    session: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def send(self, method: str, path: str, token: str | None = ANNA, **more: Any) -> Reply:
        """One request; `more` is what aiohttp takes."""
        headers = dict(more.pop("headers", {})) | ({"Authorization": f"Bearer {token}"} if token is not None else {})
        async with self.session.request(method, self.url + path, headers=headers, **more) as response:
            text = await response.text()
            json = await response.json() if response.content_type == "application/json" else None
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, text, json)

    async def ask(self, text: str, token: str | None = ANNA, **more: Any) -> Reply:
        """A question as JSON."""
        return await self.send("POST", "/diagnose", token, json={"text": text, **more})


def settings_for(settings: Settings, **environ: str) -> Settings:
    """Settings of the endpoint: those of the corpus, and others by the names of their variables."""
    given = {
        "KNOWLEDGE_DIR": str(settings.knowledge_dir),
        "CACHE_DIR": str(settings.cache_dir),
        "API_TOKENS": f"{ANNA},{BEN}",
        "API_PORT": "0",
        "API_REQUESTS_PER_MINUTE": "100000",
    }
    return load_settings(given | environ)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something to hold."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def api(engine: Engine, settings: Settings, *, head_s: float = 10.0, **door: Any) -> AsyncIterator[Api]:
    """The endpoint while it serves; `door` replaces fields of its Door."""
    service = Service(engine, settings)
    opened = open_port(settings)
    port: int = opened.getsockname()[1]
    mcp = McpOverHttp(McpServer(Answering(service, "mcp"), settings), settings)
    entrance = replace(make_door(settings, require_tokens(settings)), **door)
    server = make_server(make_app(Answering(service, "http"), entrance, mcp, mcp.run), head_s)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        await until(lambda: server.started or serving.done())
        assert server.started
        async with aiohttp.ClientSession() as session:
            yield Api(port, entrance, service, session)
    finally:
        server.should_exit = True
        await serving
        service.close()
