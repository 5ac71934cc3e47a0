"""The Grafana dashboard shows what the bot really exports."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from operations_fixtures import READY, exercised
from prometheus_client.parser import text_string_to_metric_families

DASHBOARD = Path(__file__).resolve().parents[2] / "bot/operations/grafana.json"
COLUMNS = 24
METRIC = re.compile(r"\b(?:support_bot|process|python)_\w+")
LABELS = re.compile(r"\bby \(([^)]*)\)|\{\{(\w+)\}\}")
TARGET_LABELS = {"instance", "job", "le"}
"""Labels that Prometheus adds, and that of a histogram's buckets."""


@pytest.fixture(scope="module")
def board() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def exported() -> dict[str, set[str]]:
    """The labels of every series that the bot exports, by name."""
    names: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(exercised().render(READY)[0].decode()):
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    return names


def queries(board: dict[str, Any]) -> list[str]:
    """Every expression of the panels, the notes and the variables."""
    panels = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    notes = [note["expr"] for note in board["annotations"]["list"]]
    return [*panels, *notes, *(known["definition"] for known in board["templating"]["list"] if known["type"] == "query")]


def test_every_query_names_only_series_that_are_exported(board: dict[str, Any], exported: dict[str, set[str]]) -> None:
    named = {name for query in queries(board) for name in METRIC.findall(query)}
    assert named
    assert not named - exported.keys()


def test_every_series_of_the_bot_is_in_a_panel(board: dict[str, Any], exported: dict[str, set[str]]) -> None:
    shown = {name for query in queries(board) for name in METRIC.findall(query)}
    assert not {name for name in exported if name.startswith("support_bot_")} - shown


def test_the_labels_that_queries_group_by_and_legends_name_exist(board: dict[str, Any], exported: dict[str, set[str]]) -> None:
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            known = TARGET_LABELS.union(*(exported[name] for name in METRIC.findall(target["expr"])))
            text = f"{target['expr']} {target['legendFormat']}"
            used = {
                label.strip() for group in LABELS.findall(text) for part in group for label in part.split(",") if label.strip()
            }
            assert not used - known, panel["title"]


def test_panels_lie_within_the_grid_and_none_covers_another(board: dict[str, Any]) -> None:
    places = [(panel["title"], panel["gridPos"]) for panel in board["panels"]]
    for title, place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= COLUMNS, title
        assert place["h"] > 0, title
    for (title, one), (other_title, other) in combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (title, other_title)


def test_every_panel_has_an_id_of_its_own_a_title_a_unit_and_the_chosen_data_source(board: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert board["templating"]["list"][0]["name"] == "datasource"
    for panel in board["panels"]:
        assert panel["title"]
        if panel["type"] != "row":
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
            assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
            assert all('job=~"$job", instance=~"$instance"' in target["expr"] for target in panel["targets"])
