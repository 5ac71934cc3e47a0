"""Recorded requests against Discord's own description of its API, where that is at hand, and what the description leaves out.

The description is the file named by DISCORD_OPENAPI, or ../shared/discord/openapi.json beside the project.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

BESIDE = Path(__file__).resolve().parents[3] / "shared/discord/openapi.json"
MAX_CONTENT = 2_000
PREFIX = "/api/v10"
Schema = Mapping[str, Any]


def problems_of(requests: Iterable[tuple[str, str, Any]]) -> list[str]:
    """What Discord would not accept of these requests (method, path, body), each described in a line."""
    api = _described()
    found: dict[str, None] = {}
    for method, path, body in requests:
        path = path.removeprefix(PREFIX)
        where = f"{method} {re.sub('[0-9]+', '…', path)}"
        described = [] if api is None else api.problems(method, path, body)
        for problem in [*described, *_left_out(path, body)]:
            found[f"{where}: {problem}"] = None
    return list(found)


def is_described() -> bool:
    """Whether Discord's description is at hand."""
    return _described() is not None


class Description:
    """Discord's description of its API."""

    def __init__(self, api: Mapping[str, Any]) -> None:
        self._schemas = {"components": api["components"]}
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), item) for path, item in api["paths"].items()]
        # A path without parameters is meant before one with: /users/@me is no user's id.
        self._paths.sort(key=lambda pair: pair[0].pattern.count("[^/]+"))

    def problems(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request."""
        item = next((item for pattern, item in self._paths if pattern.match(path)), None)
        operation = (item or {}).get(method.lower())
        if operation is None:
            return ["no such operation"]
        if not body:
            return []
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            return ["takes no JSON"]
        validator = Draft202012Validator({**self._schemas, **schema})
        wrong = [inner for error in validator.iter_errors(_spelled(body)) for inner in _deepest(error)]
        return [f"{_place(error)}: {error.message[:120]}" for error in wrong]


@functools.cache
def _described() -> Description | None:
    named = os.environ.get("DISCORD_OPENAPI")
    file = Path(named) if named else BESIDE
    return Description(json.loads(file.read_text("utf-8"))) if file.is_file() else None


def _deepest(error: ValidationError) -> Iterator[ValidationError]:
    """Of a union, what is wrong with the branch that was meant: the one whose `type` fits."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    meant = [inner for inner in branches.values() if not any(one.path and one.path[-1] == "type" for one in inner)]
    if not meant:
        yield error
        return
    for inner in min(meant, key=len):
        yield from _deepest(inner)


def _place(error: ValidationError) -> str:
    """Where in the body an error is."""
    return "/".join(map(str, error.absolute_path)) or "body"


def _spelled(body: Any, key: str = "") -> Any:
    """Ids as strings, as the description has them; Discord takes numbers as well, and discord.py sends those."""
    if isinstance(body, dict):
        return {name: _spelled(value, name) for name, value in body.items()}
    if isinstance(body, list):
        return [_spelled(value, key) for value in body]
    ids = key.endswith("_id") or key in {"roles", "users"}
    return str(body) if ids and isinstance(body, int) else body


def _left_out(path: str, body: Any) -> Iterator[str]:
    """Limits that the description does not hold."""
    data = body.get("data", body) if isinstance(body, dict) else {}
    if not isinstance(data, dict):
        return
    content = data.get("content")
    if isinstance(content, str) and len(content) > MAX_CONTENT:
        yield f"content of {len(content)} characters"
    if path.endswith("/messages") and not (content or data.get("embeds") or data.get("components") or data.get("sticker_ids")):
        yield "an empty message"
    ids = list(_custom_ids(data.get("components")))
    if len(ids) != len(set(ids)):
        yield "a custom_id twice"


def _custom_ids(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _custom_ids(one)
    elif isinstance(part, dict):
        if "custom_id" in part:
            yield part["custom_id"]
        yield from _custom_ids(part.get("components"))
        yield from _custom_ids(part.get("component"))
