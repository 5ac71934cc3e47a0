"""The description of the HTTP endpoint, in the form of OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from bot.api.schema import ANSWER, ERROR, QUESTION

FAILURES = {
    "400": "The body is not JSON.",
    "401": "The token is missing or not known.",
    "408": "The body took too long to arrive.",
    "413": "The body is too large.",
    "415": "The body is neither JSON nor text.",
    "422": "A field is missing or has a value that cannot be used.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "500": "The request failed for a reason that is not the sender's.",
    "503": "Too many requests are waiting, or nothing can be answered at present; `Retry-After` says when to come back.",
}


def describe(product: str, body_limit: int) -> dict[str, Any]:
    """The whole description, for the product that the corpus is about and a largest body in bytes."""
    answer = {"description": "The answer.", "content": _json({"$ref": "#/components/schemas/Answer"})}
    failed = {
        status: {"description": text, "content": _json({"$ref": "#/components/schemas/Error"})}
        for status, text in FAILURES.items()
    }
    about = f"A failure of {product} in, a cited answer out: cause, proof, fix and page."
    health = {"type": "object", "properties": {"status": {"const": "ok"}, "corpus": {"type": "string"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Support bot for {product}", "version": "1", "description": about},
        "paths": {
            "/diagnose": {
                "post": {
                    "operationId": "diagnose",
                    "summary": "Answer one message",
                    "description": f"The body has at most {body_limit} bytes. Of a long text, head and tail are read.",
                    "security": [{"token": []}],
                    "requestBody": {
                        "required": True,
                        "content": {
                            **_json({"$ref": "#/components/schemas/Question"}),
                            "text/plain": {"schema": {"type": "string", "description": "a message of its own, without an id"}},
                        },
                    },
                    "responses": {"200": answer, **failed},
                }
            },
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the process answers, and with which corpus",
                    "responses": {"200": {"description": "It does.", "content": _json(health)}},
                }
            },
        },
        "components": {
            "schemas": {"Question": QUESTION, "Answer": ANSWER, "Error": ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "One of `API_TOKENS`."}},
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
