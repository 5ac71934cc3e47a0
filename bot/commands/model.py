"""`model export | check`: the embedding model as ONNX Runtime serves it, and whether it still agrees with the original."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.engine import indexed_documents
from bot.errors import CorpusError, ModelError
from bot.knowledge.load import load_sound_parts
from bot.reading import Reader
from bot.retrieval.agreement import sample
from bot.retrieval.documents import Document
from bot.retrieval.exported import DamagedExportError, Export, find_export, read_export
from bot.retrieval.model_source import ModelSource, find_source
from bot.retrieval.onnx_embedder import OnnxEmbedder
from bot.retrieval.vectors import VectorCache
from bot.settings import Settings

FAILED = "No export agrees with the model: none was kept. The bot serves the model itself, on PyTorch"


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `model`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="make the export that serves, unless there is a sound one")
    export.add_argument("--force", action="store_true", help="make it anew")
    check = actions.add_parser("check", help="compare the export with the original again; exit code 1 if it does not agree")
    for action in (export, check):
        action.add_argument("--whole", action="store_true", help="compare on every text of the corpus, not on a sample")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do the action; returns the exit code."""
    source = find_source(settings.embedding_model)
    if arguments.action == "export":
        return _export(source, settings, force=arguments.force, whole=arguments.whole)
    return _check(source, settings, whole=arguments.whole)


def _export(source: ModelSource, settings: Settings, *, force: bool, whole: bool) -> int:
    exports = settings.export_dirs[0]
    present = None if force else find_export(source.identity, (exports,))
    if present is not None:
        print(f"{present.folder} is there: {_described(present)}. --force makes it anew, `model check` compares it again")
        return 0
    from bot.retrieval.export import make_export  # imported here: a check of files must not need what an export needs

    source.verify()
    documents = _documents(settings, whole=whole)
    try:
        export = make_export(source, documents, exports, VectorCache(settings.cache_dir), lambda line: print(line, flush=True))
    except OSError as error:
        raise ModelError(f"CACHE_DIR: the export cannot be written to {exports}: {error.strerror}") from None
    if export is None:
        print(FAILED)
        return 1
    print(f"{export.folder}: {_described(export)}")
    return 0


def _check(source: ModelSource, settings: Settings, *, whole: bool) -> int:
    try:
        export = _present(source, settings.export_dirs)
    except DamagedExportError as error:
        print(f"{error}; `python -m bot model export --force` makes it anew")
        return 1
    if export is None:
        print(f"the model {source.name} has no export; `python -m bot model export` makes one")
        return 1
    from bot.retrieval.export import measure

    source.verify()
    print(f"{export.folder}: {_described(export)}; both checksums are right")
    agreement = measure(source, OnnxEmbedder(export), _documents(settings, whole=whole), VectorCache(settings.cache_dir))
    print(agreement)
    if not agreement.passed:
        print("the export does not agree with the model; `python -m bot model export --force` makes it anew")
    return 0 if agreement.passed else 1


def _present(source: ModelSource, exports: tuple[Path, ...]) -> Export | None:
    """The export that would serve; raises DamagedExportError for the first one that is there and damaged."""
    for folder in exports:
        if (folder / source.identity).exists():
            return read_export(folder / source.identity, source.identity)
    return None


def _documents(settings: Settings, *, whole: bool) -> list[Document]:
    """What is compared, said in the output; raises CorpusError without a usable corpus, of which parts may be broken."""
    snapshot, problems = load_sound_parts(settings.knowledge_dir)
    if snapshot is None:
        raise CorpusError(problems)
    documents = indexed_documents(snapshot, Reader(snapshot.profile, settings.analysis_limit), settings)
    chosen = sample(documents, whole=whole)
    every = "every text" if len(chosen) == len(documents) else "every phrase of a cause, every tenth of the others"
    print(f"Compared on {len(chosen)} of the corpus's {len(documents)} texts: {every}", flush=True)
    return chosen


def _described(export: Export) -> str:
    manifest = export.manifest
    return f"{manifest.name}, {manifest.recipe}, made {manifest.exported}"
