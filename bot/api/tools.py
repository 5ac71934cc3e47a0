"""What an MCP client is offered: tools and resources, described for a model that has to choose among them."""

from __future__ import annotations

from typing import Any

from mcp_types import Resource, ResourceTemplate, Tool, ToolAnnotations

from bot.api.schema import ANSWER, DIAGNOSE_INPUT, HITS, SEARCH_INPUT, TRACES, TRACES_INPUT

CAUSES_URI = "corpus://causes"
CAUSE_URI = "corpus://causes/{id}"
JSON = "application/json"
_READS_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def instructions(product: str) -> str:
    """When to use the server at all."""
    return (
        f"Finds out why something that uses {product} fails, from what was pasted, and answers questions about {product} from "
        "its documentation. Answers come from a checked corpus, not from a language model: every claim names the page it is "
        "from, and nothing is answered that the corpus does not hold. Give errors, tracebacks and logs to `diagnose` whole and "
        "unedited."
    )


def tools(product: str) -> list[Tool]:
    """The tools, for the product that the corpus is about."""
    return [
        Tool(
            name="diagnose",
            title=f"Diagnose a failure of {product}",
            description=(
                f"Reads an error message, traceback, log or question about {product} and returns the most likely causes, each "
                "with the lines of the text that prove it, the fix, and the documentation page behind it. Pass the text whole "
                "and unedited: line numbers, times and codes are evidence. `verdict` says what came of it: `diagnosis` (one "
                "cause stands out), `overview` (still open: `questions` says what to ask for), `answer` (a question of fact), "
                "`abstain` (not about this product, or not known: do not guess in its place). To follow up, call it again with "
                "the same `thread`: what was said before counts, too. Quote the sources with the answer."
            ),
            input_schema=DIAGNOSE_INPUT,
            output_schema=ANSWER,
            annotations=_READS_ONLY,
        ),
        Tool(
            name="search",
            title=f"Search what is known of {product}",
            description=(
                f"Finds documented facts (kind `point`) and known causes of failures (kind `cause`) of {product} by meaning and "
                "by words, best first, with their pages. For looking something up in a few words; for anything that was "
                "pasted, `diagnose` is the better choice."
            ),
            input_schema=SEARCH_INPUT,
            output_schema=HITS,
            annotations=_READS_ONLY,
        ),
        Tool(
            name="read_traces",
            title="Read stack traces",
            description=(
                "Finds the stack traces in a text, however mangled (log prefixes, quotes, JSON, lost indentation), of any common "
                "language: exception, message, innermost frame, and the lines where each begins and ends. It needs no knowledge "
                "of the product and draws no conclusion."
            ),
            input_schema=TRACES_INPUT,
            output_schema=TRACES,
            annotations=_READS_ONLY,
        ),
    ]


def resources(product: str) -> list[Resource]:
    """What can be read without a parameter."""
    text = f"Every failure of {product} that can be diagnosed: id, title, area."
    return [Resource(uri=CAUSES_URI, name="causes", title="Known causes", description=text, mime_type=JSON)]


def templates(product: str) -> list[ResourceTemplate]:
    """What can be read with one."""
    text = (
        f"One cause of a failure of {product}, by the id that a diagnosis or the list names: summary, fixes, what to ask, pages."
    )
    return [ResourceTemplate(uri_template=CAUSE_URI, name="cause", title="One cause", description=text, mime_type=JSON)]


def hits_text(found: dict[str, Any]) -> str:
    """What a search found, as Markdown."""
    lines = []
    for hit in found["hits"]:
        pages = " ".join(f"[{source['title']}](<{source['url']}>)" for source in hit["sources"])
        lines.append(f"- {hit['kind']} `{hit['id']}`: {hit['text']} {pages}".rstrip())
    return "\n".join(lines) or "Nothing was found."


def traces_text(found: dict[str, Any]) -> str:
    """The traces of a text, a line each."""
    return "\n".join(_trace(trace) for trace in found["traces"]) or "There is no stack trace in this text."


def _trace(trace: dict[str, Any]) -> str:
    named = ": ".join(part for part in (trace["exception_type"], trace["message"]) if part)
    inner = trace["innermost"]
    where = f", raised in {inner['function'] or '?'} ({inner['file'] or '?'}:{inner['line'] or '?'})" if inner else ""
    return f"- lines {trace['start_line']}-{trace['end_line']}, {trace['language']}, {trace['frames']} frames: {named}{where}"
