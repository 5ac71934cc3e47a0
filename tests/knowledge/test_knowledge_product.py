"""What product.yaml says of the product arrives in the profile, and a wrong example of a key is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import CorpusError
from bot.knowledge.load import load_snapshot
from bot.knowledge.types import Snapshot
from bot.reading.profile import NamedPattern


def test_parameters_regions_plans_and_examples_of_keys_come_from_the_corpus(snapshot: Snapshot) -> None:
    profile = snapshot.profile
    assert profile.settings == ("weight_limit",)
    assert profile.regions == (NamedPattern("eu", r"\beu\.api\.parcelo\.example\b", "Europe"),)
    assert [plan.id for plan in profile.plans] == ["depot"]
    assert profile.secrets[0].example == "pk_live_7f3k9q2m5x8r1t6w4z0b"


def test_what_to_do_with_a_leaked_key_comes_from_the_corpus(snapshot: Snapshot, parcel: Path) -> None:
    assert snapshot.about["revoke"] == "Open Keys in the depot's settings and press Revoke beside the key."
    path = parcel / "product.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("revoke:")), encoding="utf-8")
    assert load_snapshot(parcel).about["revoke"] == ""


def test_an_example_without_the_shape_of_its_key_is_refused(parcel: Path) -> None:
    path = parcel / "product.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("example: pk_live_7f3k9q2m5x8r1t6w4z0b", "example: pk_test_1"))
    with pytest.raises(CorpusError) as caught:
        load_snapshot(parcel)
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("product.yaml", "wrong-value")
    assert "shape" in problem.message


@pytest.mark.parametrize("name", ["Weight", "weight limit", "weight-limit", ""])
def test_a_parameter_is_named_in_snake_case(parcel: Path, name: str) -> None:
    path = parcel / "product.yaml"
    text = path.read_text(encoding="utf-8").replace("settings: [weight_limit]", f"settings: ['{name}']")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError):
        load_snapshot(parcel)
