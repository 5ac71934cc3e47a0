"""Fixes in the words of the paste: its own language, what it shows first, and never none at all."""

from __future__ import annotations

import pytest

from bot.knowledge.types import Advice
from bot.reading import Reader
from bot.reading.profile import Profile
from bot.reply.relevance import relevant

PYTHON = (
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    play(x)\n'
    "TypeError: 'module' object is not callable"
)
NODE = "TypeError: x is not a function\n    at main (/srv/app/index.js:3:1)\n    at node:internal/main:1:1"
PY, JS, REACT, FRAME = "Python: do this", "JavaScript: do that", "React Native: do those", "LiveKit: upgrade"
ANY, QUOTED = "do anything", "it is a module (`'module' object is not callable`): import it"

CASES = [
    ("a paste in Python", PYTHON, [JS, PY, ANY], [PY, ANY]),
    ("a paste in Node", NODE, [PY, REACT, ANY], [REACT, ANY]),
    ("no language shown", "it fails", [JS, PY, ANY], [JS, PY, ANY]),
    ("only other languages", PYTHON, [JS, REACT], [JS, REACT]),
    ("what the failure says comes first", PYTHON, [ANY, QUOTED], [QUOTED, ANY]),
    ("a framework that is not there comes last", PYTHON, [FRAME, ANY], [ANY, FRAME]),
    ("a framework that is there keeps its place", "my livekit agent fails", [FRAME, ANY], [FRAME, ANY]),
    ("no fixes", PYTHON, [], []),
]


@pytest.mark.parametrize(("text", "given", "kept"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_fixes_fit_the_paste(text: str, given: list[str], kept: list[str]) -> None:
    fixes = [Advice(fix, ()) for fix in given]
    assert [fix.text for fix in relevant(fixes, Reader(Profile("x")).read(text))] == kept
