from __future__ import annotations

from typing import Any

import pytest
from openapi_requests import Description, problems_of

API: dict[str, Any] = {
    "components": {
        "schemas": {
            "Id": {"type": "string", "pattern": "^[0-9]+$"},
            "Row": {
                "type": "object",
                "properties": {"type": {"type": "integer", "enum": [1]}, "components": {"type": "array", "maxItems": 5}},
                "required": ["type", "components"],
            },
            "Text": {"type": "object", "properties": {"type": {"type": "integer", "enum": [10]}}, "required": ["type"]},
        }
    },
    "paths": {
        "/things/{id}": {"post": {"requestBody": {"content": {"application/json": {"schema": {"required": ["any"]}}}}}},
        "/things/@me": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "properties": {
                                    "guild_id": {"$ref": "#/components/schemas/Id"},
                                    "part": {
                                        "oneOf": [{"$ref": "#/components/schemas/Row"}, {"$ref": "#/components/schemas/Text"}]
                                    },
                                }
                            }
                        }
                    }
                }
            }
        },
    },
}


def buttons(*ids: str) -> list[dict[str, Any]]:
    """A row of buttons."""
    return [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": id_} for id_ in ids]}]


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("POST", "/things/@me", {"guild_id": 7, "part": {"type": 10}}, []),
        ("POST", "/things/@me", {"guild_id": "seven"}, ["guild_id: 'seven' does not match '^[0-9]+$'"]),
        ("POST", "/things/@me", {"part": {"type": 1, "components": [0] * 6}}, ["part/components: "]),
        ("POST", "/things/7", {"all": 1}, ["body: 'any' is a required property"]),
        ("PATCH", "/things/7", {"all": 1}, ["no such operation"]),
        ("POST", "/others", {"all": 1}, ["no such operation"]),
    ],
)
def test_a_request_is_held_against_the_operation_and_the_branch_that_is_meant(
    method: str, path: str, body: Any, says: list[str]
) -> None:
    found = Description(API).problems(method, path, body)
    assert len(found) == len(says)
    assert all(problem.startswith(start) for problem, start in zip(found, says, strict=True))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"content": "hello"}, None),
        ({"content": "x" * 2_001}, "content of 2001 characters"),
        ({"content": ""}, "an empty message"),
        ({"content": "x", "components": buttons("a", "b")}, None),
        ({"content": "x", "components": buttons("a", "a")}, "a custom_id twice"),
    ],
)
def test_what_the_description_leaves_out_is_looked_at_as_well(body: Any, says: str | None) -> None:
    found = problems_of([("POST", "/api/v10/channels/1/messages", body)])
    assert found == ([] if says is None else [f"POST /channels/…/messages: {says}"])
