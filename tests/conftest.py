"""Shared fixtures: the tiny corpus of an invented product, and an engine that serves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.engine import Engine, build_engine
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Snapshot
from bot.settings import Settings, load_settings

pytest_plugins = ["discord_fixtures"]

ROOT = Path(__file__).parent.parent
PARCEL = ROOT / "tests/corpora/parcel"


@pytest.fixture(scope="session")
def cache_dir(pytestconfig: pytest.Config) -> Path:
    """One cache for all runs, so that each text of the corpus is embedded once; `pytest --cache-clear` empties it."""
    assert pytestconfig.cache is not None, "pytest runs with its cache plugin"
    return pytestconfig.cache.mkdir("vectors")


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
