"""How the cost of a search grows with the corpus, and the cost of a message with the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.benchmark.speed.clock import cpu_ms, each_ms, median
from bot.benchmark.speed.synthetic import RandomEmbedder, documents, message, rules_snapshot, sentences, vectors
from bot.benchmark.speed.table import Row
from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.facts import Facts
from bot.diagnosis.rules import apply_rules
from bot.reading import Reader
from bot.retrieval.dense import ExactSearch
from bot.retrieval.index import Index, Weights
from bot.retrieval.vectors import QueryVectors

POINT_COUNTS, RULE_COUNTS = (300, 3_000, 30_000, 100_000), (100, 1_000, 10_000)
SEARCH_MS, RULES_TIMES = 25.0, 3.0
"""Targets: a search over the largest corpus; what the most causes cost, compared with the fewest."""
QUERIES, QUERY_WORDS, LIMIT = 20, 60, 10
MESSAGES, WARM_UP = 50, 40
"""Messages that are measured, and how many times as many are answered in all: what fails often has been seen by then."""


def measure_points(bare: float | None = None, counts: Sequence[int] = POINT_COUNTS) -> Iterator[Row]:
    """A search by meaning and by words, by the number of points; `bare` is what the ratios are of, the bare embedding."""
    queries = sentences(QUERIES, QUERY_WORDS, seed=1)
    for count in counts:
        cost = median(search_costs(count, queries))
        target = SEARCH_MS if count == max(counts) else None
        yield Row("corpus", f"a search of {count:,} points", cost, base=bare, target=target)


def search_costs(count: int, queries: Sequence[str]) -> list[float]:
    """CPU milliseconds of each search, the vectors of the queries being known."""
    index = Index(documents(count), ExactSearch(vectors(count)), QueryVectors(RandomEmbedder()), 0, Weights())
    for query in queries:
        index.search(query, ("point",), LIMIT)
    return each_ms(lambda query: index.search(query, ("point",), LIMIT), queries)


def measure_rules(counts: Sequence[int] = RULE_COUNTS, messages: int = MESSAGES) -> Iterator[Row]:
    """The rules' work on a message by the number of causes, in ratios to the fewest."""
    fewest: float | None = None
    for count in counts:
        cost = median(rule_costs(count, messages))
        fewest = fewest or cost
        target = RULES_TIMES if count == max(counts) else None
        note = f"after {(WARM_UP - 1) * messages:,} other messages"
        yield Row("rules", f"a message under {count:,} causes", cost, base=fewest, target=target, on_ratio=True, note=note)


def rule_costs(count: int, messages: int) -> list[float]:
    """CPU milliseconds of each message; each is measured once, for what was seen before costs less."""
    snapshot = rules_snapshot(count)
    reader, conditions = Reader(snapshot.profile), ConditionIndex(snapshot)

    def cost(number: int) -> float:
        reading = reader.read(message(number))
        return cpu_ms(lambda: apply_rules(conditions, conditions.hits(Facts(reading, reading.events))))

    for number in range(messages, WARM_UP * messages):
        cost(number)
    return [cost(number) for number in range(messages)]
