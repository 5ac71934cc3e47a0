"""A TCP proxy on this machine that stands for the network: it can fall silent, come back, or break every connection."""

from __future__ import annotations

import asyncio
from types import TracebackType

CHUNK = 1 << 16


class PausingProxy:
    """Forwards what it gets to a port of 127.0.0.1: `async with PausingProxy(server.port) as proxy`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None, "the proxy is started"
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> PausingProxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def pause(self) -> None:
        """Hold every byte from now on, also the end of a connection; connections stay open, and new ones hang."""
        self._flows.clear()

    def resume(self) -> None:
        """Pass on what was held, and what comes."""
        self._flows.set()

    def cut(self) -> None:
        """Break every connection; new ones are accepted."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._flows.wait()
            onward, away = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(away)
            try:
                await asyncio.gather(self._pump(reader, away), self._pump(onward, writer))
            finally:
                self._writers.discard(away)
                away.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass  # one side is gone: so is the connection
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            await self._flows.wait()
            target.write(data)
            await target.drain()
        await self._flows.wait()
        target.close()
