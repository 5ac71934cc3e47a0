"""How the time of a reading grows with the size of the text, for ordinary texts and for the most expensive ones known."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

SMALLEST = 64 << 10
LARGEST = 4 << 20
SETTLED = 256 << 10
"""Characters from which fixed costs no longer show; the exponent is taken from there on."""
QUICK_S = 2.0
TRIES = 3
"""Measurements shorter than `QUICK_S` are taken several times, and the shortest counts: what else runs only makes them longer."""

_LOGS = (
    "2026-03-01 10:00:{s:02d},{n:03d} - app.worker - INFO - request {n} served in {s} ms for client 10.0.0.{s}\n",
    '{{"time": "2026-03-01T10:00:{s:02d}.{n:03d}Z", "level": "INFO", "logger": "app.http", "msg": "GET /v1/items/{n} 200"}}\n',
    "2026-03-01 10:00:{s:02d} | DEBUG    | app.queue:take:42 - took job {n}, {s} left in the queue\n",
    "web-1  | 2026-03-01T10:00:{s:02d}.{n:03d}Z INFO worker {s}: chunk {n} written to /var/data/out/{n}.bin (4096 bytes)\n",
)
_TRAFFIC = (
    '2026-03-01 10:00:{s:02d},{n:03d} - httpx - INFO - HTTP Request: POST https://api.example.net/v1/{n} "HTTP/1.1 200 OK"\n',
    "2026-03-01 10:00:{s:02d},{n:03d} - app.socket - DEBUG - sending {n} bytes to wss://rt.example.net/v1/stream\n",
    "2026-03-01 10:00:{s:02d},{n:03d} - app.worker - WARNING - job {n} failed, retrying in 0.{n}s\n",
    "2026-03-01 10:00:{s:02d},{n:03d} - app.worker - ERROR - request {n} rejected: HTTP 503 Service Unavailable\n",
)
_STRETCH = 100
"""Lines of one program's log before those of the next."""


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _logs(size: int) -> str:
    """The logs of one program after the other, all well."""
    return _numbered(size, lambda number: _LOGS[number // _STRETCH % len(_LOGS)])


def _client_logs(size: int) -> str:
    """The same with a client's traffic and failures: every fifth line shows a host, an event or a status."""
    return _numbered(size, lambda number: (_LOGS if number % 5 else _TRAFFIC)[number // _STRETCH % len(_LOGS)])


def _numbered(size: int, template: Callable[[int], str]) -> str:
    lines, length, number = [], 0, 0
    while length < size:
        line = template(number).format(s=number % 60, n=number % 1000)
        lines.append(line)
        length += len(line)
        number += 1
    return "".join(lines)[:size]


SHAPES: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        "ordinary logs": _logs,
        "logs with failures": _client_logs,
        "one line": _repeated("lorem ipsum dolor sit amet "),
        "only `at `": _repeated("at "),
        "nested braces": lambda size: "{" * (size // 2) + "}" * (size - size // 2),
        '`File "` without an end': _repeated('File "'),
        "deep JSON escapes": _repeated('\\\\\\\\\\\\\\"message\\\\\\\\\\\\\\": '),
        "frames": _repeated('  File "app/job.py", line 42, in handle\n'),
        "line breaks": _repeated("\n"),
        "one letter a line": _repeated("A\n"),
        "names of secrets": _repeated("token="),
    }
)
"""What is measured: a text of the given number of characters. At 4 MB, `frames` are 100,000 of them."""


@dataclass(frozen=True, slots=True)
class Growth:
    """CPU seconds by size in characters, of one shape of text."""

    shape: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Million characters a second, at the largest size."""
        return self.sizes[-1] / 1e6 / self.seconds[-1]

    @property
    def exponent(self) -> float:
        """The slope of log time over log size: 1 where time grows as the size does; NaN when there are too few sizes."""
        points = [(math.log(n), math.log(s)) for n, s in zip(self.sizes, self.seconds, strict=True) if n >= SETTLED]
        points = (
            points if len(points) > 1 else [(math.log(n), math.log(s)) for n, s in zip(self.sizes, self.seconds, strict=True)]
        )
        if len(points) < 2:
            return math.nan
        x = sum(point[0] for point in points) / len(points)
        y = sum(point[1] for point in points) / len(points)
        return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def doubling(smallest: int = SMALLEST, largest: int = LARGEST) -> tuple[int, ...]:
    """Sizes from the smallest to the largest, each twice the one before."""
    return tuple(smallest << power for power in range(64) if smallest << power <= largest)


def measure(read: Callable[[str], object], sizes: Sequence[int], shapes: Sequence[str] = tuple(SHAPES)) -> Iterator[Growth]:
    """The growth of each shape, as soon as it is measured; `read` has to read a text whole."""
    read("warm-up")
    for shape in shapes:
        yield Growth(shape, tuple(sizes), tuple(_seconds(read, SHAPES[shape](size)) for size in sizes))


def row(growth: Growth) -> str:
    """One row of the Markdown table under `HEADER`."""
    return (
        f"| {growth.shape} | {growth.sizes[-1] / (1 << 20):.2f} | {growth.seconds[-1]:.2f} "
        f"| {growth.rate:.1f} | {growth.exponent:.2f} |"
    )


HEADER = "| Text | Largest (MB) | CPU seconds | MB/s | Exponent |\n|---|---:|---:|---:|---:|"


def _seconds(read: Callable[[str], object], text: str) -> float:
    best = math.inf
    for _ in range(TRIES):
        started = time.process_time()
        read(text)
        best = min(best, time.process_time() - started)
        if best > QUICK_S:
            break
    return max(best, 1e-6)
