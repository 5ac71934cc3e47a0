"""The measurements as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.benchmark.speed.table import Row
from bot.errors import InputError, UserError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURES = {
    "speed-answer.png": ("answer", "Each stage of an answer, against the bare embedding of the same text", "× bare embedding"),
    "speed-stores.png": ("points", "One search of the same points", "× bare embedding"),
    "speed-traces.png": ("traces", "Reading the same tracebacks", "rate, this bot's being 1"),
    "speed-start.png": ("start", "Start and memory", "× sentence-transformers on torch"),
    "speed-corpus.png": ("corpus", "One search, by the size of the corpus", "× bare embedding"),
    "speed-rules.png": ("rules", "The rules on one message, by the number of causes", "× the fewest causes"),
    "speed-reload.png": ("reload", "One reload", "× the first load"),
}
"""Of each picture: the word that the parts it shows contain, its title, and what its axis counts."""


def draw_all(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write a picture of each part that was measured; returns their paths.

    Raises UserError when matplotlib is not installed, InputError when a file cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise UserError("The pictures need matplotlib: pip install matplotlib (or leave out --plots)") from None
    written = []
    for name, (word, title, axis) in PICTURES.items():
        chosen = [row for row in rows if word in row.part and row.ratio is not None]
        if not chosen:
            continue
        figure = Figure(figsize=(9, 1.2 + 0.32 * len(chosen)), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        _bars(figure.add_subplot(), chosen, title, axis)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            figure.savefig(folder / name, format="png")
        except OSError as error:
            raise InputError(f"{folder / name}: {error.strerror or 'cannot be written'}") from None
        written.append(folder / name)
    return written


def _bars(axes: Axes, rows: Sequence[Row], title: str, axis: str) -> None:
    """One bar a row, from top to bottom, on a logarithmic axis; green met its target, red missed it."""
    parts = {row.part for row in rows}
    labels = [row.what if len(parts) == 1 else f"{row.part}: {row.what}" for row in rows]
    ratios = [row.ratio or 0.0 for row in rows]
    colours = [{None: "#4c72b0", True: "#55a868", False: "#c44e52"}[row.met] for row in rows]
    places = range(len(rows))
    bars = axes.barh(places, ratios, color=colours)
    axes.bar_label(bars, [f"{row.value:.3g} {row.unit}" for row in rows], padding=3, fontsize="small")
    axes.set_yticks(places, labels, fontsize="small")
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel=axis)
    axes.margins(x=0.2)
    axes.axvline(1.0, color="0.5", linestyle="--", linewidth=0.8)
    axes.set_title(title)
    axes.grid(visible=True, axis="x", color="0.9")
    axes.set_axisbelow(True)
