"""The corpus format: what each file may hold. Unknown keys are errors; every error names its place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.patterns import PatternError, compile_pattern

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Day = Annotated[
    str, Field(pattern=r"^20\d\d(-\d\d(-\d\d)?)?$", description="a day, month or year as YYYY-MM-DD, YYYY-MM or YYYY")
]
Words = Annotated[str, Field(min_length=2, max_length=600)]


def _check_pattern(value: str) -> str:
    try:
        compile_pattern(value)
    except PatternError as error:
        raise ValueError(f"not a valid RE2 pattern: {error}") from None
    return value


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


Pattern = Annotated[str, Field(min_length=2, max_length=1000), AfterValidator(_check_pattern)]


class Model(BaseModel):
    """Base of every part of the format: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GapSpec(Model):
    """Seconds between two events of the timeline (see bot.reading.timeline)."""

    start: Literal["connect", "send", "flush", "keepalive", "receive", "error", "close", "last_send", "retry_due"] = Field(
        alias="from"
    )
    end: Literal["connect", "send", "receive", "error", "close"] = Field(alias="to")
    at_least_s: float | None = None
    at_most_s: float | None = None


class PackageSpec(Model):
    """A package the paste names, and its version's bounds (`below` excludes, `at_least` includes)."""

    name: str
    below: str | None = None
    at_least: str | None = None


class SignalSpec(Model):
    """One named signal: exactly one kind, and optionally why it speaks for the cause (shown beside the evidence)."""

    text: Pattern | None = None
    prose: Pattern | None = None
    error: Pattern | None = None
    exception: Pattern | None = None
    frame: Pattern | None = None
    model: Pattern | None = None
    output_format: Pattern | None = None
    api_error: Annotated[list[str], BeforeValidator(_as_list)] | None = None
    http_status: Annotated[list[int], BeforeValidator(_as_list)] | None = None
    ws_close: Annotated[list[int], BeforeValidator(_as_list)] | None = None
    endpoint: Annotated[list[str], BeforeValidator(_as_list)] | None = None
    vendor: Annotated[list[str], BeforeValidator(_as_list)] | None = None
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
ClauseSpec = Annotated[list[SignalName], BeforeValidator(_as_list), Field(min_length=1)]
Signals = dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], SignalSpec]
Cites = Annotated[list[Id], BeforeValidator(_as_list), Field(min_length=1)]


class AdviceSpec(Model):
    """One cited sentence (a fix, a fact, a step)."""

    do: Words
    cite: Cites


class SummarySpec(Model):
    """What the cause is, cited."""

    says: Words
    cite: Cites


class ExclusionSpec(Model):
    """When the cause is out, and the sentence that says why."""

    when: ClauseSpec
    says: Words
    cite: Annotated[list[Id], BeforeValidator(_as_list)] = []


class AskSpec(Model):
    """A question to the user; not asked when the conversation already shows a signal of the kind in `unless`."""

    ask: Words
    unless: Literal["endpoint", "model", "ws_close", "http_status", "package", "output_format", "api_error", "trace"] | None = (
        None
    )


def _as_ask(value: object) -> object:
    return {"ask": value} if isinstance(value, str) else value


Ask = Annotated[AskSpec, BeforeValidator(_as_ask)]


class TestSpec(Model):
    """A text, or the name of a file in tracebacks/, that the rules must or must not match."""

    text: str | None = None
    traceback: Id | None = None
    level: Literal["certain", "likely", "possible"] | None = None


def _as_test(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Tests = list[Annotated[TestSpec, BeforeValidator(_as_test)]]


class TestsSpec(Model):
    """Both kinds are required: what must match, and near misses that must not."""

    match: Tests = Field(min_length=1)
    no_match: Tests = Field(min_length=1)


class CauseSpec(Model):
    """causes/<area>/<id>.yaml"""

    id: Id
    title: Words
    area: Id
    summary: SummarySpec
    signals: Signals = Field(min_length=1)
    certain: list[ClauseSpec] = []
    likely: list[ClauseSpec] = []
    possible: list[ClauseSpec] = []
    rules_out: list[ExclusionSpec] = []
    suppresses: list[Id] = []
    fixes: list[AdviceSpec] = Field(min_length=1)
    ask: list[Ask] = []
    phrases: list[Words] = Field(min_length=2)
    tests: TestsSpec


class CandidateSpec(Model):
    """One candidate of a symptom: the causes it stands for, best first, and what to do or check, cited."""

    causes: Annotated[list[Id], BeforeValidator(_as_list), Field(min_length=1)]
    title: Words
    advice: list[AdviceSpec] = Field(min_length=1)


class SymptomSpec(Model):
    """symptoms/<id>.yaml: a failure whose cause is still open."""

    id: Id
    title: Words
    rank: int = 0
    signals: Signals = {}
    when: list[ClauseSpec] = []
    says: list[SummarySpec] = []
    candidates: list[CandidateSpec] = []
    steps: list[AdviceSpec] = []
    ask: list[Ask] = Field(min_length=1)
    phrases: list[Words] = []
    tests: TestsSpec | None = None


class PointSpec(Model):
    """One documented claim."""

    id: Id
    text: Words
    source: Id
    as_of: Day
    keys: list[str] = []
    questions: list[Words] = []


class SourceSpec(Model):
    """One cited page; `reviewed` is the day somebody last compared our claims with it."""

    id: Id
    title: Words
    url: str = Field(pattern=r"^https://[^\s<>]+$")
    reviewed: Day


class NamedPatternSpec(Model):
    """A pattern that means `id`; of a secret, the id is the name people read."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9 -]*$", max_length=40)
    pattern: Pattern
    title: str = ""


class ProductSpec(Model):
    """product.yaml: everything the bot must know of the product."""

    name: str
    docs: str
    help: str
    fallback: Id
    marks: list[NamedPatternSpec] = Field(min_length=1)
    topics: list[Pattern] = []
    other_products: list[Pattern] = []
    people_only: list[Pattern] = []
    endpoints: list[NamedPatternSpec] = []
    models: Pattern | None = None
    output_formats: Pattern | None = None
    error_fields: list[str] = []
    error_codes: list[str] = []
    shared_codes: list[str] = []
    secrets: list[NamedPatternSpec] = []
    vendors: list[NamedPatternSpec] = []
    packages: list[str] = []
