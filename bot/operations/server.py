"""/healthz, /readyz and /metrics on a local port; it outlives the bots that are made anew until one connects."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from bot.operations.metrics import UNMEASURED, Metrics
from bot.operations.view import Look, View, readiness
from bot.settings import Settings

log = logging.getLogger(__name__)

ALIVE = "alive"


class Operations:
    """What watches a bot. `metrics` is told of what happens; without a port it counts nothing, and nothing is opened."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host, self._port = host, port
        self._look: Look | None = None
        self._runner: web.AppRunner | None = None
        self.metrics: Metrics = UNMEASURED
        self.trace: aiohttp.TraceConfig | None = None
        if port:
            # Imported here: a bot that nobody measures starts sooner without it.
            from bot.operations.prometheus import PrometheusMetrics

            self._prometheus = self.metrics = PrometheusMetrics()
            self.trace = failures_traced(self.metrics)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As METRICS_HOST and METRICS_PORT say."""
        return cls(settings.metrics_host, settings.metrics_port)

    def watch(self, look: Look) -> None:
        """Show this bot from now on."""
        self._look = look

    async def __aenter__(self) -> Self:
        """Open the port; where that fails, the log says so, and the bot goes on without it."""
        if self._port:
            runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except OSError as error:
                log.error(  # noqa: TRY400 - the text says it all
                    "METRICS_PORT: %s:%d cannot be opened (%s): no /healthz, /readyz and /metrics. Choose another port, "
                    "or end what uses this one",
                    self._host,
                    self._port,
                    error.strerror or type(error).__name__,
                )
                await runner.cleanup()
                return self
            self._runner = runner
            log.info("/healthz, /readyz and /metrics are on %s:%d", self._host, self._port)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the port."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        return app

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The event loop answers: the process lives."""
        return web.json_response({"status": ALIVE})

    async def _readyz(self, _request: web.Request) -> web.Response:
        view = await self._seen()
        found = readiness(view or View(processes=0))
        return web.json_response(found, status=200 if found["ready"] else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        body, content_type = self._prometheus.render(await self._seen(), request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _seen(self) -> View | None:
        return await self._look() if self._look is not None else None


def failures_traced(metrics: Metrics) -> aiohttp.TraceConfig:
    """Counts requests that came back with an error status, or not at all."""
    trace = aiohttp.TraceConfig()

    async def ended(_session: aiohttp.ClientSession, _context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        if ended.response.status >= 400:
            metrics.discord_failed(str(ended.response.status))

    async def failed(_session: aiohttp.ClientSession, _context: object, _failed: aiohttp.TraceRequestExceptionParams) -> None:
        metrics.discord_failed("connection")

    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace
