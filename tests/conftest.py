"""Shared fixtures: the tiny corpus of an invented product, and an engine that serves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.engine import Engine, build_engine
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Snapshot
from bot.retrieval.exported import Export, find_export
from bot.retrieval.model_source import find_source
from bot.retrieval.vectors import VectorCache
from bot.settings import Settings, load_settings

pytest_plugins = ["discord_fixtures", "postgres_fixtures", "preview_fixtures"]

ROOT = Path(__file__).parent.parent
PARCEL = ROOT / "tests/corpora/parcel"


@pytest.fixture(scope="session")
def cache_dir(pytestconfig: pytest.Config) -> Path:
    """One cache for all runs, so that each text of the corpus is embedded once; `pytest --cache-clear` empties it."""
    assert pytestconfig.cache is not None, "pytest runs with its cache plugin"
    return pytestconfig.cache.mkdir("vectors")


@pytest.fixture(scope="session")
def export(cache_dir: Path) -> Export:
    """The export of the installed model: the one made at setup, or one made into the cache of all runs, which takes a minute."""
    source = find_source("")
    present = find_export(source.identity, load_settings({"CACHE_DIR": str(cache_dir)}).export_dirs)
    if present is not None:
        return present
    from bot.retrieval.export import make_export

    made = make_export(source, [], cache_dir / "models", VectorCache(cache_dir), print)
    assert made is not None, "the installed model can be exported"
    return made


@pytest.fixture(scope="session")
def parcel_settings(cache_dir: Path) -> Settings:
    """Settings that serve the invented product."""
    return load_settings({"KNOWLEDGE_DIR": str(PARCEL), "CACHE_DIR": str(cache_dir)})


@pytest.fixture(scope="session")
def parcel_engine(parcel_settings: Settings) -> Engine:
    """An engine for the invented product, with the real model."""
    return build_engine(parcel_settings)


@pytest.fixture(scope="session")
def engine(cache_dir: Path) -> Engine:
    """An engine for the corpus the bot is delivered with."""
    return build_engine(load_settings({"KNOWLEDGE_DIR": str(ROOT / "knowledge"), "CACHE_DIR": str(cache_dir)}))


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    """A copy of the tiny corpus that a test may break."""
    return Path(shutil.copytree(PARCEL, tmp_path / "parcel"))


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The tiny corpus in memory."""
    return load_snapshot(PARCEL)
