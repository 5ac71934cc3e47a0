"""The embedder that a model's name means: from an export on ONNX Runtime where there is one, else on torch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bot.retrieval.embedder import Embedder
from bot.retrieval.exported import find_export
from bot.retrieval.model_source import find_source
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.sentence import SentenceEmbedder

log = logging.getLogger(__name__)


def load_embedder(name: str = "", exports: Sequence[Path] = ()) -> Embedder:
    """The embedder of a model (see `find_source`), from the first folder of `exports` that holds a sound export of it.

    Without one the model itself embeds, on torch, and the log says once how to make an export, unless none is asked for.
    Torch is imported when the first text is embedded. Raises ModelError when there is no such model here, or when
    installed weights that would be loaded are not the expected ones.
    """
    source = find_source(name)
    export = find_export(source.identity, exports)
    if export is not None:
        return OnnxEmbedder(export)
    source.verify()
    if exports:
        _advise(source.name)
    return SentenceEmbedder(source.folder, source.identity)


@lru_cache(maxsize=8)
def _advise(name: str) -> None:
    """Said once a process for a model: each reload of the corpus comes through here."""
    log.warning(
        "the model %s has no export and runs on PyTorch: seconds more at the start, several times the memory and the time; "
        "`python -m bot model export` makes one",
        name,
    )
