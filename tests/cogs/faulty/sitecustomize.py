"""Faults inside the bot's own process, which imports this before anything else: an analysis that raises, one that does not end.

The model is not loaded ahead of the first question: nothing that these tests ask needs it.
"""

from __future__ import annotations

import os
import resource
import time
from typing import Any

from bot.engine import Answer, Engine
from bot.service import Service

RAISES, ENDLESS = os.environ["FAULT_RAISES"], os.environ["FAULT_ENDLESS"]

_answer = Engine.answer


def answer(self: Engine, text: str, *before: Any) -> Answer:
    """The engine's answer, unless the text asks for a fault."""
    if RAISES in text:
        raise RuntimeError(f"in the middle of: {text}")
    if ENDLESS in text:
        time.sleep(600)
    return _answer(self, text, *before)


def warm_up(self: Service) -> None:
    """Load nothing."""


setattr(Engine, "answer", answer)  # noqa: B010 - mypy takes a plain assignment to a method for a mistake
setattr(Service, "warm_up", warm_up)  # noqa: B010 - the same

if os.environ.get("FAULT_NO_WRITES"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
