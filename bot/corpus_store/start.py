"""The corpus to begin with: the one that was chosen last, or the folder's when that one no longer loads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Record, Served, read_record
from bot.engine import Engine, build_engine
from bot.errors import CorpusError, Problem
from bot.service import Service
from bot.settings import Settings

log = logging.getLogger(__name__)


def corpus_folder(settings: Settings) -> Path:
    """Where uploaded corpora and copies are kept."""
    return settings.data_dir / "corpus"


def open_service(settings: Settings, build: Callable[[Settings], Engine] = build_engine) -> Service:
    """A service for the corpus that was chosen last; the reason why it is another one is `start_problem`.

    Raises CorpusError when the corpus in KNOWLEDGE_DIR is needed and does not pass its checks, or ModelError.
    """
    folder = corpus_folder(settings)
    kept, record = Kept(folder), read_record(folder)
    kept.tidy(in_use(record))
    problem = ""
    if record.live is not None and record.live.pinned:
        try:
            return Service(_pinned(kept, record.live, settings, build), settings, build)
        except CorpusError as error:
            first = f"the first: {error.problems[0]}" if error.problems else ""
            problem = f"Corpus {record.live.version} was chosen, but no longer loads: {len(error.problems)} problem(s), {first}"
            log.error("%s; the corpus in %s is served", problem, settings.knowledge_dir)  # noqa: TRY400 - the text says it all
    service = Service(build(settings), settings, build)
    service.start_problem = problem
    try:
        kept.copy(settings.knowledge_dir, service.snapshot.version)
    except OSError as error:
        log.warning("No copy of the corpus is kept (%s): after a restart there is nothing to roll back to", error)
    return service


def in_use(record: Record) -> set[str]:
    """The versions that a record names."""
    return {served.version for served in (record.live, record.previous) if served is not None}


def _pinned(kept: Kept, live: Served, settings: Settings, build: Callable[[Settings], Engine]) -> Engine:
    """An engine for the kept copy of a version; raises CorpusError, also when the copy is no longer what it was."""
    folder = kept.path(live.version)
    engine = build(settings.model_copy(update={"knowledge_dir": folder}))
    if engine.snapshot.version != live.version:
        problem = Problem(folder.as_posix(), 1, "changed", f"the copy was changed: it is now {engine.snapshot.version}")
        raise CorpusError([problem])
    return engine
