"""Error bodies, old and new, in every form in which programs print them; the reason of an HTTP status beside it."""

from __future__ import annotations

import json

import pytest

from bot.reading.profile import Profile
from bot.reading.signals import SignalReader
from bot.reading.types import SignalKind
from bot.reading.unwrap import unwrap

READER = SignalReader(
    Profile("Parcelo", error_fields=("status", "code"), error_codes=frozenset({"depot_closed", "bad_label", "locked"}))
)
BODY_KINDS = (
    SignalKind.API_ERROR,
    SignalKind.API_MESSAGE,
    SignalKind.API_TYPE,
    SignalKind.API_PARAM,
    SignalKind.REQUEST_ID,
    SignalKind.UNLISTED_ERROR,
)
BODY = {
    "detail": {
        "type": "validation_error",
        "code": "bad_label",
        "message": "It's not a label",
        "param": "label_id",
        "request_id": "ca9906d9b0b799b2e909f14df4c49c20",
    }
}
WHOLE = {
    ("api_type", "validation_error"),
    ("api_error", "bad_label"),
    ("api_message", "It's not a label"),
    ("api_param", "label_id"),
    ("request_id", "ca9906d9b0b799b2e909f14df4c49c20"),
}


def found(text: str) -> set[tuple[str, str]]:
    return {(s.kind.value, s.value) for s in READER.read(unwrap(text), ()) if s.kind in BODY_KINDS}


NODE = """{
  statusCode: 400,
  body: {
    detail: {
      type: 'validation_error',
      code: 'bad_label',
      message: "It's not a label",
      param: 'label_id',
      request_id: 'ca9906d9b0b799b2e909f14df4c49c20'
    }
  }
}"""
FORMS = [
    ("JSON", json.dumps(BODY)),
    ("tight JSON", json.dumps(BODY, separators=(",", ":"))),
    ("JSON over several lines", json.dumps(BODY, indent=2)),
    ("after an error's name", f"core.ApiError: headers: {{'via': '1.1 proxy'}}, status_code: 400, body: {BODY!r}"),
    ("a Python dict", repr(BODY)),
    ("a Node object", NODE),
    ("escaped JSON", json.dumps(json.dumps(BODY))),
    ("JSON in JSON", json.dumps({"level": "error", "body": json.dumps(BODY)})),
    ("a container's log", "\n".join(f"web-1  | {line}" for line in json.dumps(BODY, indent=2).split("\n"))),
]


@pytest.mark.parametrize("text", [row[1] for row in FORMS], ids=[row[0] for row in FORMS])
def test_every_field_of_a_body_is_read(text: str) -> None:
    assert found(text) == WHOLE


def test_a_body_over_several_lines_gives_each_field_its_line_and_the_code_its_message() -> None:
    signals = {s.kind: s for s in READER.read(unwrap("failed:\n" + NODE), ())}
    assert (signals[SignalKind.API_TYPE].number, signals[SignalKind.API_PARAM].number) == (6, 9)
    assert (signals[SignalKind.API_ERROR].number, signals[SignalKind.API_ERROR].detail) == (7, "It's not a label")


def test_the_old_form_has_a_status_for_a_code() -> None:
    assert found('{"detail":{"status":"depot_closed","message":"Closed"}}') == {
        ("api_error", "depot_closed"),
        ("api_message", "Closed"),
    }


@pytest.mark.parametrize("length", range(60, 190, 10))
def test_of_a_body_that_is_cut_off_the_rest_is_read(length: int) -> None:
    cut = json.dumps(BODY)[:length]
    whole = {(kind, value) for kind, value in WHOLE if f': "{value}"' in cut}
    assert len(whole) >= 1
    assert found(cut) >= whole
    assert {value for kind, value in found(cut) if kind == "api_message"} <= {"It's not a label"[:n] for n in range(17)}


def test_a_validation_error_names_the_field_and_what_is_wrong() -> None:
    text = '{"detail": [{"type": "missing", "loc": ["body", "label", "text"], "msg": "Field required", "input": null}]}'
    assert found(text) == {
        ("api_type", "missing"),
        ("api_param", "body.label.text"),
        ("api_message", "Field required"),
    }


def test_a_detail_that_is_a_text_is_the_message() -> None:
    assert found('{"detail": "Not Found"}') == {("api_message", "Not Found")}


def test_a_code_that_nobody_listed_is_kept_apart() -> None:
    assert found('{"detail": {"status": "moon_closed", "message": "No"}}') == {
        ("unlisted_error", "moon_closed"),
        ("api_message", "No"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "const event = { type: 'close', code: 'abc' };",
        '{"type": "function", "function": {"name": "send"}}',
        "status: 'connecting'",
        "detail view of the parcel",
        "the error code is somewhere else",
    ],
)
def test_another_object_is_no_error_body(text: str) -> None:
    assert found(text) == set()


REASONS = [
    ("HTTPError: 401 Client Error: Unauthorized for url: https://x.example", "Unauthorized"),
    ("HTTP Request: POST https://x.example \"HTTP/1.1 402 Payment Required\"", "Payment Required"),
    ("ClientResponseError: 401, message='Unauthorized', url='https://x.example'", "Unauthorized"),
    ("WSServerHandshakeError: 403, message='Invalid response status', url='wss://x.example'", "Invalid response status"),
    ("urllib.error.HTTPError: HTTP Error 404: Not Found", "Not Found"),
    ("< HTTP/1.1 422 Unprocessable Entity", "Unprocessable Entity"),
    ("HTTP/1.1 422 Unprocessable Content", "Unprocessable Content"),
    ("Response status code does not indicate success: 429 (Too Many Requests).", "Too Many Requests"),
    ("curl: (22) The requested URL returned error: 404", ""),
    ("Request failed with status code 401", ""),
    ("{\n  status: 502,\n  statusText: 'Bad Gateway',\n}", "Bad Gateway"),
    ("status: 404, the parcel was not found", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REASONS)
def test_a_status_keeps_its_reason_as_printed(text: str, reason: str) -> None:
    details = [s.detail for s in READER.read(unwrap(text), ()) if s.kind is SignalKind.HTTP_STATUS]
    assert details == [reason]
