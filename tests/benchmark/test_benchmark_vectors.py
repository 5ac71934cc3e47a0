"""The measurement of searches in memory and in PostgreSQL: its vectors, its table, and that it runs at a tiny size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from postgres_fixtures import name_of
from postgres_server import PostgresServer

from bot.benchmark.speed.synthetic import Clusters
from bot.benchmark.speed.vector_search import HEADER, Cost
from bot.cli import main
from bot.retrieval.postgres import tables


def test_clusters_are_near_themselves_and_the_same_each_time() -> None:
    clusters = Clusters(1_000)
    vectors = clusters.vectors(0, 1_000)
    assert np.array_equal(vectors, Clusters(1_000).vectors(0, 1_000))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    queries = clusters.vectors(-50, 0)
    cosines = np.sort(queries @ vectors.T, axis=1)
    assert not np.isclose(cosines[:, -1], 1.0).any()
    assert 0.5 < cosines[:, -10:].mean() < 0.8
    assert abs(np.median(cosines)) < 0.45


def test_a_cost_is_a_row_of_the_table() -> None:
    cost = Cost(100_000, "pgvector", 4.25, 6.5, 180.4, 168.0, 5.25, 0.8, 31.6, [0.99812, 1.0])
    row = "| 100,000 | pgvector | 4.25 ms | 6.50 ms | 180 MB | 168 MB | 5.2 MB | 0.8 s | 32 s | 0.9981 | 1.0000 |"
    assert cost.line() == row
    assert Cost(10, "numpy", 1, 1, 90, None, None, None, None, [1, 1]).line().count("| - |") == 2
    assert row.count("|") == HEADER.split("\n")[0].count("|")


@pytest.mark.parametrize("exact_rows", [100, 10_000])
def test_both_ways_are_measured_and_nothing_is_left(
    exact_rows: int,
    database_url: str,
    postgres_server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tables, "EXACT_ROWS", exact_rows)
    file = tmp_path / "figures" / "vectors.md"
    url = database_url.replace("+asyncpg", "")
    assert main(["bench", "vectors", "--database", url, "--sizes", "300", "600", "--markdown", str(file)]) == 0
    shown = capsys.readouterr().out.strip()
    assert file.read_text(encoding="utf-8").strip() == shown
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.split("\n")[2:]]
    assert [row[:2] for row in rows] == [[size, by] for size in ("300", "600") for by in ("numpy", "pgvector")]
    assert all(float(share) >= 0.99 for row in rows for share in row[-2:])
    assert all(float(row[2].split()[0]) > 0 for row in rows)
    left = postgres_server.execute("SELECT count(*) FROM corpus_vectors", name_of(database_url))
    assert left.strip() == "0"


@pytest.mark.parametrize("url", ["sqlite:///here.db", "mysql://somewhere/x", ""])
def test_another_database_is_refused_with_what_to_name(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["bench", "vectors", *(["--database", url] if url else [])]) == 2
    assert "--database: " in capsys.readouterr().err


def test_a_database_that_is_away_is_told_without_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "vectors", "--database", "postgresql://user:secret-word@127.0.0.1:1/none", "--sizes", "100"]) == 2
    said = capsys.readouterr().err
    assert "DATABASE_URL: " in said
    assert "secret-word" not in said
