"""Where the vectors of a corpus are searched: in memory, or in PostgreSQL; and that either way the bot starts."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from postgres_fixtures import name_of
from postgres_server import PostgresServer

from bot.engine import Engine, build_engine
from bot.retrieval.documents import Kind
from bot.settings import Settings, load_settings

QUERY = "why does live tracking close after one minute?"
ROOT = Path(__file__).parent.parent


def settings_for(cache: Path, url: str, models: Path, above: int = 100_000) -> Settings:
    (cache / "models").parent.mkdir(parents=True, exist_ok=True)
    if not (cache / "models").exists() and models.exists():
        (cache / "models").symlink_to(models)
    values = {"KNOWLEDGE_DIR": str(ROOT / "tests/corpora/parcel"), "CACHE_DIR": str(cache), "PGVECTOR_ABOVE": str(above)}
    return load_settings(values | ({"DATABASE_URL": url.replace("+asyncpg", "")} if url else {}))


def tables(server: PostgresServer, url: str) -> int:
    return int(
        server.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'corpus\\_vectors\\_%' AND relkind = 'r'", name_of(url))
    )


@pytest.mark.parametrize(
    ("above", "own", "expected"), [(100_000, False, 0), (10, False, 1), (100_000, True, 1)], ids=["few", "many", "own"]
)
def test_postgresql_searches_what_is_large_or_a_server_s_own(
    above: int,
    own: bool,
    expected: int,
    database_url: str,
    postgres_server: PostgresServer,
    parcel_engine: Engine,
    cache_dir: Path,
    tmp_path: Path,
) -> None:
    engine = build_engine(settings_for(tmp_path, database_url, cache_dir / "models", above), own=own)
    assert tables(postgres_server, database_url) == expected
    searched: list[tuple[Kind, ...]] = [("point",), ("cause",), ("point", "cause", "symptom", "example")]
    for kinds in searched:
        right, found = (one.index.search(QUERY, kinds, 10) for one in (parcel_engine, engine))
        assert [hit.document for hit in found] == [hit.document for hit in right]
        assert [hit.dense for hit in found] == pytest.approx([hit.dense for hit in right], abs=1e-5)
    assert engine.answer(QUERY).diagnosis.verdict == parcel_engine.answer(QUERY).diagnosis.verdict


@pytest.mark.parametrize("own", [False, True])
def test_a_second_process_starts_without_embedding(own: bool, database_url: str, cache_dir: Path, tmp_path: Path) -> None:
    first, second = (
        build_engine(settings_for(tmp_path / name, database_url, cache_dir / "models"), own=own).index.embedded
        for name in ("one", "two")
    )
    assert first > 0
    assert second == 0


def embedded(cache: Path, url: str, models: Path) -> int:
    return build_engine(settings_for(cache, url, models)).index.embedded


def test_of_two_real_processes_that_start_at_once_one_embeds(database_url: str, cache_dir: Path, tmp_path: Path) -> None:
    alone = embedded(tmp_path / "alone", "", cache_dir / "models")
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        started = [processes.submit(embedded, tmp_path / name, database_url, cache_dir / "models") for name in ("one", "two")]
        counts = sorted(process.result(timeout=120) for process in started)
    assert counts == [0, alone]


@pytest.mark.parametrize(("above", "words_only"), [(100_000, False), (10, True)])
def test_a_database_that_is_away_does_not_stop_the_start(
    above: int, words_only: bool, cache_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = "postgresql://somebody:secret-word@127.0.0.1:1/none"
    index = build_engine(settings_for(tmp_path, url, cache_dir / "models", above), own=True).index
    hits = index.search(QUERY, ("point",), 5)
    assert hits
    assert all(hit.dense_rank is None for hit in hits) == words_only
    said = "Searches go by words alone" if words_only else "Vectors are searched in memory"
    assert [record for record in caplog.records if record.getMessage().startswith(said)]
    assert "secret-word" not in caplog.text


def test_without_the_right_to_pgvector_vectors_are_searched_in_memory(
    database_url: str, postgres_server: PostgresServer, cache_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    role = f"role_of_{name_of(database_url)}"
    postgres_server.execute(f"CREATE ROLE {role} LOGIN", name_of(database_url))
    try:
        url = database_url.replace("//postgres:", f"//{role}:")
        engine = build_engine(settings_for(tmp_path, url, cache_dir / "models"), own=True)
        assert engine.index.search(QUERY, ("point",), 5)[0].dense_rank is not None
    finally:
        postgres_server.execute(f"DROP ROLE {role}", name_of(database_url))
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text for text in said if text.startswith("Vectors are searched in memory: pgvector 0.8 or newer is needed")]
