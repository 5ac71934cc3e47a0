"""A small stand-in for Discord's servers on the loopback interface: enough to log in, connect, and be answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from wire_faults import Fault, as_json
from wire_gateway import Gateway
from wire_payloads import CHANNEL, DIAGNOSE, ME, USER, direct_channel, message, text_channel, thread

API = "/api/v10"
THREAD_EXISTS = 160004
APPLICATION = {
    "id": ME,
    "name": "support",
    "description": "",
    "icon": None,
    "flags": 0,
    "summary": "",
    "verify_key": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": {**USER, "bot": False},
}


@dataclass
class Wire(Gateway):
    """The servers: the gateway, and a REST API that remembers threads and messages.

    login_status: what logging in is answered with. drop_sends: how many messages are taken, and the connection dropped before
    the answer. faults: what goes wrong, the first that fits. requests: method, path and body of all that came.
    threads: by id. delivered: the messages in each channel, a repeated nonce counting once, as Discord does it. first_at: when
    the first of them appeared (seconds of a monotonic clock).
    """

    login_status: int = 200
    drop_sends: int = 0
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    delivered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    first_at: dict[str, float] = field(default_factory=dict)
    _nonces: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(900_001))

    def posts(self, ending: str) -> list[Any]:
        """Bodies of the requests posted to a path with this ending."""
        return [body for method, path, body in self.requests if method == "POST" and path.endswith(ending)]

    def said(self, channel: str) -> list[str]:
        """What stands in a channel or a thread, or was answered to an interaction."""
        return [str(given["content"]) for given in self.delivered.get(channel, [])]

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """The REST API: what the bot needs, and an empty object for all else."""
        body = await request.json() if request.can_read_body else {}
        self.requests.append((request.method, request.path, body))
        path = request.path.removeprefix(API)

        async def effect() -> web.StreamResponse:
            return await self._effect(request.method, path, body)

        fault = next((fault for fault in self.faults if fault.takes(request.method, path)), None)
        if fault is not None:
            return await fault.reply(request, effect)
        reply = await effect()
        if self.drop_sends > 0 and request.method == "POST" and path.endswith("/messages") and request.transport is not None:
            self.drop_sends -= 1
            request.transport.close()
        return reply

    async def _effect(self, method: str, path: str, body: Any) -> web.StreamResponse:
        match method, path.strip("/").split("/"):
            case "GET", ["users", "@me"]:
                known = self.login_status == 200
                return as_json(USER if known else {"message": "no", "code": 0}, status=self.login_status)
            case "GET", ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": self.max_concurrency}
                url = f"ws://127.0.0.1:{self.port}/gateway"
                return as_json({"url": url, "shards": self.shards, "session_start_limit": limit})
            case "GET", [*_, "applications", "@me"]:
                return as_json(APPLICATION)
            case _, ["applications", _, "commands"]:
                own = {"application_id": ME, "version": "1", "description": ""}
                return as_json([{"id": str(number), **own, **one} for number, one in enumerate(body or [], start=int(DIAGNOSE))])
            case "POST", ["channels", channel, "messages", source, "threads"]:
                return await self._open_thread(channel, source, body["name"])
            case "POST", ["channels", channel, "messages"]:
                return as_json(self._keep(channel, body))
            case "POST", ["users", "@me", "channels"]:
                return as_json(direct_channel(str(body["recipient_id"])))
            case "GET", ["channels", id_]:
                return as_json(self.threads.get(id_) or text_channel(id_))
            case "GET", ["channels", _, "messages"]:
                return as_json([])
            case "POST", ["interactions", id_, _, "callback"]:
                if "content" in (body.get("data") or {}):
                    self._keep(id_, body["data"])
                resource = {"type": body["type"]}
                return as_json({"interaction": {"id": id_, "type": 2}, "resource": resource})
            case "PATCH", ["webhooks", _, token, "messages", "@original"]:
                self.delivered.pop(token, None)  # an edit, however often it comes, is one message
                return as_json(self._keep(token, body) | {"channel_id": CHANNEL})
            case "POST", ["webhooks", _, token]:
                return as_json(self._keep(token, body) | {"channel_id": CHANNEL})
        return as_json({})

    async def _open_thread(self, channel: str, source: str, name: str) -> web.StreamResponse:
        if source in self.threads:
            return as_json({"message": "A thread has already been created for this message", "code": THREAD_EXISTS}, 400)
        self.threads[source] = thread(source, name, channel)
        return as_json(self.threads[source])

    def _keep(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        """The message that a request makes, or the one made before with the same nonce."""
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        if nonce is not None and (channel, nonce) in self._nonces:
            return self._nonces[channel, nonce]
        made = {**message(str(next(self._ids)), body["content"], USER, channel), "nonce": nonce}
        self.delivered.setdefault(channel, []).append(made)
        self.first_at.setdefault(channel, time.monotonic())
        if nonce is not None:
            self._nonces[channel, nonce] = made
        return made


async def until(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Wait until the condition holds; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(wire: Wire) -> AsyncIterator[Wire]:
    """The server, reachable at 127.0.0.1 on `wire.port`."""
    app = web.Application()
    app.router.add_get("/gateway", wire.gateway)
    app.router.add_route("*", API + "/{path:.*}", wire.rest)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", wire.port)
    await site.start()
    wire.port = runner.addresses[0][1]
    try:
        yield wire
    finally:
        await runner.cleanup()
