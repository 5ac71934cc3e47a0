"""Failure, question or neither."""

from __future__ import annotations

import pytest

from bot.diagnosis.intent import Intent, intent
from bot.diagnosis.rules import Findings
from bot.reading import Reader
from bot.reading.profile import Profile

NOTHING = Findings({}, {}, ())
MESSAGES = [
    ("Hey, we are seeing connection closed but what's the reason?", Intent.EITHER),
    ("why is my socket closing all the time", Intent.FAILURE),
    ("the audio is not playing on iOS", Intent.FAILURE),
    ("i keep getting 401 since yesterday", Intent.FAILURE),
    ("nothing happens when I call generate, no audio", Intent.FAILURE),
    ("ValueError: bad key", Intent.FAILURE),
    ('Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyError: 1', Intent.FAILURE),
    ("2026-01-01 10:00:00,000 - app - ERROR - boom", Intent.FAILURE),
    ("how long can one request be with the fast model?", Intent.QUESTION),
    ("which close code means that the server failed", Intent.QUESTION),
    ("max text for one request?", Intent.QUESTION),
    ("can i use two voices in one request", Intent.QUESTION),
    ("what happens if the connection is closed while audio is pending?", Intent.QUESTION),
    ("c'est quoi la taille max d'un fichier ?", Intent.QUESTION),
    ("给语音识别必须传模型吗？", Intent.QUESTION),
    ("thanks, that fixed it!", Intent.SOLVED),
    ("lol that worked, thx man", Intent.SOLVED),
    ("works again since five minutes", Intent.SOLVED),
    ("seems to be back", Intent.SOLVED),
    ("ok", Intent.THANKS),
    ("perfect, let me try", Intent.THANKS),
    ("no, that's not it", Intent.DENIAL),
    ("nope, it isn't that, the key is right", Intent.DENIAL),
    ("that was not the problem", Intent.DENIAL),
    ("is anybody around who knows the sdk?", Intent.ASIDE),
    ("Could you print error.response.data and post it?", Intent.ASIDE),
    ("brb, will post the log when I'm back", Intent.ASIDE),
    ("it gives me an error, can someone help?", Intent.FAILURE),
    ("getting errors from the api since this morning. what could it be?", Intent.FAILURE),
    ("the widget says host not allowed on my site", Intent.FAILURE),
    ("how can I see what is left?", Intent.QUESTION),
    ("good morning everyone", Intent.NEITHER),
    ("", Intent.NEITHER),
    ("   \n\t ", Intent.NEITHER),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_what_a_message_wants(text: str, expected: Intent) -> None:
    assert intent(Reader(Profile("x")).read(text), NOTHING) is expected
