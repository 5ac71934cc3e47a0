"""Reads the text of a screenshot, where the optional extra `ocr` is installed; its models come with the package."""

from __future__ import annotations

import importlib.util
import io
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from threading import Lock
from typing import Any

from bot.errors import InputError

log = logging.getLogger(__name__)

MAX_PIXELS = 40_000_000
"""Pixels of a picture that is decoded: a screen of 8K has 33 million, and a small file can claim far more."""
MIN_SCORE = 0.6
"""Least confidence of a piece of text that is kept."""
MAX_INDENT = 40
PARAMS = {"Global.log_level": "error", "Global.use_cls": False, "EngineConfig.onnxruntime.intra_op_num_threads": 1}
"""One core a picture, and no search for text that stands on its head: screens do not show any."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and where it stands: its left and right border, its top and bottom, in pixels."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


def is_installed() -> bool:
    """Whether screenshots can be read."""
    return importlib.util.find_spec("rapidocr") is not None


class ScreenReader:
    """Reads one picture at a time; the models (700 MB of memory while at work) are loaded with the first one."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = Lock()

    def read(self, data: bytes) -> str:
        """The text of a picture, line by line, its indentation kept; blocking, some seconds of one core.

        Raises InputError when it is no picture, is too large, or shows no text.
        """
        picture = _decode(data)
        with self._lock:
            found = self._load()(picture)
        boxes, texts, scores = found.boxes, found.txts, found.scores
        pieces = []
        for box, text, score in zip(boxes, texts, scores, strict=True) if boxes is not None and texts else ():
            if score >= MIN_SCORE and text.strip():
                xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
                pieces.append(Piece(text.strip(), min(xs), max(xs), min(ys), max(ys)))
        if not pieces:
            raise InputError("no text was found in the picture")
        return lay_out(pieces)

    def _load(self) -> Any:
        if self._engine is None:
            from rapidocr import RapidOCR

            self._engine = RapidOCR(params=PARAMS)
            log.info("The reader of screenshots is loaded")
        return self._engine


def lay_out(pieces: Sequence[Piece]) -> str:
    """The pieces as lines of text: what stands at the same height is one line, and a line is indented as on the screen."""
    width = median((piece.right - piece.left) / len(piece.text) for piece in pieces) or 1.0
    margin = min(piece.left for piece in pieces)
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        middle = (piece.top + piece.bottom) / 2
        if rows and rows[-1][0].top < middle < rows[-1][0].bottom:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = []
    for row in rows:
        row.sort(key=lambda one: one.left)
        indent = min(round((row[0].left - margin) / width), MAX_INDENT)
        lines.append(" " * indent + " ".join(piece.text for piece in row))
    return "\n".join(lines)


def _decode(data: bytes) -> Any:
    """The picture as an array of blue, green and red, its size checked before it is decoded."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MAX_PIXELS:
                raise InputError(f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels")
            return np.asarray(picture.convert("RGB"))[:, :, ::-1]
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InputError("the picture cannot be decoded") from error
