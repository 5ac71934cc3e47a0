"""The JSON Schemas of what is asked and answered (draft 2020-12): for the description of the endpoint, and for MCP clients."""

from __future__ import annotations

from typing import Any

from bot.api.question import MAX_FOUND, MAX_NAME, MAX_QUERY

Schema = dict[str, Any]


def obj(properties: Schema, optional: tuple[str, ...] = (), description: str = "") -> Schema:
    """An object whose properties are required, but for the optional ones."""
    required = [name for name in properties if name not in optional]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return schema | ({"description": description} if description else {})


def text(description: str = "", **more: object) -> Schema:
    """A string."""
    return {"type": "string", **more} | ({"description": description} if description else {})


def whole(description: str = "", least: int = 0, **more: object) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, **more} | ({"description": description} if description else {})


def items(of: Schema, description: str = "", most: int | None = None) -> Schema:
    """An array."""
    schema: Schema = {"type": "array", "items": of} | ({"maxItems": most} if most is not None else {})
    return schema | ({"description": description} if description else {})


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


SOURCE_IDS = items(text(), "ids in `sources`")
SOURCE = obj(
    {
        "id": text(),
        "title": text(),
        "url": text(format="uri"),
        "as_of": text("the day on which the page was last compared with what is said"),
        "stale": {"const": True, "description": "the page no longer holds what it was cited for"},
    },
    optional=("stale",),
)
EVIDENCE = obj(
    {
        "line": whole("the line of the paste, from 1", 1),
        "quote": text("the line, secrets hidden"),
        "why": text(),
        "earlier": {"const": True, "description": "the line is of an earlier message of the thread"},
    },
    optional=("earlier",),
)
CAUSE = obj(
    {
        "id": text(),
        "title": text(),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "level": {"enum": ["certain", "likely", "possible"]},
        "evidence": items(EVIDENCE),
        "fixes": items(obj({"text": text(), "sources": SOURCE_IDS})),
    }
)
TRACE = obj(
    {
        "language": text(),
        "exception_type": nullable(text()),
        "message": text(),
        "frames": whole("how many there are"),
        "innermost": nullable(obj({"file": nullable(text()), "line": nullable(whole()), "function": nullable(text())})),
        "start_line": whole(least=1),
        "end_line": whole(least=1),
        "truncated": {"type": "boolean"},
    }
)
ANSWER = obj(
    {
        "id": {"type": ["string", "integer", "null"], "description": "as given"},
        "verdict": {
            "enum": ["diagnosis", "overview", "answer", "abstain"],
            "description": "diagnosis: one cause stands out. overview: a failure whose cause is still open. answer: a question "
            "of fact. abstain: nothing is known about this; causes and points are empty.",
        },
        "causes": items(CAUSE, "best first", 5),
        "ruled_out": items(obj({"id": text(), "why": text(), "line": nullable(whole(least=1))})),
        "questions": items(text(), "what to ask to decide"),
        "points": items(obj({"id": text(), "text": text(), "source": text()}), "what the documents say, best first", 5),
        "sources": items(SOURCE, "every page that is cited"),
        "traces": items(TRACE, "the stack traces of the paste"),
        "changes": items(text(), "what this message changed in its thread"),
        "repeat": {"type": "boolean", "description": "this failure was already answered in the thread"},
        "secrets_redacted": whole("secrets found and hidden; tell their owner to replace them"),
        "markdown": items(text(), "the whole answer as messages, ready to be shown"),
        "timing_ms": {"type": "object", "additionalProperties": {"type": "number"}},
    }
)
HITS = obj(
    {
        "corpus": text("version"),
        "hits": items(
            obj(
                {
                    "kind": {"enum": ["point", "cause"]},
                    "id": text(),
                    "text": text(),
                    "score": {"type": "number", "description": "orders the results; no probability"},
                    "sources": items(SOURCE),
                }
            ),
            "best first",
            MAX_FOUND,
        ),
    }
)
TRACES = obj({"traces": items(TRACE)})
ERROR = obj({"error": obj({"code": text("stable, for programs"), "message": text("what to do")})})

TEXT = text(
    "The error message, traceback, log lines or question, unabridged. Secrets in it are hidden before anything else.", minLength=1
)
THREAD = text(
    "Name of the conversation that this message continues, any string of yours; leave it out for a new one.", maxLength=MAX_NAME
)
QUESTION: Schema = {
    **obj(
        {
            "text": TEXT,
            "id": {"type": ["string", "integer", "null"], "description": "comes back with the answer"},
            "thread": {"anyOf": [THREAD, {"type": "integer"}, {"type": "null"}]},
        },
        optional=("id", "thread"),
    ),
    "additionalProperties": False,
}
DIAGNOSE_INPUT = obj({"text": TEXT, "thread": THREAD}, optional=("thread",))
SEARCH_INPUT = obj(
    {
        "query": text("A question or a few words.", minLength=1, maxLength=MAX_QUERY),
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_FOUND, "default": 10},
    },
    optional=("limit",),
)
TRACES_INPUT = obj({"text": TEXT})
