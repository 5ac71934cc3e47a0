"""What keeps the code's shape: no word of the product in it, dependencies one way, Discord only at the surface."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))
STAGES = ["reading", "knowledge", "retrieval", "diagnosis", "reply"]
"""Each stage may import itself and those before it."""
PRODUCT_WORDS = re.compile(r"eleven|11labs|\bxi[-_]|stream-input|convai|\bscribe_v|livekit|pipecat|\bvoice_id\b", re.IGNORECASE)


def imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_the_product_is_in_the_code(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert not [line for line in text.splitlines() if PRODUCT_WORDS.search(line)]


def test_the_product_s_name_comes_from_the_corpus() -> None:
    product = yaml.safe_load((ROOT / "knowledge/product.yaml").read_text(encoding="utf-8"))
    assert PRODUCT_WORDS.search(product["name"]), "the words looked for are those of the corpus served by default"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_surface_imports_discord(module: Path) -> None:
    place = module.relative_to(ROOT / "bot").as_posix()
    if not place.startswith("cogs/") and place != "app.py":
        assert not [name for name in imports(module) if name.split(".")[0] == "discord"]


@pytest.mark.parametrize("stage", STAGES)
def test_stages_depend_only_on_earlier_ones(stage: str) -> None:
    allowed = {f"bot.{name}" for name in STAGES[: STAGES.index(stage) + 1]} | {"bot.errors", "bot.patterns"}
    for module in sorted((ROOT / "bot" / stage).rglob("*.py")):
        ours = {name for name in imports(module) if name.split(".")[0] == "bot"}
        wrong = {name for name in ours if ".".join(name.split(".")[:2]) not in allowed}
        assert not wrong, f"{module.relative_to(ROOT)} imports {wrong}"


def test_modules_read_like_a_page() -> None:
    long = {
        str(module.relative_to(ROOT)): n
        for module in MODULES
        if (n := len(module.read_text(encoding="utf-8").splitlines())) > 260
    }
    assert not long
