"""References between the files of a corpus: ids that exist, are unique, and are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.errors import Problem
from bot.knowledge.files import Files, Rules
from bot.knowledge.located import Path
from bot.knowledge.schema import CauseSpec, SymptomSpec
from bot.knowledge.signal_schema import KINDS, SignalSpec

MIN_TESTS = 2
"""Texts of each kind that a rule file brings: of one alone nobody knows what in it the rule is about."""


def check_references(files: Files) -> list[Problem]:
    """Every dangling, duplicate or unused reference of the corpus."""
    problems: list[Problem] = []
    problems += _duplicates((e.spec.id, e.path, e.line) for e in files.sources)
    problems += _duplicates((e.spec.id, e.path, e.line) for e in files.points)
    problems += _duplicates((r.spec.id, r.path, 1) for r in files.causes)
    problems += _duplicates((r.spec.id, r.path, 1) for r in files.symptoms)
    everything: list[Rules[CauseSpec] | Rules[SymptomSpec]] = [*files.causes, *files.symptoms]
    problems += _duplicates((r.spec.title, r.path, r.document.line(("title",))) for r in everything)
    sources = {e.spec.id for e in files.sources}
    causes = {r.spec.id for r in files.causes}
    points = {e.spec.id for e in files.points}
    for entry in files.points:
        if entry.spec.source not in sources:
            problems.append(
                Problem(
                    entry.path,
                    entry.line,
                    "unknown-source",
                    f"point `{entry.spec.id}` cites `{entry.spec.source}`, which sources.yaml does not list",
                )
            )
    used = {e.spec.source for e in files.points}
    problems += [
        Problem(e.path, e.line, "unused-source", f"no point cites `{e.spec.id}`; delete it or cite it")
        for e in files.sources
        if e.spec.id not in used
    ]
    for cause in files.causes:
        problems += _check_cause(cause, points, causes)
    for symptom in files.symptoms:
        problems += _check_symptom(symptom, points, causes)
    problems += _check_tests(files)
    if files.product is not None and files.product.fallback not in {r.spec.id for r in files.symptoms}:
        problems.append(
            Problem(
                "product.yaml", 1, "unknown-symptom", f"`fallback` names symptom `{files.product.fallback}`, which has no file"
            )
        )
    return problems


def _duplicates(ids: Iterable[tuple[str, str, int]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for value, path, line in ids:
        if value in seen:
            yield Problem(path, line, "duplicate", f"`{value}` stands also in {seen[value]}; ids and titles are unique")
        seen.setdefault(value, path)


def _check_cause(rules: Rules[CauseSpec], points: set[str], causes: set[str]) -> Iterator[Problem]:
    spec = rules.spec
    clauses: list[tuple[Path, list[str]]] = []
    for level in ("certain", "likely", "possible"):
        clauses += [((level, i), clause) for i, clause in enumerate(getattr(spec, level))]
    if not clauses:
        yield Problem(rules.path, 1, "no-rule", "give at least one clause under certain, likely or possible")
    clauses += [(("rules_out", i), exclusion.when) for i, exclusion in enumerate(spec.rules_out)]
    yield from _check_signals(rules, spec.signals, clauses)
    cited: list[tuple[Path, list[str]]] = [(("summary",), spec.summary.cite)]
    cited += [(("fixes", i), fix.cite) for i, fix in enumerate(spec.fixes)]
    cited += [(("rules_out", i), exclusion.cite) for i, exclusion in enumerate(spec.rules_out)]
    yield from _check_cited(rules, cited, points)
    for i, other in enumerate(spec.suppresses):
        if other not in causes:
            yield Problem(rules.path, rules.document.line(("suppresses", i)), "unknown-cause", f"`{other}` has no file")


def _check_symptom(rules: Rules[SymptomSpec], points: set[str], causes: set[str]) -> Iterator[Problem]:
    spec = rules.spec
    yield from _check_signals(rules, spec.signals, [(("when", i), clause) for i, clause in enumerate(spec.when)])
    cited: list[tuple[Path, list[str]]] = [(("says", i), item.cite) for i, item in enumerate(spec.says)]
    cited += [(("steps", i), item.cite) for i, item in enumerate(spec.steps)]
    for i, candidate in enumerate(spec.candidates):
        cited += [(("candidates", i, "advice", j), item.cite) for j, item in enumerate(candidate.advice)]
        for j, cause in enumerate(candidate.causes):
            if cause not in causes:
                yield Problem(
                    rules.path, rules.document.line(("candidates", i, "causes", j)), "unknown-cause", f"`{cause}` has no file"
                )
    yield from _check_cited(rules, cited, points)
    if spec.when and spec.tests is None:
        yield Problem(rules.path, 1, "missing-key", "`tests`: a symptom with rules needs tests that match and tests that do not")


def _check_signals(
    rules: Rules[CauseSpec] | Rules[SymptomSpec], signals: dict[str, SignalSpec], clauses: list[tuple[Path, list[str]]]
) -> Iterator[Problem]:
    used: set[str] = set()
    for path, clause in clauses:
        for name in clause:
            used.add(name.removeprefix("!"))
            if name.removeprefix("!") not in signals:
                yield Problem(rules.path, rules.document.line(path), "unknown-signal", f"`{name}` is not under `signals`")
        if all(name.startswith("!") for name in clause):
            yield Problem(
                rules.path, rules.document.line(path), "only-absent", "a clause needs at least one signal that is present"
            )
    for name, signal in signals.items():
        line = rules.document.line(("signals", name))
        if name not in used:
            yield Problem(rules.path, line, "unused-signal", f"no clause uses `{name}`; delete it or use it")
        if len(signal.kinds()) != 1:
            yield Problem(rules.path, line, "signal-kind", f"signal `{name}` needs exactly one of: {', '.join(KINDS)}")


def _check_cited(
    rules: Rules[CauseSpec] | Rules[SymptomSpec], cited: list[tuple[Path, list[str]]], points: set[str]
) -> Iterator[Problem]:
    for path, ids in cited:
        for point in ids:
            if point not in points:
                yield Problem(
                    rules.path, rules.document.line(path), "unknown-point", f"cites `{point}`, which no file under points/ holds"
                )


def _check_tests(files: Files) -> Iterator[Problem]:
    used: set[str] = set()
    everything: list[Rules[CauseSpec] | Rules[SymptomSpec]] = [*files.causes, *files.symptoms]
    for rules in everything:
        tests = rules.spec.tests
        for kind in ("match", "no_match") if tests else ():
            given = getattr(tests, kind)
            if len(given) < MIN_TESTS:
                line = rules.document.line(("tests", kind))
                yield Problem(rules.path, line, "too-few-tests", f"{len(given)} under `{kind}`; give at least {MIN_TESTS}")
            for i, test in enumerate(given):
                line = rules.document.line(("tests", kind, i))
                if (test.text is None) == (test.traceback is None):
                    yield Problem(rules.path, line, "test-kind", "a test has either `text` or `traceback`")
                elif test.traceback is not None:
                    if kind == "match":
                        used.add(test.traceback)
                    if test.traceback not in files.tracebacks:
                        yield Problem(rules.path, line, "unknown-traceback", f"there is no tracebacks/{test.traceback}.txt")
    for stem, (_, path) in files.tracebacks.items():
        if stem not in used:
            yield Problem(
                path, 1, "unused-traceback", "no cause or symptom lists it under tests.match, so nothing says what it shows"
            )
