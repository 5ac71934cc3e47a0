"""One page over HTTP: redirects followed by hand, so that each hop is judged and reported; bounded in time and size."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.links.addresses import PublicResolver, refusal
from bot.links.pace import Pace
from bot.links.types import Fetched, Redirect

REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({429, 503})
TEXT = re.compile(r"^(?:text/|application/(?:[\w.+-]*(?:json|xml|yaml|javascript)))")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; corpus-links/1.0; checks the pages that a support bot cites)",
    "Accept": "text/html,application/xhtml+xml,text/*;q=0.9,*/*;q=0.5",
    "Accept-Language": "en",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run behaves: requests at a time, the pause between two requests to a host, and what one page may cost."""

    concurrency: int = 8
    pause_s: float = 1.0
    timeout_s: float = 30.0
    retry_after_s: float = 30.0
    max_bytes: int = 5_000_000
    max_redirects: int = 8
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    status: int
    location: str
    content_type: str
    body: str
    complete: bool
    retry_after: str


def open_session(limits: Limits) -> aiohttp.ClientSession:
    """A session without cookies that remembers nothing between pages; with it, private networks are out of reach."""
    resolver = None if limits.allow_private else PublicResolver()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver),
        timeout=aiohttp.ClientTimeout(total=limits.timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
    )


async def fetch(session: aiohttp.ClientSession, url: str, pace: Pace, limits: Limits) -> Fetched:
    """What is at an address, after its redirects; never raises for what a server or a network does."""
    at, redirects = url, list[Redirect]()
    while True:
        if reason := refusal(at, allow_private=limits.allow_private):
            return Fetched(url, at, redirects=tuple(redirects), error=f"refused: {reason}")
        try:
            async with pace.turn(urlsplit(at).netloc.lower()):
                step = await _patient_step(session, at, limits)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Fetched(url, at, redirects=tuple(redirects), error=_says(error, limits))
        if step.status not in REDIRECTS or not step.location:
            return Fetched(url, at, step.status, tuple(redirects), step.content_type, step.body, step.complete)
        try:
            at = urljoin(at, step.location)
        except ValueError as error:
            return Fetched(url, at, redirects=tuple(redirects), error=f"redirects to what is no address: {error}")
        redirects.append(Redirect(step.status, at))
        if len(redirects) > limits.max_redirects or at in (url, *(hop.url for hop in redirects[:-1])):
            return Fetched(url, at, redirects=tuple(redirects), error=f"redirects without end ({len(redirects)} so far)")


async def _patient_step(session: aiohttp.ClientSession, url: str, limits: Limits) -> _Step:
    """One request, and a second one when the connection broke or the server asked to come back later."""
    try:
        step = await _step(session, url, limits)
    except (aiohttp.ServerDisconnectedError, ConnectionResetError):
        return await _step(session, url, limits)
    if step.status not in BUSY:
        return step
    wait = float(step.retry_after) if step.retry_after.isascii() and step.retry_after.isdecimal() else limits.pause_s
    if wait > limits.retry_after_s:
        return step
    await asyncio.sleep(wait)
    return await _step(session, url, limits)


async def _step(session: aiohttp.ClientSession, url: str, limits: Limits) -> _Step:
    async with session.get(url, allow_redirects=False) as response:
        header, content_type = response.headers.get, response.content_type
        body, complete = b"", True
        if response.status not in REDIRECTS and TEXT.match(content_type):
            body, complete = await _read(response.content, limits.max_bytes)
        return _Step(
            response.status,
            header("Location", ""),
            content_type,
            _decode(body, response.charset),
            complete,
            header("Retry-After", ""),
        )


async def _read(stream: aiohttp.StreamReader, limit: int) -> tuple[bytes, bool]:
    """At most `limit` bytes, and whether that is all."""
    body = bytearray()
    async for chunk in stream.iter_chunked(1 << 16):
        body += chunk
        if len(body) > limit:
            return bytes(body[:limit]), False
    return bytes(body), True


def _decode(body: bytes, charset: str | None) -> str:
    named = META_CHARSET.search(body[:2048])
    for encoding in (charset, named.group(1).decode() if named else None, "utf-8"):
        try:
            return body.decode(encoding or "utf-8", "replace")
        except LookupError:
            continue
    return ""


def _says(error: BaseException, limits: Limits) -> str:
    """The error in one short line."""
    if isinstance(error, TimeoutError):
        return f"no answer within {limits.timeout_s:g} s"
    inner = getattr(error, "os_error", None) or error
    return f"{type(inner).__name__}: {inner}".replace("\n", " ")[:200]
