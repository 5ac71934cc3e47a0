"""The metrics as Prometheus reads them; a registry of its own, so that two bots in one process do not mix."""

from __future__ import annotations

import math
from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from bot.operations.view import View

STAGE_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
PREFIX = "support_bot"


class PrometheusMetrics:
    """Counts what it hears of, and shows it with what is seen of the bot at that moment."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the package leaves it untyped
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, namespace=PREFIX, registry=registry)

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(name, about, labels, namespace=PREFIX, registry=registry)

        self._answers = counter("answers", "Answers given, by verdict and the cause they name", "verdict", "cause")
        self._silences = counter("silences", "Messages read on which the bot said nothing", "verdict")
        self._busy = counter("busy_refusals", "Requests refused because too many waited")
        self._votes = counter("votes", "What people said of answers", "kind")
        self._reloads = counter("corpus_changes", "Changes of the corpus that were asked for", "action", "outcome")
        self._errors = counter("discord_errors", "Requests to Discord that failed, by status", "status")
        self._stages = Histogram(
            "answer_stage_seconds",
            "Time that an answer took, by stage; total: from the message's arrival until all parts were sent",
            ("stage",),
            namespace=PREFIX,
            registry=registry,
            buckets=STAGE_BUCKETS_S,
        )
        self._waiting = gauge("queue_messages", "Messages that wait for their turn")
        self._under_way = gauge("messages_under_way", "Messages that are read or answered")
        self._shards = gauge("shards", "Shards that this process has")
        self._servers = gauge("servers", "Servers that this process sees")
        self._connected = gauge("gateway_connected", "Whether the connection of a shard stands", "shard")
        self._latency = gauge("gateway_latency_seconds", "From a heartbeat to its acknowledgement", "shard")
        self._corpus = gauge("corpus_info", "The corpus that answers", "version")
        self._loaded = gauge("corpus_loaded_timestamp_seconds", "When the corpus began to answer")
        self._causes = gauge("corpus_causes", "Causes in the corpus")
        self._points = gauge("corpus_points", "Documentation points in the corpus")
        self._pending = gauge("state_pending_writes", "Changes of the state that wait for the database")
        self._database = gauge("database_up", "Whether the database answers")
        self._processes = gauge("cluster_processes", "Live processes that share the database")

    def answered(self, verdict: str, cause: str, stages_s: Mapping[str, float]) -> None:
        """Count an answer and its stages."""
        self._answers.labels(verdict, cause).inc()
        for stage, seconds in stages_s.items():
            self._stages.labels(stage).observe(seconds)

    def kept_silent(self, verdict: str) -> None:
        """Count a silence."""
        self._silences.labels(verdict).inc()

    def refused_busy(self) -> None:
        """Count a refusal."""
        self._busy.inc()

    def voted(self, kind: str) -> None:
        """Count a vote."""
        self._votes.labels(kind).inc()

    def reloaded(self, action: str, outcome: str) -> None:
        """Count a change of the corpus."""
        self._reloads.labels(action, outcome).inc()

    def discord_failed(self, status: str) -> None:
        """Count a failed request."""
        self._errors.labels(status).inc()

    def render(self, view: View | None, accept: str = "") -> tuple[bytes, str]:
        """Everything in the format that a scraper accepts, with its content type; view: None while there is no bot to look at."""
        self._show(view or View(processes=0))
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _show(self, view: View) -> None:
        self._waiting.set(view.waiting)
        self._under_way.set(view.under_way)
        self._servers.set(view.servers)
        self._shards.set(len(view.shards))
        for labelled in (self._connected, self._latency, self._corpus):
            labelled.clear()  # shards go to other processes, and corpora are replaced
        for shard in view.shards:
            self._connected.labels(str(shard.id)).set(shard.connected)
            if math.isfinite(shard.latency_s):
                self._latency.labels(str(shard.id)).set(shard.latency_s)
        if view.corpus:
            self._corpus.labels(view.corpus).set(1)
        self._loaded.set(view.loaded_at)
        self._causes.set(view.causes)
        self._points.set(view.points)
        self._pending.set(view.pending_writes)
        self._database.set(view.database)
        self._processes.set(view.processes)
