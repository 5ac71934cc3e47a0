"""What can go wrong with one request: an error instead of the effect or after it, a connection cut, an answer that takes long."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from aiohttp import web


class Cut(Enum):
    """Where a connection is cut."""

    NOWHERE = auto()
    BEFORE_REPLY = auto()
    IN_REPLY = auto()


@dataclass
class Fault:
    """Goes wrong `times` times with the requests of this method whose path matches (a regular expression, from its start).

    status and code: the error that is answered, 0 for none. effect: the request takes effect before it goes wrong.
    headers: of the error. cut: where the connection is closed. gate: what the reply waits for. hits: how often it went wrong.
    """

    method: str
    path: str
    status: int = 0
    code: int = 0
    times: int = 1
    effect: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    cut: Cut = Cut.NOWHERE
    gate: asyncio.Event | None = None
    hits: int = 0

    def takes(self, method: str, path: str) -> bool:
        """Whether it is this fault's turn."""
        return self.hits < self.times and method == self.method and re.match(self.path, path) is not None

    async def reply(self, request: web.Request, effect: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        """What is answered to the request instead of the right thing."""
        self.hits += 1
        if self.gate is not None:
            await self.gate.wait()
            return await effect()
        if self.effect:
            await effect()
        if self.cut is Cut.IN_REPLY:
            # The head promises more than what follows.
            begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
            await begun.prepare(request)
            await begun.write(b'{"id": "')
        if self.cut is not Cut.NOWHERE and request.transport is not None:
            request.transport.close()
        return as_json({"message": "It went wrong", "code": self.code, **self._wait()}, self.status or 200, self.headers)

    def _wait(self) -> dict[str, Any]:
        """What a rate limit says beside its headers."""
        return {"retry_after": float(self.headers["Retry-After"]), "global": False} if self.status == 429 else {}


def as_json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A reply with exactly the content type that discord.py takes for JSON."""
    return web.Response(
        body=json.dumps(data).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )
