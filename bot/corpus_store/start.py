"""The corpus to begin with: the one that was chosen last, or the folder's when that one no longer loads."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from bot.corpus_store.kept import Kept
from bot.corpus_store.record import Record, Served, read_record
from bot.engine import Engine, build_engine
from bot.errors import CorpusError, Problem
from bot.knowledge.load import corpus_version
from bot.service import Build, Service
from bot.settings import Settings

log = logging.getLogger(__name__)


def corpus_folder(settings: Settings) -> Path:
    """Where uploaded corpora and copies are kept."""
    return settings.data_dir / "corpus"


def server_folders(root: Path) -> Path:
    """Where, in the folder of corpora, those are that servers have of their own, a folder for each by its id."""
    return root / "servers"


def open_service(settings: Settings, build: Build = build_engine) -> Service:
    """A service for the corpus that was chosen last, of this process or of all that share its database.

    The reason why it is another one is `start_problem`. Raises CorpusError when the corpus in KNOWLEDGE_DIR is needed and does
    not pass its checks, or ModelError.
    """
    folder = corpus_folder(settings)
    kept, record = Kept(folder), read_record(folder)
    url = settings.postgres_url
    if url:
        record = _shared(url, kept, record, settings)
    kept.tidy(in_use(record), alone=not url)
    problem = ""
    if record.live is not None and record.live.pinned:
        try:
            return Service(_pinned(kept, record.live, settings, build), settings, build)
        except CorpusError as error:
            problem = f"Corpus {record.live.version} was chosen, but no longer loads: {first_of(error)}"
            log.error("%s; the corpus in %s is served", problem, settings.knowledge_dir)  # noqa: TRY400 - the text says it all
    service = Service(build(settings), settings, build)
    service.start_problem = problem
    try:
        kept.copy(settings.knowledge_dir, service.snapshot.version)
    except OSError as error:
        log.warning("No copy of the corpus is kept (%s): after a restart there is nothing to roll back to", error)
    return service


def first_of(error: CorpusError) -> str:
    """How many problems a corpus has, and the first of them."""
    return f"{len(error.problems)} problem(s), the first: {error.problems[0]}" if error.problems else "it has problems"


def in_use(record: Record) -> set[str]:
    """The versions that a record names."""
    return {served.version for served in (record.live, record.previous) if served is not None}


def _shared(url: str, kept: Kept, known: Record, settings: Settings) -> Record:
    """What the processes serve that share the database, or what is known without it.

    To begin with, all serve the same: what the folder holds by now is offered to the others, and not taken for itself.
    """
    from bot.corpus_store.shared_start import read_shared

    shared = read_shared(url, kept)
    if shared is None or shared.live is None:
        return known
    holds = settings.knowledge_dir.is_dir() and corpus_version(settings.knowledge_dir) == shared.live.version
    return replace(shared, live=replace(shared.live, pinned=not holds))


def _pinned(kept: Kept, live: Served, settings: Settings, build: Build) -> Engine:
    """An engine for the kept copy of a version; raises CorpusError, also when the copy is no longer what it was."""
    folder = kept.path(live.version)
    engine = build(settings.model_copy(update={"knowledge_dir": folder}))
    if engine.snapshot.version != live.version:
        problem = Problem(folder.as_posix(), 1, "changed", f"the copy was changed: it is now {engine.snapshot.version}")
        raise CorpusError([problem])
    return engine
