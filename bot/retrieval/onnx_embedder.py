"""An exported model on ONNX Runtime: what serves. Never imports torch, transformers or sentence-transformers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ModelError
from bot.retrieval.embedder import MAX_CHARACTERS, Vectors, prepared
from bot.retrieval.exported import MODEL, TOKENIZER, Export

if TYPE_CHECKING:
    import onnxruntime
    import tokenizers

THREADS = 1
"""Threads for one text: messages are answered side by side already, and one thread spends the least time in sum."""


class OnnxEmbedder:
    """An export, loaded when the first text is embedded; thread-safe. Its vectors are near those of the model, not equal."""

    def __init__(self, export: Export) -> None:
        self._export = export
        manifest = export.manifest
        decides = (
            manifest.model_sha256,
            manifest.tokenizer_sha256,
            manifest.max_tokens,
            manifest.prompt,
            MAX_CHARACTERS,
            version("onnxruntime"),
        )
        self._identity = hashlib.sha256(repr(decides).encode()).hexdigest()
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Hash over everything that decides the vectors: the files, how texts are prepared, and the runtime."""
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (len(texts), dimension); raises ModelError when the export cannot be loaded.

        Texts go through the model one at a time: then there is no padding, and a vector depends on nothing but its text.
        """
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        manifest = self._export.manifest
        with self._lock:  # two first texts must not load two sessions
            tokenizer, session, settings = _load(self._export.folder, manifest.model_sha256)
        rows = []
        for text in texts:
            ids = tokenizer.encode(manifest.prompt + prepared(text)).ids
            (vector,) = session.run(None, {"input_ids": np.array([ids], dtype=np.int64)}, settings)
            rows.append(np.asarray(vector, dtype=np.float32)[0])
        return np.stack(rows)


@lru_cache(maxsize=1)
def _load(folder: Path, _model_sha256: str) -> tuple[tokenizers.Tokenizer, onnxruntime.InferenceSession, onnxruntime.RunOptions]:
    """Tokenizer, session and settings of a run; kept, so that the reload of a corpus costs neither time nor a second copy."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # Both libraries raise their own kinds for files they cannot use; the files are those of the manifest.
        raise ModelError(
            f"the export in {folder} cannot be loaded ({type(error).__name__}: {error}); "
            "make it anew with `python -m bot model export --force`"
        ) from error
    settings = onnxruntime.RunOptions()
    # Else the process keeps for ever what the longest text needed.
    settings.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return tokenizer, session, settings
