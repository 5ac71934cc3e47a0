"""The HTTP application: its routes, its errors as JSON, one line in the log for each request."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.answering import Answering
from bot.api.bodies import too_large
from bot.api.guard import Door, Guard
from bot.api.openapi import describe
from bot.api.question import Question, question_of, read_json, text_of
from bot.api.refusal import RefusedError
from bot.errors import InputError
from bot.reading.decode import decode

log = logging.getLogger(__name__)

Run = Callable[[], AbstractAsyncContextManager[None]]


class Json(Response):
    """A JSON response; what UTF-8 cannot hold (half a surrogate pair in an id) becomes a question mark."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def make_app(answering: Answering, door: Door, mcp: ASGIApp | None = None, mcp_run: Run | None = None) -> Starlette:
    """The application. mcp: what serves /mcp, which lives while `mcp_run` is entered."""
    guarded = [Middleware(Guard, door=door)]

    async def diagnose(request: Request) -> Response:
        question = await _question(request, answering, door.body_limit)
        return Json(await answering.diagnose(question, request.state.caller))

    async def health(_request: Request) -> Response:
        return Json({"status": "ok", "corpus": answering.snapshot.version})

    async def openapi(_request: Request) -> Response:
        return Json(describe(answering.snapshot.about["name"], door.body_limit))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if mcp_run is None:
            yield
            return
        async with mcp_run():
            yield

    routes = [
        Route("/diagnose", diagnose, methods=["POST"], middleware=guarded),
        Route("/healthz", health, methods=["GET"]),
        Route("/openapi.json", openapi, methods=["GET"]),
    ]
    if mcp is not None:
        # Without sessions there is nothing to listen to or to end: only POST.
        routes.append(Route("/mcp", mcp, methods=["POST"], middleware=guarded))
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(AccessLog)],
        exception_handlers={RefusedError: _refused, HTTPException: _no_route},
    )
    app.router.redirect_slashes = False  # a redirect would be answered without a look at the token
    return app


async def _question(request: Request, answering: Answering, limit: int) -> Question:
    """What the request asks; raises RefusedError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == "application/json":
        return question_of(read_json(body))
    if kind != "text/plain":
        raise RefusedError(415, "content_type", 'Send "Content-Type: application/json" with a field "text", or text/plain.')

    def read() -> str:
        try:
            text = decode(body)
        except InputError as error:
            raise RefusedError(422, "invalid", f"The body cannot be read: {error}") from None
        if len(text) > limit:
            raise too_large(limit)  # an archive unpacks to many times its size
        return text

    return Question(text_of({"text": await answering.blocking(read)}))


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return Json(error.as_json(), error.status, error.headers)


async def _no_route(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        refusal = RefusedError(405, "method", f"This path takes {allowed}.", error.headers or {})
    else:
        refusal = RefusedError(error.status_code, "not_found", "There is no such path; /openapi.json names those there are.")
    return Json(refusal.as_json(), refusal.status, refusal.headers)


class AccessLog:
    """One line a request: who, which route, what came of it. Paths and queries as sent are not logged: they may hold anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = scope.get("route")
            path = route.path if isinstance(route, Route) else "(unknown path)"
            spent, caller = round((time.perf_counter() - start) * 1000), scope.get("state", {}).get("caller", "nobody")
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "(other)"
            level = logging.DEBUG if path == "/healthz" else logging.INFO
            extra = {"event": "request", "method": method, "path": path, "status": status, "caller": caller, "total_ms": spent}
            log.log(level, "%s %s", method, path, extra=extra)
