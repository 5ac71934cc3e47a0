"""Real failures, mutilated in every way a paste can be: reading never raises and keeps to the lines of the text."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.types import Snapshot
from bot.reading import Reader

REAL = sorted((Path(__file__).parents[2] / "knowledge" / "tracebacks").glob("*.txt"))
STRANGE = (
    "\x00",
    "\ud800",
    "\u202e",
    "\ufeff",
    "\r",
    "\x1b[",
    "\\u00",
    "{",
    "}",
    '"',
    "'",
    "\n\n",
    "  at ",
    'File "',
    "```",
    "> ",
)


def cut(text: str, chance: random.Random) -> str:
    first, last = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
    return text[:first] + text[last:]


def insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(STRANGE) * chance.randint(1, 5) + text[at:]


def flip(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chr(chance.choice((chance.randrange(0x20), chance.randrange(0x110000)))) + text[at + 1 :]


def shuffle(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    first, last = sorted((chance.randrange(len(lines)), chance.randrange(len(lines))))
    part = lines[first:last]
    chance.shuffle(part)
    return "\n".join([*lines[:first], *part, *lines[last:]])


def repeat(text: str, chance: random.Random) -> str:
    return "\n".join([text] * chance.randint(2, 4))


def escape(text: str, chance: random.Random) -> str:
    return repr(text)[: chance.randrange(20, len(text) + 20)]


def garble(text: str, chance: random.Random) -> str:
    return text.encode("utf-8", "surrogatepass").decode(chance.choice(("utf-16-le", "cp1252", "ascii")), "replace")


WAYS: tuple[Callable[[str, random.Random], str], ...] = (cut, insert, flip, shuffle, repeat, escape, garble)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_mutilated_failure_is_read_without_raising(path: Path, snapshot: Snapshot) -> None:
    reader = Reader(snapshot.profile)
    original = path.read_text(encoding="utf-8")
    chance = random.Random(path.stem)
    for _ in range(12):
        text = original
        for way in chance.choices(WAYS, k=chance.randint(1, 4)):
            text = way(text, chance) or original
        reading = reader.read(text)
        last = text.count("\n") + 1
        numbers = [signal.number for signal in reading.signals] + [record.number for record in reading.records]
        numbers += [number for trace in reading.traces for number in (trace.start_line, trace.end_line)]
        assert all(1 <= number <= last for number in numbers)
        reading.text.encode("utf-8")


def test_there_are_real_failures_to_mutilate() -> None:
    assert len(REAL) >= 50
