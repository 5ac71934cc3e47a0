"""Each kind of condition holds where its signal is, and shows the line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.diagnosis.conditions import ConditionIndex, Hits
from bot.diagnosis.facts import Facts, quote
from bot.knowledge.load import load_snapshot
from bot.reading import Reader

TRACE = """Traceback (most recent call last):
  File "/srv/parcelo/client.py", line 88, in create
    raise ApiError()
parcelo.ApiError: refused
"""
RETRY = (
    "2026-01-01 10:00:00,000 - x - WARNING - failed, retrying in 2.0s\n2026-01-01 10:00:03,500 - x - WARNING - connection closed"
)

KINDS = [
    ("text", {"text": "depot [0-9]+"}, "all fine\nwe use Depot 12", 2),
    ("text, not there", {"text": "depot [0-9]+"}, "we use the depot", None),
    ("prose", {"prose": "too slow"}, "the label api is too slow for us", 1),
    ("prose, only in a log", {"prose": "too slow"}, "2026-01-01 10:00:00,000 - x - ERROR - too slow", None),
    ("error", {"error": "too slow"}, "hello\n2026-01-01 10:00:00,000 - x - ERROR - too slow", 2),
    ("error, only in prose", {"error": "too slow"}, "the label api is too slow for us", None),
    ("exception", {"exception": r"parcelo\.ApiError"}, TRACE, 4),
    ("exception, another", {"exception": r"parcelo\.SocketError"}, TRACE, None),
    ("frame", {"frame": r"client\.py:create"}, TRACE, 2),
    ("api_error", {"api_error": "depot_closed"}, 'body: {"fault": "depot_closed"}', 1),
    ("api_error as a dict of Python", {"api_error": ["depot_closed"]}, "body: {'code': 'depot_closed'}", 1),
    ("http_status", {"http_status": 422}, "HTTP/1.1 422 Unprocessable Entity", 1),
    ("http_status, another number", {"http_status": 422}, "422 labels printed", None),
    ("ws_close", {"ws_close": [4001, 4002]}, "connection closed: code 4002", 1),
    ("endpoint", {"endpoint": "labels"}, "POST https://api.parcelo.example/v2/labels", 1),
    ("model", {"model": "printer_z"}, "model=printer_z9", 1),
    ("vendor", {"vendor": "shipfast"}, "shipfast.errors.RateError: x", 1),
    ("package below", {"package": {"name": "parcelo", "below": "2.0"}}, "parcelo==1.9.3", 1),
    ("package not below", {"package": {"name": "parcelo", "below": "2.0"}}, "parcelo==2.0", None),
    ("package at least", {"package": {"name": "parcelo", "at_least": "2.0"}}, "parcelo 2.0.1", 1),
    ("product", {"product": True}, "hello from Parcelo", 1),
    ("gap", {"gap": {"from": "retry_due", "to": "close", "at_most_s": 5}}, RETRY, 2),
    ("gap, too long", {"gap": {"from": "retry_due", "to": "close", "at_most_s": 1}}, RETRY, None),
]


def hits_of(folder: Path, signal: object, text: str) -> Hits:
    path = folder / "causes/delivery/weight-exceeded.yaml"
    cause = yaml.safe_load(path.read_text(encoding="utf-8"))
    cause["signals"] = {"one": signal}
    cause["certain"], cause["likely"] = ["one"], []
    path.write_text(yaml.safe_dump(cause), encoding="utf-8")
    (folder / "causes/delivery/live-idle-close.yaml").unlink()
    for symptom in (folder / "symptoms").glob("socket*"):
        symptom.unlink()
    snapshot = load_snapshot(folder)
    reading = Reader(snapshot.profile).read(text)
    return ConditionIndex(snapshot).hits(Facts(reading, reading.events))


@pytest.mark.parametrize(("signal", "text", "line"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_a_condition_holds_where_its_signal_is(parcel: Path, signal: object, text: str, line: int | None) -> None:
    hits = hits_of(parcel, signal, text)
    assert [e.number for lines in hits.values() for e in lines][:1] == ([] if line is None else [line])


def test_the_gap_tells_its_seconds(parcel: Path) -> None:
    hits = hits_of(parcel, {"gap": {"from": "retry_due", "to": "close", "at_most_s": 5}}, RETRY)
    assert [e.why for lines in hits.values() for e in lines] == ["1.50 s"]


def test_a_long_line_is_quoted_around_the_match() -> None:
    line = "a" * 500 + " NEEDLE " + "b" * 500
    shown = quote(line, 501, 507)
    assert "NEEDLE" in shown
    assert len(shown) < 200
    assert shown.startswith("…")
    assert shown.endswith("…")
