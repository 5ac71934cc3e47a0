"""What the model and the corpus tell."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from bot.checks.run import check_corpus
from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.retrieval.exported import DamagedExportError, read_export
from bot.retrieval.load import load_embedder
from bot.retrieval.model_source import find_source
from bot.settings import Settings

SAMPLE = "The connection was closed before the answer came."
TOLERANCE = 1e-3


def check_model(settings: Settings) -> Iterator[Finding]:
    """Whether the model is there, its export sound, and whether it embeds a text; raises ModelError when it is not there."""
    source = find_source(settings.embedding_model)
    places = [folder / source.identity for folder in settings.export_dirs if (folder / source.identity).exists()]
    if not places:
        yield warning(
            "EMBEDDING_MODEL",
            f"{source.name} has no export and runs on PyTorch: slower, and several times the memory",
            "python -m bot model export",
        )
    for place in places[:1]:
        try:
            read_export(place, source.identity)
        except DamagedExportError as problem:
            yield error("EMBEDDING_MODEL", f"the export in {place} is damaged: {problem}", "python -m bot model export --force")
    began = time.perf_counter()
    (vector,) = load_embedder(settings.embedding_model, settings.export_dirs).encode([SAMPLE])
    seconds = time.perf_counter() - began
    if not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1) > TOLERANCE:
        yield error("EMBEDDING_MODEL", f"{source.name} gives vectors that are not of unit length", "Install the model again.")
    else:
        said = f"{source.name} was loaded and embedded a text in {seconds:.1f} s ({len(vector)} dimensions)"
        yield fine("EMBEDDING_MODEL", said)


def check_knowledge(settings: Settings) -> Iterator[Finding]:
    """Whether the corpus in KNOWLEDGE_DIR loads and passes its checks."""
    report = check_corpus(settings.knowledge_dir, settings, datetime.now(UTC).date())
    whole = "`python -m bot corpus check` lists all of them"
    if report.errors or report.snapshot is None:
        first = f"the first: {report.errors[0]}" if report.errors else "there is no product.yaml"
        advice = f"Mend them ({whole}), or let KNOWLEDGE_DIR name another folder."
        yield error("KNOWLEDGE_DIR", f"{settings.knowledge_dir}: {len(report.errors)} error(s), {first}", advice)
        return
    snapshot = report.snapshot
    counts = f"{len(snapshot.causes)} causes, {len(snapshot.points)} points"
    yield fine("KNOWLEDGE_DIR", f"{settings.knowledge_dir}: {counts}, version {snapshot.version}, all tests pass")
    if report.warnings:
        yield warning(
            "KNOWLEDGE_DIR", f"{len(report.warnings)} warning(s), the first: {report.warnings[0]}", f"Look at them: {whole}."
        )
    for skipped in report.skipped:
        yield warning("KNOWLEDGE_DIR", f"not checked: {skipped}", "Mend the model, and check again.")
