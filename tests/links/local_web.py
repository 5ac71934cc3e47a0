"""A small web server on this machine that shows every condition a cited page can be in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

FILLER = "Labels, tracking and returns are described on the pages beside this one; every value below holds for all plans. " * 3
"""What makes a page long enough to be read as one."""


def html(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body><nav>Home</nav>{body}</body></html>"


PAGES = {
    "/": html("Parcelo", f"<h1>Parcelo handbook</h1><p>{FILLER}</p>"),
    "/ok": html("Weights", f"<h1>Weights</h1><p>{FILLER}</p><p>One parcel may weigh <b>31.5</b>&nbsp;kg.</p>"),
    "/changed": html("Weights", f"<h1>Weights</h1><p>{FILLER}</p><p>One parcel may weigh 40 kg.</p>"),
    "/soft": html("Parcelo", f"<h1>Page not found</h1><p>{FILLER}</p>"),
    "/section": html("Section", f"<h1>Section</h1><p>{FILLER}</p>"),
    "/shell": html("Weights", '<div id="root"></div><noscript>Switch on JavaScript</noscript>'),
    "/large": html("Weights", f"<p>{'x ' * 400_000}</p><p>31.5 kg</p>"),
}
REDIRECTS = {
    "/moved": (301, "/ok"),
    "/moved-twice": (308, "/moved"),
    "/elsewhere-for-now": (302, "/ok"),
    "/first-for-good": (301, "/elsewhere-for-now"),
    "/to-home": (302, "/"),
    "/section/page": (301, "/section"),
    "/ok/": (301, "/ok"),
    "/loop": (302, "/loop-back"),
    "/loop-back": (302, "/loop"),
    "/to-file": (302, "file:///etc/hostname"),
    "/to-gone": (301, "/gone"),
}
STATUSES = {"/gone": 410, "/missing": 404, "/error": 500, "/forbidden": 403}


@dataclass
class LocalWeb:
    """Where the server is, what it was asked in which order, and the most requests it had at a time."""

    base: str = ""
    asked: list[str] = field(default_factory=list)
    open: int = 0
    peak: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.open += 1
        self.peak = max(self.peak, self.open)
        try:
            await asyncio.sleep(0.01)
            return await self._answer(request)
        finally:
            self.open -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path in REDIRECTS:
            status, target = REDIRECTS[path]
            return web.Response(status=status, headers={"Location": target})
        if path in STATUSES:
            return web.Response(status=STATUSES[path], text="no")
        if path == "/slow":
            await asyncio.sleep(5)
        if path == "/broken":
            assert request.transport is not None
            request.transport.abort()
        if path == "/busy" and self.asked.count(path) == 1:
            return web.Response(status=429, headers={"Retry-After": "0"})
        if path == "/always-busy":
            return web.Response(status=503, headers={"Retry-After": "86400"})
        if path == "/manual.pdf":
            return web.Response(body=b"%PDF-1.7", content_type="application/pdf")
        if path == "/notes.md":
            return web.Response(text=f"# Weights\n\n{FILLER}\n\nAt most **31.5** kg.", content_type="text/markdown")
        return web.Response(text=PAGES.get(path, PAGES["/ok"]), content_type="text/html")


@contextmanager
def serve_locally() -> Iterator[LocalWeb]:
    """The server, in a thread with an event loop of its own, so that a whole command can run against it."""
    served, loop, ready = LocalWeb(), asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/{path:.*}", served.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
