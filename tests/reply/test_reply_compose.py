"""What an answer says, in which order, on the tiny corpus."""

from __future__ import annotations

import json

import pytest

from bot.engine import Answer, Engine
from bot.reply import markdown, terminal
from bot.reply.json import answer_json
from bot.reply.types import Style

TRACE = """Traceback (most recent call last):
  File "/srv/app/labels.py", line 12, in print_label
    client.labels.create(weight=40, key="pk_live_0123456789abcdefghijkl")
parcelo.ApiError: 422 {"fault": "weight_exceeded"}
"""


@pytest.fixture(scope="module")
def diagnosis(parcel_engine: Engine) -> Answer:
    return parcel_engine.answer(TRACE)


def text(answer: Answer) -> str:
    return "\n".join(markdown.render(answer.reply))


def test_a_diagnosis_leads_with_the_cause_then_the_line_then_the_fix(diagnosis: Answer) -> None:
    lines = text(diagnosis).splitlines()
    assert lines[0] == "**Cause (per Parcelo handbook):** one parcel may weigh 31.5 kg, and this one weighs more. [1]"
    assert lines[1] == '> 4 │ `parcelo.ApiError: 422 {"fault": "weight_exceeded"}` ← the API\'s own code'
    assert lines[2:4] == ["**How to fix it**", "- Split the shipment into parcels of at most 31.5 kg each. [1]"]
    assert lines[-1] == "**Sources:** [1] [Parcel weights](<https://docs.parcelo.example/weights>)"


def test_a_secret_is_reported_with_its_line_and_without_its_value(diagnosis: Answer) -> None:
    assert "**Secret in your message:** your message holds parcelo key (line 3)." in text(diagnosis)
    assert "pk_live_0123" not in text(diagnosis) + terminal.render(diagnosis.reply)


def test_an_overview_lists_candidates_steps_and_what_to_send(parcel_engine: Engine) -> None:
    shown = text(parcel_engine.answer("our tracking socket closed, what is the reason?"))
    titles = [line for line in shown.splitlines() if line.startswith("**")]
    assert titles[0].startswith("**The tracking socket was closed, and nothing says why:** the last frame names the reason. [1]")
    assert titles[1:4] == ["**What it can be (per Parcelo handbook)**", "**Quick next steps to diagnose**", "**To decide, send**"]
    assert '- **No heartbeat:** Send `{"type": "heartbeat"}` every 30 s. [1]' in shown


def test_a_question_is_answered_from_the_points(parcel_engine: Engine) -> None:
    answer = parcel_engine.answer("how heavy can one parcel be?")
    assert text(answer).startswith("**Per Parcelo handbook:** One parcel may weigh 31.5 kg;")


def test_what_is_not_known_is_said_with_what_was_read(parcel_engine: Engine) -> None:
    shown = text(
        parcel_engine.answer('Traceback (most recent call last):\n  File "a.py", line 3, in f\nshipfast.errors.RateError: x')
    )
    assert "**Not in my knowledge.**" in shown
    assert "a python stack trace: `shipfast.errors.RateError` (lines 1-3)" in shown
    assert "signs of ShipFast (line 3)" in shown


def test_every_statement_of_a_diagnosis_or_overview_has_a_source(parcel_engine: Engine) -> None:
    for message in (TRACE, "our tracking socket closed, what is the reason?", "how heavy can one parcel be?"):
        reply = parcel_engine.answer(message).reply
        uncited = [
            sentence.text
            for section in reply.sections
            if section.title not in ("To decide, send", "To be sure, send", "What this adds") and section.style is not Style.QUOTE
            for sentence in section.sentences
            if not sentence.sources and not sentence.lead.startswith("Secret")
        ]
        assert not uncited


def test_the_json_has_the_fields_others_build_on(parcel_engine: Engine, diagnosis: Answer) -> None:
    found = answer_json(
        "a", parcel_engine.snapshot, diagnosis.reading, diagnosis.diagnosis, diagnosis.reply, ["m"], {"total": 1.0}
    )
    names = "id verdict causes ruled_out questions points sources traces changes repeat secrets_redacted markdown timing_ms"
    assert list(found) == names.split()
    cause = found["causes"][0]
    assert (cause["id"], cause["level"], cause["evidence"][0]["line"]) == ("weight-exceeded", "certain", 4)
    assert cause["fixes"] == [{"text": "Split the shipment into parcels of at most 31.5 kg each.", "sources": ["weights"]}]
    assert found["traces"][0]["innermost"] == {"file": "/srv/app/labels.py", "line": 12, "function": "print_label"}
    assert found["secrets_redacted"] == 1
    assert {source["id"] for source in found["sources"]} >= {"weights"}
    assert "pk_live_0123" not in json.dumps(found)


def test_the_terminal_shows_the_same_words_with_the_pages_at_the_end(diagnosis: Answer) -> None:
    shown = terminal.render(diagnosis.reply)
    assert shown.startswith("The parcel is heavier than one parcel may be\n\nCause (per Parcelo handbook): one parcel may weigh")
    assert shown.endswith("[1] Parcel weights (2026-05-01)\n    https://docs.parcelo.example/weights")
    assert "\x1b[" not in shown
    assert "\x1b[1m" in terminal.render(diagnosis.reply, color=True)


def test_a_user_name_in_a_path_is_hidden_but_nothing_to_revoke(parcel_engine: Engine) -> None:
    answer = parcel_engine.answer(TRACE.replace("/srv/app/", "/Users/alice/dev/").replace("pk_live_0123456789abcdefghijkl", "x"))
    assert "**Hidden here:** a user name in a path (line 2)." in text(answer)
    assert "revoke" not in text(answer)
    assert "alice" not in text(answer)


def test_a_key_and_a_user_name_are_told_apart(parcel_engine: Engine) -> None:
    shown = text(parcel_engine.answer(TRACE.replace("/srv/app/", "/Users/alice/dev/")))
    assert "**Secret in your message:** your message holds parcelo key (line 3)." in shown
    assert "**Also hidden here:** a user name in a path (line 2)." in shown
