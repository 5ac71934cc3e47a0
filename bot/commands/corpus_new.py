"""`corpus new CAUSE --area AREA`: a file to start from."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.errors import InputError
from bot.knowledge.fields import Id
from bot.knowledge.skeleton import cause_skeleton


def write_cause(folder: Path, cause: str, area: str) -> Path:
    """Write the skeleton of a cause into the corpus in `folder`; returns its path.

    Raises InputError when a name cannot be used, when the folder holds no corpus, or when there is such a cause already.
    """
    for what, value in (("CAUSE", cause), ("AREA", area)):
        try:
            TypeAdapter(Id).validate_python(value)
        except ValidationError:
            raise InputError(f"{what} {value[:64]!r}: lower-case words of letters and digits, joined by hyphens") from None
    if not (folder / "product.yaml").is_file():
        raise InputError(f"{folder}: no corpus (it holds no product.yaml); set KNOWLEDGE_DIR")
    if existing := sorted((folder / "causes").rglob(f"{cause}.yaml")):
        raise InputError(f"{existing[0]}: there is such a cause already; it was left as it is")
    path = folder / "causes" / area / f"{cause}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(cause_skeleton(cause, area))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path
