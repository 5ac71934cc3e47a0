"""A folder of files into a Snapshot, or every error in it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.errors import CorpusError, Problem
from bot.knowledge import located, schema
from bot.knowledge.build import build_snapshot
from bot.knowledge.files import Files, Rules
from bot.knowledge.glossary import check_glossary
from bot.knowledge.parsed import parse_list, parse_one
from bot.knowledge.references import check_references
from bot.knowledge.types import Snapshot

MAX_FILE_BYTES = 2_000_000
UNUSABLE = frozenset({"signal-kind", "unknown-signal", "only-absent", "unknown-traceback", "test-kind"})
"""Codes of problems that leave a rule file without a meaning."""


def load_snapshot(folder: Path) -> Snapshot:
    """The corpus in `folder`; raises CorpusError with every problem of form and reference (rule tests are run elsewhere)."""
    snapshot, problems = load_sound_parts(folder)
    if snapshot is None or problems:
        raise CorpusError(problems)
    return snapshot


def load_sound_parts(folder: Path) -> tuple[Snapshot | None, list[Problem]]:
    """A snapshot without the rule files that cannot be used, so that the rest can still be tested, and every problem found.

    There is no snapshot when there is no usable product.yaml.
    """
    files, problems = read_sound_files(folder)
    return (build_snapshot(files) if files.product is not None else None), problems


def read_sound_files(folder: Path) -> tuple[Files, list[Problem]]:
    """All files but the rule files that cannot be used, and every problem found."""
    files, problems = read_files(folder)
    problems += check_references(files)
    problems += check_glossary(files.glossary)
    broken = {problem.path for problem in problems if problem.code in UNUSABLE}
    files.causes = [rules for rules in files.causes if rules.path not in broken]
    files.symptoms = [rules for rules in files.symptoms if rules.path not in broken]
    return files, problems


def read_files(folder: Path) -> tuple[Files, list[Problem]]:
    """All files of the corpus, parsed and checked one by one."""
    if not folder.is_dir():
        problem = Problem(str(folder), 1, "no-corpus", "no such folder; set KNOWLEDGE_DIR to the folder that holds product.yaml")
        return Files(), [problem]
    files = Files()
    problems: list[Problem] = []
    digest = hashlib.sha256()
    for name, text in _texts(folder, problems):
        digest.update(_hashed(name, text))
        _add(files, name, text, problems)
    if files.product is None and not any(p.path == "product.yaml" for p in problems):
        problems.append(Problem("product.yaml", 1, "missing-file", "the corpus needs a product.yaml"))
    files.version = _version(digest)
    return files, problems


def corpus_version(folder: Path) -> str:
    """The version of the corpus in `folder`, without reading what its files say."""
    digest = hashlib.sha256()
    for name, text in _texts(folder, []):
        digest.update(_hashed(name, text))
    return _version(digest)


def _texts(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Every file that can be read, in order: its name in the corpus, and its text; hidden files are none."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        name = path.relative_to(folder).as_posix()
        text = _read(path, name, problems)
        if text is not None:
            yield name, text


def _hashed(name: str, text: str) -> bytes:
    return f"{name}\0{len(text)}\0{text}".encode()


def _version(digest: hashlib._Hash) -> str:
    return digest.hexdigest()[:12]


def _read(path: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problems.append(Problem(name, 1, "file-too-large", f"more than {MAX_FILE_BYTES} bytes; split it"))
            return None
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 1, "not-utf8", f"byte {error.start} is not UTF-8; save the file as UTF-8"))
    except OSError as error:
        problems.append(Problem(name, 1, "unreadable", error.strerror or "cannot be read"))
    return None


def _add(files: Files, name: str, text: str, problems: list[Problem]) -> None:
    folder = name.partition("/")[0]
    if folder == "tracebacks" and name.endswith(".txt"):
        files.tracebacks[Path(name).stem] = (text, name)
    elif folder == "quiet" and name.endswith((".txt", ".yaml")):
        _add_quiet(files, name, text, problems)
    elif not name.endswith(".yaml"):
        if not name.endswith(".md"):
            problems.append(Problem(name, 1, "unknown-file", "no part of the corpus; move it elsewhere"))
    elif name == "product.yaml":
        parsed = parse_one(schema.ProductSpec, name, text, problems)
        files.product = parsed and parsed[0]
    elif name == "sources.yaml":
        files.sources += parse_list(schema.SourceSpec, name, text, problems)
    elif name == "glossary.yaml":
        glossary = parse_one(schema.GlossarySpec, name, text, problems)
        files.glossary = glossary and Rules(glossary[0], name, glossary[1])
    elif folder == "points":
        files.points += parse_list(schema.PointSpec, name, text, problems)
    elif folder == "causes":
        _add_cause(files, name, text, problems)
    elif folder == "symptoms":
        _add_symptom(files, name, text, problems)
    else:
        problems.append(Problem(name, 1, "unknown-file", "no part of the corpus; move it elsewhere"))


def _add_cause(files: Files, name: str, text: str, problems: list[Problem]) -> None:
    if parsed := parse_one(schema.CauseSpec, name, text, problems):
        spec, document = parsed
        files.causes.append(Rules(spec, name, document))
        if name != f"causes/{spec.area}/{spec.id}.yaml":
            problems.append(
                Problem(name, 1, "misplaced", f"area and id say that it belongs in causes/{spec.area}/{spec.id}.yaml")
            )


def _add_symptom(files: Files, name: str, text: str, problems: list[Problem]) -> None:
    if parsed := parse_one(schema.SymptomSpec, name, text, problems):
        spec, document = parsed
        files.symptoms.append(Rules(spec, name, document))
        if name != f"symptoms/{spec.id}.yaml":
            problems.append(Problem(name, 1, "misplaced", f"the id says that it belongs in symptoms/{spec.id}.yaml"))


def _add_quiet(files: Files, name: str, text: str, problems: list[Problem]) -> None:
    if name.endswith(".txt"):
        files.quiet.append((name, 1, text))
        return
    document, found = located.parse(text, name)
    problems += found
    if not isinstance(document.data, list) or not all(isinstance(item, str) for item in document.data):
        problems.append(Problem(name, 1, "wrong-type", "a quiet YAML file is a list of texts"))
        return
    files.quiet += [(f"{name}#{i + 1}", document.line((i,)), item) for i, item in enumerate(document.data)]
