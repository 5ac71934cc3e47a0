"""A sentence-transformers model on torch: any model works, but importing torch takes seconds and hundreds of megabytes.

It is the model of record: it is what an export is made from and compared with, and what serves until there is an export.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ModelError
from bot.retrieval.embedder import Vectors, prepared

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MAX_THREADS = 4
"""Threads for one text; more only wait for each other on matrices of this size."""

log = logging.getLogger(__name__)


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
                self._model = load_model(self._folder)
            vectors = self._model.encode(
                [prepared(text) for text in texts],
                batch_size=1,
                convert_to_numpy=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)


def load_model(folder: Path) -> SentenceTransformer:
    """The model, on the CPU, ready to encode; takes seconds, most of them for importing torch. Raises ModelError."""
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
