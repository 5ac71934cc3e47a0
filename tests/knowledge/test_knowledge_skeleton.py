"""A new cause starts as a file that loads, and whose tests fail until it is filled in; the README's example is filled in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.selftest import run_selftest
from bot.errors import Problem
from bot.knowledge.load import load_sound_parts
from bot.knowledge.schema import CauseSpec
from bot.knowledge.skeleton import cause_skeleton
from bot.reading import Reader

ROOT = Path(__file__).parent.parent.parent


def problems(folder: Path, cause: str) -> list[Problem]:
    """What the loader and the cause's own tests say against one cause."""
    snapshot, found = load_sound_parts(folder)
    assert snapshot is not None
    alone = replace(snapshot, causes={cause: snapshot.causes[cause]}, symptoms={}, quiet=())
    return [*found, *run_selftest(alone, Reader(alone.profile), ConditionIndex(alone))]


def test_a_skeleton_loads_and_every_one_of_its_tests_fails(parcel: Path) -> None:
    path = parcel / "causes/delivery/lost-label.yaml"
    path.write_text(cause_skeleton("lost-label", "delivery"), encoding="utf-8")
    found = problems(parcel, "lost-label")
    assert {problem.path for problem in found} == {"causes/delivery/lost-label.yaml"}
    assert [problem.code for problem in found] == ["unknown-point"] * 2 + ["test-no-match"] * 2 + ["test-match"] * 2


@pytest.mark.parametrize("name", ["lost-label", "007", "true", "1e3", "null", "2025-01-01", "on"])
def test_a_name_stays_a_name_whatever_yaml_takes_it_for(name: str) -> None:
    spec = CauseSpec.model_validate(yaml.safe_load(cause_skeleton(name, name)))
    assert (spec.id, spec.area) == (name, name)


def test_the_example_of_the_readme_passes_the_check(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = readme.split("### A new cause in ten minutes")[1].split("```yaml\n")[1].split("```")[0]
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    assert not (folder / "causes/products/sound-effect-length.yaml").exists()
    (folder / "causes/products/sound-effect-length.yaml").write_text(example, encoding="utf-8")
    assert problems(folder, "sound-effect-length") == []


def test_the_readme_quotes_what_the_check_says_of_a_skeleton(parcel: Path) -> None:
    (parcel / "causes/products").mkdir()
    path = parcel / "causes/products/sound-effect-length.yaml"
    path.write_text(cause_skeleton("sound-effect-length", "products"), encoding="utf-8")
    said = [str(problem) for problem in problems(parcel, "sound-effect-length")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = [line.strip().rstrip("…") for line in readme.splitlines() if "sound-effect-length.yaml:" in line]
    assert len(quoted) == 3
    assert all(any(line.startswith(quote) for line in said) for quote in quoted)
