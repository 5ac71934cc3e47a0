"""Checked files into the immutable Snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.knowledge import schema
from bot.knowledge.files import Files, Rules
from bot.knowledge.glossary import build_glossary
from bot.knowledge.signal_schema import SignalSpec
from bot.knowledge.types import (
    Advice,
    Candidate,
    Cause,
    Clause,
    Condition,
    Example,
    Exclusion,
    Former,
    Level,
    Point,
    Question,
    RuleTest,
    Snapshot,
    Source,
    Symptom,
)
from bot.reading.profile import NamedPattern, Profile


def build_snapshot(files: Files) -> Snapshot:
    """The snapshot of files that have no problems."""
    product = files.product
    assert product is not None, "files without a product have a problem"
    texts = {stem: text for stem, (text, _) in files.tracebacks.items()}
    causes = {rules.spec.id: _cause(rules, texts) for rules in files.causes}
    symptoms = {rules.spec.id: _symptom(rules, texts) for rules in files.symptoms}
    examples = tuple(
        Example(test.traceback, texts[test.traceback], rules.spec.id, files.tracebacks[test.traceback][1])
        for rules in files.causes
        for test in rules.spec.tests.match
        if test.traceback is not None
    )
    return Snapshot(
        version=files.version,
        profile=_profile(product),
        about=MappingProxyType(
            {
                "name": product.name,
                "docs": product.docs,
                "help": product.help,
                "fallback": product.fallback,
                "revoke": product.revoke or "",
            }
        ),
        sources=MappingProxyType({e.spec.id: Source(**e.spec.model_dump()) for e in files.sources}),
        points=MappingProxyType({e.spec.id: _point(e.spec) for e in files.points}),
        causes=MappingProxyType(causes),
        symptoms=MappingProxyType(symptoms),
        examples=examples,
        quiet=tuple(Example(path, text, "", f"{path}:{line}") for path, line, text in files.quiet),
        glossary=build_glossary(files),
    )


def _profile(product: schema.ProductSpec) -> Profile:
    def named(specs: list[schema.NamedPatternSpec]) -> tuple[NamedPattern, ...]:
        return tuple(NamedPattern(spec.id, spec.pattern, spec.title) for spec in specs)

    return Profile(
        name=product.name,
        marks=named(product.marks),
        endpoints=named(product.endpoints),
        model_names=named(product.model_names),
        models=product.models or "",
        output_formats=product.output_formats or "",
        settings=tuple(product.settings),
        regions=named(product.regions),
        plans=named(product.plans),
        error_fields=tuple(product.error_fields),
        error_codes=frozenset(product.error_codes),
        shared_codes=frozenset(product.shared_codes),
        secrets=tuple(NamedPattern(spec.id, spec.pattern, spec.title, spec.example or "") for spec in product.secrets),
        vendors=named(product.vendors),
        packages=tuple(product.packages),
        topics=tuple(product.topics),
        other_products=tuple(product.other_products),
        people_only=tuple(product.people_only),
    )


def _point(spec: schema.PointSpec) -> Point:
    was = Former(spec.was.says, spec.was.until or "") if spec.was is not None else None
    return Point(spec.id, spec.text, spec.source, spec.as_of, tuple(spec.keys), tuple(spec.questions), was)


def _advice(spec: schema.AdviceSpec | schema.SummarySpec) -> Advice:
    return Advice(spec.do if isinstance(spec, schema.AdviceSpec) else spec.says, tuple(spec.cite))


def _ask(specs: list[schema.AskSpec]) -> tuple[Question, ...]:
    return tuple(Question(spec.ask, spec.unless or "") for spec in specs)


def _clause(names: list[str]) -> Clause:
    return Clause(tuple(n for n in names if not n.startswith("!")), tuple(n[1:] for n in names if n.startswith("!")))


def _conditions(signals: Mapping[str, SignalSpec]) -> Mapping[str, Condition]:
    out = {}
    for name, spec in signals.items():
        ((kind, value),) = spec.kinds().items()
        out[name] = Condition(name, kind, tuple(value) if isinstance(value, list) else value, spec.why)
    return MappingProxyType(out)


def _tests(rules: Rules[schema.CauseSpec] | Rules[schema.SymptomSpec], texts: Mapping[str, str]) -> tuple[RuleTest, ...]:
    spec = rules.spec.tests
    if spec is None:
        return ()
    return tuple(
        RuleTest(
            text=test.text if test.text is not None else texts[test.traceback or ""],
            match=kind == "match",
            line=rules.document.line(("tests", kind, i)),
            level=Level(test.level) if test.level else None,
        )
        for kind, tests in (("match", spec.match), ("no_match", spec.no_match))
        for i, test in enumerate(tests)
    )


def _cause(rules: Rules[schema.CauseSpec], texts: Mapping[str, str]) -> Cause:
    spec = rules.spec
    conditions = _conditions(spec.signals)
    return Cause(
        id=spec.id,
        title=spec.title,
        area=spec.area,
        summary=_advice(spec.summary),
        conditions=conditions,
        keys=frozenset(condition.key for condition in conditions.values()),
        rules=MappingProxyType({level: tuple(_clause(c) for c in getattr(spec, level.value)) for level in Level}),
        exclusions=tuple(Exclusion(_clause(e.when), e.says, tuple(e.cite)) for e in spec.rules_out),
        suppresses=tuple(spec.suppresses),
        fixes=tuple(_advice(f) for f in spec.fixes),
        ask=_ask(spec.ask),
        phrases=tuple(spec.phrases),
        tests=_tests(rules, texts),
        path=rules.path,
    )


def _symptom(rules: Rules[schema.SymptomSpec], texts: Mapping[str, str]) -> Symptom:
    spec = rules.spec
    return Symptom(
        id=spec.id,
        title=spec.title,
        conditions=_conditions(spec.signals),
        when=tuple(_clause(c) for c in spec.when),
        says=tuple(_advice(s) for s in spec.says),
        candidates=tuple(Candidate(tuple(c.causes), c.title, tuple(_advice(a) for a in c.advice)) for c in spec.candidates),
        steps=tuple(_advice(s) for s in spec.steps),
        ask=_ask(spec.ask),
        phrases=tuple(spec.phrases),
        tests=_tests(rules, texts),
        path=rules.path,
        rank=spec.rank,
    )
