"""The signals of a rule as its file writes them, and clauses of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.knowledge.fields import Pattern, as_list


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GapSpec(_Part):
    """Seconds between two events of the timeline (see bot.reading.timeline)."""

    start: Literal["connect", "send", "flush", "keepalive", "receive", "error", "close", "last_send", "retry_due"] = Field(
        alias="from"
    )
    end: Literal["connect", "send", "receive", "error", "close"] = Field(alias="to")
    at_least_s: float | None = None
    at_most_s: float | None = None


class PackageSpec(_Part):
    """A package the paste names, and its version's bounds (`below` excludes, `at_least` includes)."""

    name: str
    below: str | None = None
    at_least: str | None = None


class SignalSpec(_Part):
    """One named signal: exactly one kind, and optionally why it speaks for the cause (shown beside the evidence)."""

    text: Pattern | None = None
    prose: Pattern | None = None
    error: Pattern | None = None
    exception: Pattern | None = None
    frame: Pattern | None = None
    model: Pattern | None = None
    output_format: Pattern | None = None
    api_error: Annotated[list[str], BeforeValidator(as_list)] | None = None
    http_status: Annotated[list[int], BeforeValidator(as_list)] | None = None
    ws_close: Annotated[list[int], BeforeValidator(as_list)] | None = None
    endpoint: Annotated[list[str], BeforeValidator(as_list)] | None = None
    vendor: Annotated[list[str], BeforeValidator(as_list)] | None = None
    plan: Annotated[list[str], BeforeValidator(as_list)] | None = None
    package: PackageSpec | None = None
    gap: GapSpec | None = None
    product: Literal[True] | None = None
    topic: Literal[True] | None = None
    why: str = Field("", max_length=160)

    def kinds(self) -> dict[str, Any]:
        """The kinds that are set; a valid signal has exactly one."""
        return {name: value for name in KINDS if (value := getattr(self, name)) is not None}


KINDS = tuple(name for name in SignalSpec.model_fields if name != "why")
SignalName = Annotated[str, Field(pattern=r"^!?[a-z0-9_]+$")]
ClauseSpec = Annotated[list[SignalName], BeforeValidator(as_list), Field(min_length=1)]
Signals = dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], SignalSpec]
Fact = Literal[
    "endpoint", "model", "ws_close", "http_status", "package", "output_format", "api_error", "api_message", "request_id", "plan",
    "gap", "host", "runtime", "system", "setting", "language", "trace",
]  # fmt: skip
"""Kinds of facts that a message may show (see bot.diagnosis.conversation.known_kinds) and a question asks for."""
