"""What a reload costs when one file of the corpus changed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from bot.benchmark.speed.clock import cpu_ms, median
from bot.benchmark.speed.table import Row
from bot.engine import build_engine
from bot.errors import InputError
from bot.settings import Settings

RELOAD_MS = 300.0
"""Target for one changed file of a cause."""
RELOADS = 5
PART = "reload"


def another_phrase(text: str, number: int) -> str:
    """A cause's file with one more phrase."""
    return _inserted(text, "phrases", f"- benchmark phrase number {number}")


def another_rule(text: str, number: int) -> str:
    """A cause's file with one more signal, and a clause of it."""
    signal = f'bench_{number}: {{text: "benchmark signal number {number} "}}'
    return _inserted(_inserted(text, "signals", signal), "possible", f"- [bench_{number}]")


CHANGES: Mapping[str, Callable[[str, int], str]] = MappingProxyType(
    {"one cause with another phrase": another_phrase, "one cause with another rule": another_rule}
)


def measure_reload(settings: Settings, reloads: int = RELOADS) -> Iterator[Row]:
    """Reloads after a change of one cause of a copy of the corpus, in ratios to one after no change."""
    with copied(settings) as (copy, path):
        build_engine(copy)  # embeds what the cache of vectors does not have, and loads the libraries

        def build() -> None:
            build_engine(copy)

        same = median([cpu_ms(build) for _ in range(reloads)])
        yield Row(PART, "nothing changed", same, base=same, note=f"median of {reloads}")
        for what, change in CHANGES.items():
            costs = []
            for number in range(reloads):
                path.write_text(change(path.read_text(encoding="utf-8"), number), encoding="utf-8")
                costs.append(cpu_ms(build))
            yield Row(PART, what, median(costs), base=same, target=RELOAD_MS, note=f"median of {reloads}")


@contextmanager
def copied(settings: Settings) -> Iterator[tuple[Settings, Path]]:
    """Settings for a copy of the corpus, and the file of a cause in it that can be changed; raises InputError without one."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(settings.knowledge_dir, Path(folder) / "corpus"))
        for path in sorted((copy / "causes").rglob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            if all(_list(key).search(text) for key in ("phrases", "signals", "possible")):
                yield settings.model_copy(update={"knowledge_dir": copy}), path
                return
        raise InputError(f"{settings.knowledge_dir}: no cause has phrases, signals and possible, each over several lines")


def _list(key: str) -> re.Pattern[str]:
    """A key whose values stand on lines of their own, and how far these are indented."""
    return re.compile(rf"^{key}:\n( +)", re.MULTILINE)


def _inserted(text: str, key: str, value: str) -> str:
    return _list(key).sub(lambda found: f"{key}:\n{found[1]}{value}\n{found[1]}", text, count=1)
