"""The corpus format: what each file may hold. Unknown keys are errors; every error names its place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from bot.knowledge.fields import Day, Id, Pattern, Words, as_list
from bot.knowledge.signal_schema import ClauseSpec, Fact, Signals
from bot.patterns import compile_pattern

Cites = Annotated[list[Id], BeforeValidator(as_list), Field(min_length=1)]


class Model(BaseModel):
    """Base of every part of the format: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    cite: Cites


class AskSpec(Model):
    """A question to the user; not asked when the conversation already shows a signal of the kind in `unless`."""

    ask: Words
    unless: Fact | None = None


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
    """Both kinds are required: what must match, and near misses that must not (how many: bot.knowledge.references)."""

    match: Tests
    no_match: Tests


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

    causes: Annotated[list[Id], BeforeValidator(as_list), Field(min_length=1)]
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


class FormerSpec(Model):
    """What the documents said before; `until` is the last day, month or year in which they are known to have said it."""

    says: Annotated[str, Field(min_length=2, max_length=200)]
    until: Day | None = None


class PointSpec(Model):
    """One documented claim; `was` where the documents have changed."""

    id: Id
    text: Words
    source: Id
    as_of: Day
    was: FormerSpec | None = None
    keys: list[str] = []
    questions: list[Words] = []


class SourceSpec(Model):
    """One cited page; `reviewed` is the day somebody last compared our claims with it.

    Without TLS only from this machine, where documentation is tried out before it is published.
    """

    id: Id
    title: Words
    url: str = Field(pattern=r"^(?:https://|http://(?:localhost|127\.0\.0\.1)[:/])[^\s<>]+$")
    reviewed: Day


class NamedPatternSpec(Model):
    """A pattern that means `id`; of a secret, the id is the name people read."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9 _-]*$", max_length=40)
    pattern: Pattern
    title: str = ""


class SecretSpec(NamedPatternSpec):
    """The shape of a key, and an invented one that has it, with which `bench secrets` tries whether it is hidden everywhere."""

    example: str | None = None

    @model_validator(mode="after")
    def _has_the_shape(self) -> SecretSpec:
        if self.example is not None and compile_pattern(self.pattern, ignore_case=False).search(self.example) is None:
            raise ValueError("`example` does not have the shape of `pattern`")
        return self


class ProductSpec(Model):
    """product.yaml: everything the bot must know of the product."""

    name: str
    docs: str
    help: str
    fallback: Id
    revoke: Words | None = None
    marks: list[NamedPatternSpec] = Field(min_length=1)
    topics: list[Pattern] = []
    other_products: list[Pattern] = []
    people_only: list[Pattern] = []
    endpoints: list[NamedPatternSpec] = []
    models: Pattern | None = None
    model_names: list[NamedPatternSpec] = []
    output_formats: Pattern | None = None
    settings: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]] = []
    regions: list[NamedPatternSpec] = []
    plans: list[NamedPatternSpec] = []
    error_fields: list[str] = []
    error_codes: list[str] = []
    shared_codes: list[str] = []
    secrets: list[SecretSpec] = []
    vendors: list[NamedPatternSpec] = []
    packages: list[str] = []


Term = Annotated[str, Field(min_length=1, max_length=60)]
English = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .'/-]*$", max_length=60)]


class LanguageSpec(Model):
    """One language: its function words, what it writes in front of words without a space, and its terms with their English.

    A term is a word or a phrase; with a star at its end it means every word that begins so.
    """

    common: list[Term] = Field(min_length=1)
    prefixes: list[Term] = []
    terms: dict[Term, English] = Field(min_length=1)


class GlossarySpec(RootModel[dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], LanguageSpec]]):
    """glossary.yaml: languages by their ISO 639 code; where two fit a text equally, the one listed first is taken."""

    model_config = ConfigDict(frozen=True)
