"""What simpler ways of answering achieve on the same cases: each gives the JSON of a diagnosis, without a confidence."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from bot.diagnosis.query import search_text
from bot.diagnosis.types import Verdict
from bot.engine import Engine
from bot.evaluation.cases import Case, is_question
from bot.knowledge.types import Level, Snapshot
from bot.retrieval.index import Hit, Index, Kind

Answering = Callable[[list[Case]], list[Case]]
"""Messages (`id`, `text`, maybe `thread`; no labels) to answers, in the same order."""

TOKEN = re.compile(r"[a-z0-9_]+")
FAILURES: tuple[Kind, ...] = ("cause", "example", "symptom")
DEPTH = 100
LISTED = 5


def baselines(engine: Engine, cases: Iterable[Case], answer: Callable[[Engine, list[Case]], list[Case]]) -> dict[str, Answering]:
    """Ways of answering by name, from the simplest on; `answer` answers messages with an engine.

    The most frequent cause is that of the cases themselves: what somebody who knew their distribution could do without reading.
    """
    without_search = engine.with_index(Index.build([], None, None))
    return {
        "most frequent cause": _each(always(most_frequent_cause(cases))),
        "error-string lookup": _each(look_up(certain_codes(engine.snapshot))),
        "BM25 only": _each(retrieve(engine, dense=False)),
        "dense only": _each(retrieve(engine, dense=True)),
        "rules only": lambda messages: answer(without_search, messages),
    }


def most_frequent_cause(cases: Iterable[Case]) -> str:
    """The first label of most cases that have a cause, the first in the alphabet of equals; empty when none has."""
    labels = Counter(case["gold"][0] for case in cases if not is_question(case))
    del labels["none"], labels["insufficient"]
    return min(labels, key=lambda cause: (-labels[cause], cause), default="")


def certain_codes(snapshot: Snapshot) -> dict[str, str]:
    """Error codes of the API, in lower case, each with the cause whose certain rule names it, alone before with others."""
    clauses = [(cause, clause) for cause in snapshot.causes.values() for clause in cause.rules[Level.CERTAIN]]
    codes: dict[str, str] = {}
    for cause, clause in sorted(clauses, key=lambda pair: len(pair[1].present)):
        for condition in (cause.conditions[name] for name in clause.present):
            if condition.kind == "api_error" and isinstance(condition.value, tuple):
                for code in condition.value:
                    codes.setdefault(str(code).lower(), cause.id)
    return codes


def always(cause: str) -> Callable[[str], Case]:
    """The same cause, whatever the text says."""
    return lambda _: _diagnosis([cause])


def look_up(codes: Mapping[str, str]) -> Callable[[str], Case]:
    """The causes of the codes that stand in the text, in its order; silence without a code."""
    return lambda text: _diagnosis(list(dict.fromkeys(codes[word] for word in TOKEN.findall(text.lower()) if word in codes)))


def retrieve(engine: Engine, *, dense: bool) -> Callable[[str], Case]:
    """What is nearest in the corpus, by meaning or by words alone, decides what kind of answer is given and with what."""
    examples = {example.id: example.cause for example in engine.snapshot.examples}

    def near(hit: Hit) -> float:
        return hit.dense if dense else hit.lexical

    def answer(text: str) -> Case:
        query = search_text(engine.read(text))
        failures, points = (
            sorted(engine.index.search(query, kinds, DEPTH, dense=dense), key=near, reverse=True)
            for kinds in (FAILURES, ("point",))
        )
        named = [examples.get(hit.document.id, "") if hit.document.kind == "example" else hit.document.id for hit in failures]
        causes = [cause for cause in dict.fromkeys(named) if cause in engine.snapshot.causes]
        found = {**_diagnosis(causes), **_points(engine.snapshot, [hit.document.id for hit in points[:LISTED]])}
        best = max([*failures[:1], *points[:1]], key=near, default=None)
        if best is not None and best.document.kind in ("point", "symptom"):
            found["verdict"] = Verdict.ANSWER if best.document.kind == "point" else Verdict.OVERVIEW
        return found

    return answer


def _diagnosis(causes: list[str]) -> Case:
    listed = [cause for cause in causes if cause][:LISTED]
    return {"verdict": Verdict.DIAGNOSIS if listed else Verdict.ABSTAIN, "causes": [{"id": cause} for cause in listed]}


def _points(snapshot: Snapshot, ids: Iterable[str]) -> Case:
    points = [snapshot.points[point] for point in ids]
    sources = [snapshot.sources[source] for source in dict.fromkeys(point.source for point in points)]
    return {
        "points": [{"id": point.id, "text": point.statement, "source": point.source} for point in points],
        "sources": [{"id": source.id, "url": source.url} for source in sources],
    }


def _each(answer: Callable[[str], Case]) -> Answering:
    """Messages one by one, each with the time that it took."""

    def timed(message: Case) -> Case:
        start = time.perf_counter()
        found = answer(message["text"])
        return {"id": message["id"], **found, "timing_ms": {"total": round((time.perf_counter() - start) * 1000, 2)}}

    return lambda messages: [timed(message) for message in messages]
