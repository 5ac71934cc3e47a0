"""The MCP server: tools and resources over the same answers, for editors (standard input and output) and over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
    TextResourceContents,
)
from starlette.types import Receive, Scope, Send

from bot.api.answering import Answering
from bot.api.limits import Places
from bot.api.question import limit_of, query_of, question_of, text_of
from bot.api.refusal import RefusedError
from bot.api.tools import CAUSES_URI, JSON, hits_text, instructions, resources, templates, tools, traces_text
from bot.errors import describe_mistake
from bot.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")
Tool = Callable[[Mapping[str, Any], str], Awaitable[tuple[dict[str, Any], str]]]
"""From arguments and caller to structured and readable content."""

LOCAL = "local"
"""The caller who started the server: there is only one."""
FOUND = 10
NAME = "support-bot"


class McpServer:
    """The handlers of the protocol, without a transport."""

    def __init__(self, answering: Answering, settings: Settings) -> None:
        self._answering = answering
        self._limit = settings.api_body_limit
        # Over HTTP the door counts the requests, too; an editor may send as many as it likes at once.
        self._places = Places(settings.queue_limit + settings.analysis_workers)
        self._tools: dict[str, Tool] = {"diagnose": self._diagnose, "search": self._search, "read_traces": self._read_traces}

    def protocol(self) -> Server[Any]:
        """The server of the SDK, ready to be run over a transport."""
        product = self._answering.snapshot.about["name"]
        return Server(
            NAME,
            version=self._answering.snapshot.version,
            title=f"Support bot for {product}",
            instructions=instructions(product),
            on_list_tools=_always(ListToolsResult(tools=tools(product))),
            on_call_tool=self._call_tool,
            on_list_resources=_always(ListResourcesResult(resources=resources(product))),
            on_list_resource_templates=_always(ListResourceTemplatesResult(resource_templates=templates(product))),
            on_read_resource=self._read_resource,
        )

    async def _call_tool(self, context: Any, params: CallToolRequestParams) -> CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no such tool; there are {', '.join(self._tools)}.")
        arguments = params.arguments or {}
        try:
            with self._places.take():
                self._check_size(arguments)
                found, text = await tool(arguments, _caller(context))
        except RefusedError as refusal:
            return CallToolResult(content=[TextContent(text=str(refusal))], is_error=True)
        except Exception as error:  # noqa: BLE001 - a model cannot mend it, and other calls go on
            # Its text may quote the paste: only its place is logged, and nothing of it is sent.
            log.error("The tool %s failed: %s", params.name, describe_mistake(error))  # noqa: TRY400
            return CallToolResult(content=[TextContent(text="The tool failed; the server's log says where.")], is_error=True)
        return CallToolResult(content=[TextContent(text=text)], structured_content=found)

    async def _read_resource(self, _context: Any, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(params.uri)
        base, _, name = uri.partition(f"{CAUSES_URI}/")
        if uri != CAUSES_URI and (base or not name):
            raise MCPError(INVALID_PARAMS, f"There is no such resource; there are {CAUSES_URI} and {CAUSES_URI}/<id>.")
        try:
            found = self._answering.cause(name) if name else self._answering.causes()
        except RefusedError as refusal:
            raise MCPError(INVALID_PARAMS, str(refusal)) from None
        text = json.dumps(found, ensure_ascii=False, indent=2)
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type=JSON, text=text)])

    async def _diagnose(self, arguments: Mapping[str, Any], caller: str) -> tuple[dict[str, Any], str]:
        found = await self._answering.diagnose(question_of(arguments), caller)
        return found, "\n\n".join(found["markdown"]) or "Nothing is known about this."

    async def _search(self, arguments: Mapping[str, Any], _caller: str) -> tuple[dict[str, Any], str]:
        found = await self._answering.search(query_of(arguments), limit_of(arguments, FOUND))
        return found, hits_text(found)

    async def _read_traces(self, arguments: Mapping[str, Any], _caller: str) -> tuple[dict[str, Any], str]:
        found = await self._answering.read_traces(text_of(arguments))
        return found, traces_text(found)

    def _check_size(self, arguments: Mapping[str, Any]) -> None:
        """Raise RefusedError for more than a body over HTTP may hold."""
        if sum(len(value) for value in arguments.values() if isinstance(value, str)) > self._limit:
            raise RefusedError(
                413, "too_large", f"More than {self._limit} characters (API_BODY_LIMIT): send the part around the error."
            )


class McpOverHttp:
    """The same server as an ASGI application without sessions: each request stands alone, whichever process it reaches."""

    def __init__(self, server: McpServer, settings: Settings) -> None:
        self._manager = StreamableHTTPSessionManager(
            server.protocol(),
            json_response=True,
            stateless=True,
            max_request_body_size=settings.api_body_limit,
            # A page in somebody's browser has no token: the name that it was reached by need not be checked.
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, which the door has let in."""
        await self._manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Serve while this is entered."""
        async with self._manager.run():
            yield


async def serve_stdio(server: McpServer) -> None:
    """Serve one client on standard input and output until it closes them."""
    from mcp.server.stdio import stdio_server

    protocol = server.protocol()
    async with stdio_server() as (read, write):
        await protocol.run(read, write, protocol.create_initialization_options())


def keep_texts_out_of_logs() -> None:
    """At DEBUG, the protocol's libraries log what they receive, with the pastes in it: they start at WARNING here."""
    for name in ("mcp", "sse_starlette", "uvicorn"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logging.WARNING, logger.getEffectiveLevel()))


def _always(result: T) -> Callable[[Any, Any], Awaitable[T]]:
    async def handler(_context: Any, _params: Any) -> T:
        return result

    return handler


def _caller(context: Any) -> str:
    """Who calls: over HTTP the door has put down whose token it was."""
    return LOCAL if context.request is None else str(context.request.state.caller)
