"""Draws how often diagnoses are right over the confidence they are given with, as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.errors import InputError
from bot.evaluation.calibration import Bin


def draw(bins: Sequence[Bin], title: str, path: Path) -> None:
    """Write the picture; raises InputError when the file cannot be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="as confident as right")
    axes.scatter(
        [b.confidence for b in bins], [b.right for b in bins], s=[20 + 4 * b.n for b in bins], alpha=0.8, label="diagnoses"
    )
    for b in bins:
        axes.annotate(f"n={b.n}", (b.confidence, b.right), textcoords="offset points", xytext=(6, -14), fontsize="small")
    axes.set(xlim=(0.5, 1.02), ylim=(0.0, 1.05), xlabel="mean confidence", ylabel="share that is right", title=title)
    axes.grid(visible=True, color="0.9")
    axes.legend(loc="lower right")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="png")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be written'}") from None
