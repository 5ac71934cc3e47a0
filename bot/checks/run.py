"""Everything that is checked of a corpus: errors, which keep it from being served, and warnings, which do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.checks import broad_rules, narrow_patterns, near_duplicates, orphaned_points, stale_sources
from bot.checks.examined import Examined
from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.selftest import SelfTest
from bot.errors import ModelError, Problem
from bot.knowledge.build import build_snapshot
from bot.knowledge.load import read_sound_files
from bot.knowledge.types import Snapshot
from bot.reading import Reader
from bot.retrieval.load import load_embedder
from bot.retrieval.vectors import VectorCache, embed_all
from bot.settings import Settings

WARNINGS = (orphaned_points.CODE, near_duplicates.CODE, broad_rules.CODE, narrow_patterns.CODE, stale_sources.CODE)
"""Codes of the problems that do not keep a corpus from being served; every other code is an error."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, each part in the order of path and line; `skipped` says in words which checks could not be made.

    There is no snapshot when there is no usable product.yaml.
    """

    snapshot: Snapshot | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    skipped: tuple[str, ...] = ()


def check_corpus(folder: Path, settings: Settings, today: date) -> Report:
    """Check the corpus in `folder`: its form and references, its own tests, and what may be wrong with it although it works.

    Texts that the vector cache does not hold are embedded; without a model the checks that need one are skipped.
    """
    files, errors = read_sound_files(folder)
    if files.product is None:
        return Report(None, tuple(sorted(errors)))
    snapshot = build_snapshot(files)
    complete = not errors
    tests = SelfTest(snapshot, Reader(snapshot.profile, settings.analysis_limit), ConditionIndex(snapshot))
    errors += tests.problems()
    corpus = Examined(files, snapshot, tests.hits)
    warnings = [*broad_rules.broad_rules(corpus), *narrow_patterns.narrow_patterns(corpus)]
    warnings += stale_sources.stale_sources(files, today, settings.source_max_age_days)
    # A file that was left out for its errors may cite what seems to be an orphan.
    warnings += orphaned_points.orphaned_points(corpus) if complete else ()
    skipped: list[str] = []
    try:
        cache = VectorCache(settings.cache_dir)
        embedder = load_embedder(settings.embedding_model, settings.export_dirs)
        vectors = embed_all([entry.spec.text for entry in files.points], embedder, cache).vectors
        warnings += near_duplicates.near_duplicates(files.points, vectors)
    except ModelError as error:
        skipped.append(f"{near_duplicates.CODE}: {error}")
    return Report(snapshot, tuple(sorted(errors)), tuple(sorted(warnings)), tuple(skipped))
