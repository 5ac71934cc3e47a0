"""The door: whoever comes in shows a token, keeps to the limits, and has sent a whole request of bounded size."""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.bodies import Body, replay
from bot.api.limits import Buckets, Places, network
from bot.api.refusal import RefusedError
from bot.api.tokens import Tokens
from bot.errors import describe_mistake
from bot.settings import Settings

log = logging.getLogger(__name__)

REFUSED_PER_MINUTE = 30
"""Requests without a known token that one address may send within a minute before it is told to wait."""
BODY_S = 30.0
SEND_S = 30.0


@dataclass(frozen=True, slots=True)
class Door:
    """What the guards of all routes share. body_s: for a body to arrive. send_s: for a part of the answer to be taken."""

    tokens: Tokens
    requests: Buckets
    refused: Buckets
    places: Places
    body_limit: int
    body_s: float = BODY_S
    send_s: float = SEND_S

    def admit(self, headers: Headers, host: str) -> str:
        """The caller who sends these headers; raises RefusedError."""
        caller = self.tokens.caller(headers.get("authorization", ""))
        if caller is None:
            # A known token is never kept waiting by others of the same address: many may come through one proxy.
            if wait := self.refused.take(network(host)):
                raise _too_many(wait, "without a known token from this address")
            raise RefusedError(
                401,
                "unauthorized",
                'Send the header "Authorization: Bearer <token>" with one of the tokens that the server was given.',
                {"WWW-Authenticate": "Bearer"},
            )
        if wait := self.requests.take(caller):
            raise _too_many(wait, "of this token")
        return caller


def make_door(settings: Settings, tokens: Tokens) -> Door:
    """The door that the settings describe."""
    return Door(
        tokens=tokens,
        requests=Buckets(settings.api_requests_per_minute),
        refused=Buckets(REFUSED_PER_MINUTE),
        places=Places(settings.queue_limit + settings.analysis_workers),
        body_limit=settings.api_body_limit,
    )


class Guard:
    """ASGI middleware of a route: the application gets a whole body, and the caller in `scope["state"]["caller"]`."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises RefusedError for what is not let in."""
        headers = Headers(scope=scope)
        body = Body(headers, receive)
        started = False

        async def send_in_time(message: Message) -> None:
            nonlocal started
            started = True
            async with asyncio.timeout(self._door.send_s):
                await send(message)

        try:
            caller = self._door.admit(headers, (scope.get("client") or ("",))[0])
            scope.setdefault("state", {})["caller"] = caller
            with self._door.places.take():
                whole = await body.read(self._door.body_limit, self._door.body_s)
                await self._app(scope, replay(whole, receive), send_in_time)
        except RefusedError as refusal:
            if refusal.status != 408:
                await body.discard()
            if not body.is_whole:
                refusal.headers["Connection"] = "close"
            raise
        except ClientDisconnect:
            log.debug("A client went away before it had sent its request")
        except HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - one request that fails ends no other
            # Whatever went wrong, its text may quote the paste: only its place is logged.
            log.error("A request failed: %s", describe_mistake(error))  # noqa: TRY400
            if started:
                raise ConnectionAbortedError from None
            raise RefusedError(500, "failed", "The request failed; the server's log says where.") from None


def _too_many(wait_s: float, whose: str) -> RefusedError:
    seconds = math.ceil(wait_s)
    return RefusedError(429, "too_many", f"Too many requests {whose}. Try again in {seconds} s.", {"Retry-After": str(seconds)})
