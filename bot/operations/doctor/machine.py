"""What the machine tells: folders that can be written, room on the disk, ports that are free."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.operations.server import ALIVE
from bot.settings import Settings

MB = 1 << 20
LEAST_MB = 100
WANTED_MB = 1_000
"""The vectors and the export of a model take some 100 MB, a state some 1 KB an answer; the rest is for growing."""
PROBE_S = 2.0


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Whether the folders can be written, and have room."""
    for name, folder in (("DATA_DIR", settings.data_dir), ("CACHE_DIR", settings.cache_dir)):
        place = existing(folder)
        made = "" if place == folder else f", made in {place} at the first start"
        try:
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"doctor")
                file.flush()
        except OSError as problem:
            yield error(
                name,
                f"{folder} cannot be written: {problem.strerror or type(problem).__name__}",
                f"Let {name} name a folder that the user who runs the bot may write.",
            )
            continue
        free = shutil.disk_usage(place).free // MB
        said = f"{folder} can be written{made}; {free:,} MB are free"
        if free < LEAST_MB:
            yield error(name, said, "Make room: without any, answers go on, but are not recorded.")
        elif free < WANTED_MB:
            yield warning(name, said, f"Make room: {WANTED_MB:,} MB are enough for long.")
        else:
            yield fine(name, said)


def check_ports(settings: Settings) -> Iterator[Finding]:
    """Whether the ports that are to be opened are free; one on which a bot answers is its own."""
    wanted = [("METRICS_PORT", settings.metrics_host, settings.metrics_port, settings.metrics_port > 0)]
    wanted.append(("API_PORT", settings.api_host, settings.api_port, bool(settings.api_tokens)))
    for name, host, port, used in wanted:
        if not used:
            continue
        problem = why_not_free(host, port)
        if problem is None:
            yield fine(name, f"{host}:{port} is free")
        elif answers_as_bot(host, port):
            yield fine(name, f"a running bot answers on {host}:{port}")
        else:
            yield error(name, f"{host}:{port} cannot be opened: {problem}", f"Let {name} name another port, or end what uses it.")


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next((place for place in (folder, *folder.parents) if place.exists()), folder)


def why_not_free(host: str, port: int) -> str | None:
    """Why a port cannot be opened; None when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as problem:
        return problem.strerror or type(problem).__name__
    return None


def answers_as_bot(host: str, port: int) -> bool:
    """Whether what uses a port is a bot of this kind."""
    name = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{name}:{port}/healthz", timeout=PROBE_S) as answer:
            said = json.loads(answer.read(MB))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("status") in (ALIVE, "ok")
