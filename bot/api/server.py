"""The HTTP server: opens the port, serves until it is told to stop, and waits for nobody who sends too slowly."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SettingError
from bot.settings import Settings

log = logging.getLogger(__name__)

HEAD_S = 10.0
"""Time for the head of a request to arrive."""
IDLE_S = 30
"""Time a connection is kept for the next request."""
STOP_S = 20
"""Time given to the requests under way when the server stops."""
MAX_CONNECTIONS = 1_000


def open_port(settings: Settings) -> socket.socket:
    """The socket on which to listen; raises SettingError that names API_PORT or API_HOST."""
    host, port = settings.api_host, settings.api_port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise SettingError(f"API_HOST: {host!r} is no address of this machine. Put, for example, 127.0.0.1 or 0.0.0.0.") from None
    opened = socket.socket(family, kind, protocol)
    try:
        if hasattr(signal, "SIGHUP"):  # elsewhere than on Windows, where it would let two servers share the port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
    except OSError as error:
        opened.close()
        raise SettingError(_why_not_opened(error, host, port)) from None
    return opened


def serve(app: ASGIApp, opened: socket.socket, beside: AbstractAsyncContextManager[None]) -> None:
    """Serve on an opened port until SIGTERM or SIGINT; what is under way is finished first. beside: entered meanwhile."""

    async def run() -> None:
        async with beside:
            await make_server(app).serve(sockets=[opened])

    asyncio.run(run())


def make_server(app: ASGIApp, head_s: float = HEAD_S) -> Server:
    """A server with all its limits. head_s: time for the head of a request to arrive."""

    class Protocol(TimedProtocol):
        head_timeout_s = head_s

    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=STOP_S,
    )
    return Server(config)


class Server(uvicorn.Server):
    """uvicorn that ends as a command ends: a signal stops the serving, and is not raised again afterwards."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop at SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows has no signal handlers on its loop; there, an interrupt ends the run
                asyncio.get_running_loop().add_signal_handler(number, self._stop)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say where."""
        await super().startup(sockets)
        for opened in sockets or ():
            host, port = opened.getsockname()[:2]
            log.info("Listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)

    def _stop(self) -> None:
        log.info("Stopping")
        self.should_exit = True


class TimedProtocol(H11Protocol):
    """A connection that is closed when the head of a request does not arrive in time."""

    head_timeout_s = HEAD_S
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take the next bytes; the time runs from the first of a head."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        waits = self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE  # or what was answered is still being sent
        if not waits:
            self._unwatch()
        elif self._timer is None:
            self._timer = self.loop.call_later(self.head_timeout_s, self.transport.close)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _why_not_opened(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"API_PORT: {port} on {host} is in use by another program. Stop that one, or put another port."
    if error.errno == errno.EACCES:
        return f"API_PORT: {port} may not be opened by this user. Put a port above 1023, for example 8080."
    return f"API_HOST: {host!r} cannot be listened on ({error.strerror}). Put, for example, 127.0.0.1 or 0.0.0.0."
