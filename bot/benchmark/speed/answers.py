"""The whole answer and each of its stages, against the bare embedding of the same text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.benchmark.speed.clock import cpu_ms, each_ms, median, percentile
from bot.benchmark.speed.table import Row
from bot.diagnosis.diagnose import SIMILAR_CAUSES, SIMILAR_EXAMPLES
from bot.diagnosis.facts import Facts
from bot.diagnosis.query import search_texts
from bot.diagnosis.rank import rank
from bot.diagnosis.rules import apply_rules
from bot.diagnosis.translate import in_english
from bot.diagnosis.weights import load_weights
from bot.engine import Engine
from bot.knowledge.types import Snapshot
from bot.reply.compose import compose
from bot.retrieval.embedder import Embedder
from bot.retrieval.vectors import QueryVectors

PART = "answer"
PASTE = (1_500, 2_500)
"""Characters of what counts as a paste of 2 KB."""
OVERHEAD_MS, HALF_MS, NEARLY_ALL_MS = 2.0, 10.0, 60.0
"""Targets: everything but the embedding of a 2 KB paste; the whole answer for half of the texts, and for 95 % of them."""


def corpus_texts(snapshot: Snapshot) -> list[str]:
    """What is measured when no cases are given: the tracebacks of the corpus, each once."""
    return list(dict.fromkeys(example.text for example in snapshot.examples))


def measure_answers(engine: Engine, embedder: Embedder, texts: Sequence[str]) -> Iterator[Row]:
    """The rows of this part; the first one is the bare embedding, the base of all ratios in the table."""
    embedder.encode(["warm-up"])
    for text in texts:
        engine.answer(text)
    whole = [_fresh_ms(engine, embedder, text) for text in texts]
    yield from _rows("all texts", engine, embedder, texts, whole)
    chosen = [i for i, text in enumerate(texts) if PASTE[0] <= len(text) <= PASTE[1]]
    if chosen:
        yield from _rows("2 KB", engine, embedder, [texts[i] for i in chosen], [whole[i] for i in chosen], pasted=True)


def _rows(
    name: str, engine: Engine, embedder: Embedder, texts: Sequence[str], whole: Sequence[float], *, pasted: bool = False
) -> Iterator[Row]:
    part = f"{PART}, {name}"
    bare = median(each_ms(lambda text: embedder.encode([text]), texts))
    yield Row(part, "bare embedding of the text", bare, base=bare, note=f"median of {len(texts)} texts")
    yield Row(part, "whole answer, median", median(whole), base=bare, target=None if pasted else HALF_MS)
    yield Row(part, "whole answer, 95 %", percentile(whole, 0.95), base=bare, target=None if pasted else NEARLY_ALL_MS)
    rest = _rest_ms(engine, texts)
    target = OVERHEAD_MS if pasted else None
    yield Row(part, "everything but the embedding", median(rest), base=bare, target=target, note="vectors of queries known")
    yield Row(part, "everything but the embedding, 95 %", percentile(rest, 0.95), base=bare)
    for stage, work in _stages(engine).items():
        yield Row(part, f"stage: {stage}", median(each_ms(work, texts)), base=bare)


def _fresh_ms(engine: Engine, embedder: Embedder, text: str, tries: int = 2) -> float:
    """The answer to a text that was never embedded before."""
    times = []
    for _ in range(tries):
        fresh = engine.with_index(engine.index.with_queries(QueryVectors(embedder)))
        times.append(cpu_ms(lambda fresh=fresh: fresh.answer(text)))  # type: ignore[misc] # mypy and defaults of lambdas
    return min(times)


def _rest_ms(engine: Engine, texts: Sequence[str]) -> list[float]:
    """The answer to each text whose query vectors are in memory already."""
    times = []
    for text in texts:
        engine.answer(text)  # the memory holds the last few queries only
        times += each_ms(engine.answer, [text])
    return times


def _stages(engine: Engine) -> dict[str, Callable[[str], object]]:
    """The work of each stage, given a text; what a stage needs of the ones before it is prepared on first sight of the text."""
    snapshot, conditions, index = engine.snapshot, engine.conditions, engine.index
    weights = load_weights()
    seen: dict[str, _Prepared] = {}

    def prepared(text: str) -> _Prepared:
        if text not in seen:
            seen[text] = _Prepared(engine, text)
        return seen[text]

    def rules(text: str) -> None:
        reading = prepared(text).reading
        apply_rules(conditions, conditions.hits(Facts(reading, reading.events, snapshot.glossary)))

    def search(text: str) -> None:
        queries = prepared(text).queries
        index.search(queries[0], ("cause",), SIMILAR_CAUSES)
        for query in queries:
            index.search(query, ("example",), SIMILAR_EXAMPLES)

    return {
        "reading": engine.read,
        "rules": rules,
        "search": search,
        "ranking": lambda text: rank(conditions, prepared(text).ballot, weights),
        "reply": lambda text: compose(snapshot, prepared(text).reading, prepared(text).diagnosis),
    }


class _Prepared:
    """What the later stages are given for one text."""

    def __init__(self, engine: Engine, text: str) -> None:
        self.reading = engine.read(text)
        self.ballot = engine.ballot(text)
        self.queries = search_texts(in_english(self.reading, engine.snapshot))
        self.diagnosis = engine.answer(text).diagnosis
