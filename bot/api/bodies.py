"""The body of a request: taken in up to a limit and within a time, and handed on as a whole."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from bot.api.refusal import RefusedError

DISCARD_S = 5.0
DISCARDED = 16 << 20
"""Time and bytes given to a client that is refused while it sends: many read the refusal only once they have sent all."""


class Body:
    """What a client sends after the head of its request. `is_whole`: there is no more of it."""

    def __init__(self, headers: Headers, receive: Receive) -> None:
        self._headers = headers
        self._receive = receive
        self.is_whole = False

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """All of it; raises RefusedError when it is too large, whatever its headers say, or too slow, ClientDisconnect."""
        declared = self._headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and (len(declared) > 20 or int(declared) > limit):
            raise too_large(limit)
        body = bytearray()
        try:
            async with asyncio.timeout(timeout_s):
                while not self.is_whole:
                    body += await self._part()
                    if len(body) > limit:
                        raise too_large(limit)
        except TimeoutError:
            raise RefusedError(408, "too_slow", f"The body did not arrive within {timeout_s:.0f} s.") from None
        return bytes(body)

    async def discard(self) -> None:
        """Read what a refused client still sends, and drop it, as long as that is not too much."""
        if "expect" in self._headers:
            return  # it waits for a word before it sends anything
        left = DISCARDED
        try:
            async with asyncio.timeout(DISCARD_S):
                while left > 0 and not self.is_whole:
                    left -= len(await self._part())
        except (TimeoutError, ClientDisconnect):
            return

    async def _part(self) -> bytes:
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        self.is_whole = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part


def replay(body: bytes, receive: Receive) -> Receive:
    """What the application receives: the body that was read, then whatever comes next."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message


def too_large(limit: int) -> RefusedError:
    """The refusal of more than `limit` bytes."""
    return RefusedError(413, "too_large", f"The body has more than {limit} bytes. Send the part around the error.")
