"""Make a model's export, and keep it only if its vectors agree with the model's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.retrieval.agreement import EDGES, Agreement, compare
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Embedder
from bot.retrieval.exported import MODEL, TOKENIZER, Export, Manifest, new_folder, put_in_place, read_export, write_manifest
from bot.retrieval.model_source import ModelSource, sha256
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.onnx_export import Traits, export_graph
from bot.retrieval.onnx_quantize import recipes
from bot.retrieval.sentence import SentenceEmbedder
from bot.retrieval.vectors import VectorCache, embed_all

VERSIONED = ("onnx", "onnxruntime", "onnxscript", "sentence-transformers", "tokenizers", "torch", "transformers")
"""Packages whose versions the manifest records."""


def make_export(
    source: ModelSource, documents: Sequence[Document], exports: Path, cache: VectorCache, say: Callable[[str], None]
) -> Export | None:
    """Export a verified model to `exports`, compared on the documents (see `agreement.sample`); None when no recipe agrees.

    Every step is told to `say`. Raises ModelError when the model cannot be loaded or exported, OSError when nothing can be
    written to `exports`.
    """
    folder = new_folder(exports)
    try:
        graph = folder / "graph.onnx"
        say("Tracing the model ...")
        traits = export_graph(source.folder, graph)
        for words, recipe in recipes():
            recipe(graph, folder / MODEL)
            write_manifest(folder, _manifest(source, traits, words, folder, {}))
            say(f"Comparing {words} ({(folder / MODEL).stat().st_size / 1e6:.0f} MB) with the model ...")
            agreement = measure(source, OnnxEmbedder(read_export(folder, source.identity)), documents, cache)
            say(f"  {agreement}")
            if agreement.passed:
                write_manifest(folder, _manifest(source, traits, words, folder, agreement.figures()))
                graph.unlink()
                return read_export(put_in_place(folder, exports, source.identity), source.identity)
            say("  not near enough: not kept")
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(source: ModelSource, exported: Embedder, documents: Sequence[Document], cache: VectorCache) -> Agreement:
    """How an export's vectors of the documents and of texts at the edges agree with those of the model.

    The model's own vectors are kept in the cache. Raises ModelError when either cannot be loaded.
    """
    texts = [*(document.text for document in documents), *EDGES]
    original = embed_all(texts, SentenceEmbedder(source.folder, source.identity), cache).vectors
    return compare(documents, original, exported.encode(texts))


def _manifest(source: ModelSource, traits: Traits, recipe: str, folder: Path, check: dict[str, float]) -> Manifest:
    return Manifest(
        source=source.identity,
        name=source.name,
        recipe=recipe,
        model_sha256=sha256(folder / MODEL),
        tokenizer_sha256=sha256(folder / TOKENIZER),
        max_tokens=traits.max_tokens,
        pooling=traits.pooling,
        prompt=traits.prompt,
        exported=datetime.now(UTC).date().isoformat(),
        versions={name: version(name) for name in VERSIONED},
        check=check,
    )
