"""The values of a Kubernetes Secret are hidden, those of its neighbours stay."""

from __future__ import annotations

import json

import pytest
from growth import grows_faster_than_linear

from bot.reading.profile import Profile
from bot.reading.redact import redact
from bot.reading.secret_manifests import manifest_values

PROFILE = Profile("x")
YAML = """apiVersion: v1
kind: Secret
metadata:
  name: app
type: Opaque
data:
  vendor: aHVudGVyMjIheA==
  other.json: >-
    eyJhIjoxfQ==
stringData:
  login: hunter22!x
"""
CONFIG = """kind: ConfigMap
data:
  vendor: aHVudGVyMjIheA==
"""
PRINTED = json.dumps({"kind": "Secret", "data": {"vendor": "aHVudGVyMjIheA=="}, "type": "Opaque"}, indent=4)


def values(text: str) -> list[str]:
    return [text[start:end] for start, end in manifest_values(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (YAML, ["aHVudGVyMjIheA==", "eyJhIjoxfQ==", "hunter22!x"]),
        (PRINTED, ["aHVudGVyMjIheA=="]),
        (CONFIG, []),
        (CONFIG + "---\n" + YAML, ["aHVudGVyMjIheA==", "eyJhIjoxfQ==", "hunter22!x"]),
        (YAML + "---\n" + CONFIG, ["aHVudGVyMjIheA==", "eyJhIjoxfQ==", "hunter22!x"]),
        ("kind: Secret\ndata:\n  a: ${VALUE}\n  b: no\n", []),
        ("a Secret has data:\n  a: bcdefg\n", []),
        ("kind: Secret\ndata:\n", []),
    ],
)
def test_only_the_data_of_a_secret_is_found(text: str, found: list[str]) -> None:
    assert values(text) == found


def test_the_values_are_hidden_and_the_names_stay() -> None:
    safe, redactions = redact(YAML, PROFILE)
    assert "aHVudGVyMjIheA" not in safe
    assert "hunter22" not in safe
    assert "vendor: ‹hidden-secret›" in safe
    assert [redaction.number for redaction in redactions] == [7, 9, 11]


@pytest.mark.parametrize(
    "unit", ["kind: Secret\n", "data:\n", "kind: Secret\ndata:\n  a: bcdefg\n", " data:\n  data:\n", "---\n"]
)
def test_the_time_grows_with_the_size(unit: str) -> None:
    def search(size: int) -> None:
        list(manifest_values("kind: Secret\n" + unit * (size // len(unit))))

    assert not grows_faster_than_linear(search, 64 << 10, 512 << 10)
