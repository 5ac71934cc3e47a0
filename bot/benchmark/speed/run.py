"""All parts in one run: what is measured first is the base of the ratios of what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from bot.benchmark.speed.answers import corpus_texts, measure_answers
from bot.benchmark.speed.clock import each_ms, median
from bot.benchmark.speed.reload import measure_reload
from bot.benchmark.speed.scaling import POINT_COUNTS, RULE_COUNTS, measure_points, measure_rules
from bot.benchmark.speed.start import measure_start
from bot.benchmark.speed.stores import fill, measure_stores
from bot.benchmark.speed.table import Row
from bot.benchmark.speed.trace_readers import measure_readers
from bot.engine import Engine, build_engine
from bot.retrieval.embedder import Embedder
from bot.retrieval.load import load_embedder
from bot.retrieval.vectors import VectorCache
from bot.settings import Settings

EVERY = 1.0
"""Scale at which everything is measured; a smaller one measures fewer texts and smaller corpora, to try the command."""


@dataclass
class Run:
    """One run: texts to answer (none: the tracebacks of the corpus), and how much of everything is measured."""

    settings: Settings
    texts: Sequence[str] = ()
    scale: float = EVERY

    @cached_property
    def engine(self) -> Engine:
        """The engine that answers, with the embedder of this run."""
        return build_engine(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        """What embeds."""
        return load_embedder(self.settings.embedding_model, self.settings.export_dirs)

    @cached_property
    def chosen(self) -> list[str]:
        """The texts that are answered."""
        texts = list(self.texts) or corpus_texts(self.engine.snapshot)
        return texts[: self.scaled(len(texts))]

    @cached_property
    def bare_ms(self) -> float:
        """The bare embedding of a text, the base of what has no text of its own."""
        self.embedder.encode(["warm-up"])
        return median(each_ms(lambda text: self.embedder.encode([text]), self.chosen))

    def scaled(self, count: int) -> int:
        """So many of `count`, at least one."""
        return max(1, round(self.scale * count))

    def rows(self, parts: Sequence[str]) -> Iterator[Row]:
        """The rows of the chosen parts (names of PARTS), each as soon as it is measured."""
        for part, measure in PARTS.items():
            if part in parts:
                yield from measure(self)


def _answer(run: Run) -> Iterator[Row]:
    return measure_answers(run.engine, run.embedder, run.chosen)


def _stores(run: Run) -> Iterator[Row]:
    return measure_stores(fill(run.engine.snapshot, run.embedder, VectorCache(run.settings.cache_dir)), run.embedder)


def _traces(run: Run) -> Iterator[Row]:
    texts = corpus_texts(run.engine.snapshot)
    return measure_readers(texts[: run.scaled(len(texts))], run.engine.snapshot.profile)


def _corpus(run: Run) -> Iterator[Row]:
    return measure_points(run.bare_ms, sorted({run.scaled(count) for count in POINT_COUNTS}))


def _rules(run: Run) -> Iterator[Row]:
    return measure_rules(sorted({run.scaled(count) for count in RULE_COUNTS}))


PARTS: Mapping[str, Callable[[Run], Iterator[Row]]] = MappingProxyType(
    {
        "answer": _answer,
        "stores": _stores,
        "traces": _traces,
        "start": lambda run: measure_start(run.settings),
        "corpus": _corpus,
        "rules": _rules,
        "reload": lambda run: measure_reload(run.settings),
    }
)
