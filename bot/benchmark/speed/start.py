"""Cold start and resident memory of the serving process, each time in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.benchmark.speed.clock import median
from bot.benchmark.speed.table import Row
from bot.errors import InternalError
from bot.retrieval.model_source import find_source
from bot.settings import Settings

PART = "start"
STARTS = 3
READY_S, RESIDENT_MB = 1.5, 250.0
"""Targets: CPU seconds until the first answer, with everything cached that is cached, and resident memory after it."""


def measure_start(settings: Settings, starts: int = STARTS) -> Iterator[Row]:
    """Start and memory of the serving process, in ratios to sentence-transformers on torch alone."""
    folder = str(find_source(settings.embedding_model).folder)
    with tempfile.TemporaryDirectory() as data_dir:
        ours = _median(starts, [], environment(settings, data_dir))
    theirs = _median(starts, [folder], os.environ)
    runtime = "on torch: there is no export" if ours["torch"] else "on ONNX Runtime"
    yield Row(PART, "serving process: CPU until ready", ours["cpu_s"], "s", theirs["cpu_s"], READY_S, note=runtime)
    yield Row(PART, "serving process: resident", ours["resident_mb"], "MB", theirs["resident_mb"], RESIDENT_MB, note=runtime)
    note = "the model alone, nothing else"
    yield Row(PART, "sentence-transformers on torch: CPU until ready", theirs["cpu_s"], "s", theirs["cpu_s"], note=note)
    yield Row(PART, "sentence-transformers on torch: resident", theirs["resident_mb"], "MB", theirs["resident_mb"], note=note)


def environment(settings: Settings, data_dir: str) -> dict[str, str]:
    """This process's environment, with the corpus, the model and the cache of the settings, and a data folder of its own."""
    chosen = {
        "KNOWLEDGE_DIR": str(settings.knowledge_dir),
        "CACHE_DIR": str(settings.cache_dir),
        "DATA_DIR": data_dir,
        "EMBEDDING_MODEL": settings.embedding_model,
    }
    return {**os.environ, **chosen}


def _median(starts: int, arguments: list[str], environ: Mapping[str, str]) -> dict[str, float]:
    """Medians of several starts, after one that fills the caches."""
    measured = [probe(arguments, environ) for _ in range(starts + 1)][1:]
    return {name: median([one[name] for one in measured]) for name in measured[0]}


def probe(arguments: list[str], environ: Mapping[str, str]) -> dict[str, float]:
    """What one start cost, as `bot.benchmark.speed.probe` prints it; raises InternalError when the process fails."""
    command = [sys.executable, "-m", "bot.benchmark.speed.probe", *arguments]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=dict(environ), check=False)  # noqa: S603
    if done.returncode:
        raise InternalError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
