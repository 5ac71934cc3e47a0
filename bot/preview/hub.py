"""The page around the simulated server: its channels, who one is, samples to post, and the chosen channel in a frame."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError
from simcord.preview import Preview

from bot.errors import InputError, UserError
from bot.preview.samples import as_sample, pick_samples
from bot.preview.server import PEOPLE, SimulatedServer

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
FILES = {"/": ("index.html", "text/html"), "/hub.css": ("hub.css", "text/css"), "/hub.js": ("hub.js", "text/javascript")}
MAX_BODY = 26 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src http://127.0.0.1:*; base-uri 'none'"
)
KEY_HEADER = "X-Preview-Key"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Hub:
    """Serves one simulated server to one browser; whoever has the address, with the key in it, may act there."""

    def __init__(self, server: SimulatedServer) -> None:
        self._server = server
        self._key = secrets.token_urlsafe(24)
        self._port = 0
        self._shown: Preview | None = None
        self._turn = asyncio.Lock()
        snapshot = server.bot.service.snapshot
        self._picked = pick_samples(snapshot)
        self._samples = [*self._picked, *(as_sample(example) for example in snapshot.examples)]

    @property
    def url(self) -> str:
        """The address to open; the key stands behind the #, so that it is not sent to anybody."""
        return f"http://{HOST}:{self._port}/#{self._key}"

    @asynccontextmanager
    async def serving(self, port: int) -> AsyncIterator[None]:
        """Serve on the loopback interface, at `port` (0: any free one); raises UserError when it is taken."""
        application = web.Application(middlewares=[self._guard], client_max_size=MAX_BODY)
        application.router.add_get("/api/server", self._describe)
        application.router.add_post("/api/show", self._show)
        application.router.add_post("/api/post", self._post)
        for path in FILES:
            application.router.add_get(path, _static)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, port)
            try:
                await site.start()
            except OSError as error:
                raise UserError(
                    f"Port {port} of {HOST} cannot be used ({error.strerror}); choose another with --port."
                ) from error
            self._port = runner.addresses[0][1]
            yield
        finally:
            if self._shown is not None:
                await self._shown.close()
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only this page, by its own name and with its key, may look and act; what it asks for wrongly is told."""
        if request.headers.get("Host") not in (f"{HOST}:{self._port}", f"localhost:{self._port}"):
            raise web.HTTPForbidden
        given = request.headers.get(KEY_HEADER, "")
        if request.path.startswith("/api/") and not hmac.compare_digest(given.encode(), self._key.encode()):
            raise web.HTTPUnauthorized
        try:
            response = await handler(request)
        except (InputError, SetupError, BackendError, KeyError, ValueError) as error:
            said = str(error) if isinstance(error, InputError | SetupError | BackendError) else "The request cannot be read."
            response = web.json_response({"error": said}, status=400)
        response.headers.update(
            {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        )
        return response

    async def _describe(self, _request: web.Request) -> web.Response:
        """Places, people and samples; numbers stand for samples."""
        samples = [
            {"number": number, "title": sample.title, "expects": sample.expects, "picked": number < len(self._picked)}
            for number, sample in enumerate(self._samples)
        ]
        people = [{"name": name, "about": about} for name, about in PEOPLE.items()]
        return web.json_response(
            {"places": [asdict(place) for place in self._server.places()], "people": people, "samples": samples}
        )

    async def _show(self, request: web.Request) -> web.Response:
        """Show a place to a person, in place of what was shown; the address of the frame."""
        asked = await request.json()
        async with self._turn:
            return web.json_response({"url": await self.show(str(asked["place"]), str(asked["person"]))})

    async def show(self, place: str, person: str) -> str:
        """The address at which a person sees a place; only one is shown at a time."""
        server = self._server
        channel, viewer = server.channel(place, person), server.viewer(place, person)
        await server.idle()
        if self._shown is not None:
            await self._shown.close()
            self._shown = None
        if server.is_forum(place):
            return ""
        shown = server.env.preview(channel, viewers=[viewer], layout="channel")
        _allow_frame(shown, f"http://{HOST}:{self._port} http://localhost:{self._port}")
        await shown.__aenter__()
        self._shown = shown
        return shown.url

    async def _post(self, request: web.Request) -> web.Response:
        """Post a sample or a text with files; the id of the thread that came of it, if any."""
        form = await request.post()
        files = [(part.filename, part.file.read()) for part in form.getall("file", []) if isinstance(part, web.FileField)]
        text, title = str(form.get("text", "")), str(form.get("title", ""))
        if "sample" in form:
            number = int(str(form["sample"]))
            if not 0 <= number < len(self._samples):
                raise InputError("There is no such sample.")
            sample = self._samples[number]
            mention = f"<@{self._server.bot.user.id}> " if sample.mentions and self._server.bot.user else ""
            text, title = mention + sample.text, sample.title
        async with self._turn:
            thread = await self._server.post(str(form["place"]), str(form["person"]), text, title, files)
            if self._shown is not None:
                await self._shown.refresh()
        return web.json_response({"thread": thread})


async def _static(request: web.Request) -> web.Response:
    name, kind = FILES[request.path]
    return web.Response(text=(STATIC / name).read_text("utf-8"), content_type=kind)


def _allow_frame(preview: Preview, page: str) -> None:
    """Let `page` show the preview in a frame: it refuses every frame, and has no option for it."""
    server: Any = vars(preview)["_server"]
    headers = dict(server._SECURITY_HEADERS)
    headers.pop("X-Frame-Options")
    policy = headers["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {page}")
    vars(server)["_SECURITY_HEADERS"] = headers | {"Content-Security-Policy": policy}
