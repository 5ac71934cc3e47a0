"""What may be asked: the values of a request, checked, with an error that says what to send instead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.api.refusal import RefusedError

FIELDS = ("text", "id", "thread")
MAX_NAME = 200
"""Characters of an id or of a thread's name."""
MAX_NUMBER = 1 << 63
MAX_QUERY = 2_000
"""Characters that are searched for: a question, not a paste."""
MAX_FOUND = 50
"""Results of a search; the index ranks no more."""


@dataclass(frozen=True, slots=True)
class Question:
    """One message to be answered. `id` comes back with the answer; `thread` names the conversation that it continues."""

    text: str
    id: str | int | None = None
    thread: str | None = None


def question_of(values: object) -> Question:
    """The question in a JSON object; raises RefusedError that names the field and what belongs there."""
    if not isinstance(values, Mapping):
        raise _invalid('The body must be a JSON object such as {"text": "the error, the log, or a question"}.')
    if not values.keys() <= set(FIELDS):
        raise _invalid('Only the fields "text", "id" and "thread" are known.')
    thread = _name(values, "thread")
    return Question(text_of(values), _name(values, "id"), None if thread is None else str(thread))


def read_json(body: bytes) -> object:
    """The value in a JSON text; raises RefusedError."""
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RefusedError(
            400, "bad_json", f"The body is not JSON: {error.msg} ({where}). Send it as text/plain if it is a log."
        ) from None
    except (ValueError, RecursionError):
        # Not UTF-8, a number of thousands of digits, or brackets thousands deep.
        raise RefusedError(400, "bad_json", "The body is not JSON that can be read. Send JSON in UTF-8, or text/plain.") from None


def text_of(values: Mapping[str, Any]) -> str:
    """The text to be read; raises RefusedError."""
    if "text" not in values:
        raise _invalid('"text" is missing: put the error, the log lines around it, or a question there.')
    text = values["text"]
    if not isinstance(text, str):
        raise _invalid('"text" must be a string.')
    if not text.strip():
        raise _invalid('"text" is empty: put the error, the log lines around it, or a question there.')
    return text


def query_of(values: Mapping[str, Any]) -> str:
    """What to search for; raises RefusedError."""
    query = values.get("query")
    if not isinstance(query, str) or not query.strip():
        raise _invalid('"query" must be a string of words to search for.')
    if len(query) > MAX_QUERY:
        raise _invalid(f'"query" has more than {MAX_QUERY} characters: put a question there; a whole paste is for "diagnose".')
    return query


def limit_of(values: Mapping[str, Any], default: int) -> int:
    """How many results are wanted; raises RefusedError."""
    limit = values.get("limit", default)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_FOUND:
        raise _invalid(f'"limit" must be a whole number from 1 to {MAX_FOUND}.')
    return limit


def _name(values: Mapping[str, Any], field: str) -> str | int | None:
    value = values.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _invalid(f'"{field}" must be a string or a whole number.')
    if (len(value) if isinstance(value, str) else abs(value)) > (MAX_NAME if isinstance(value, str) else MAX_NUMBER):
        raise _invalid(f'"{field}" is too long: at most {MAX_NAME} characters, or a number of 64 bits.')
    return value


def _invalid(message: str) -> RefusedError:
    return RefusedError(422, "invalid", message)
