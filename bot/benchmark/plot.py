"""Draws the growth of time over size as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.benchmark.growth import Growth
from bot.errors import InputError

WANTED = 5
"""MB/s that ordinary logs are to be read at; drawn as a line to compare with."""


def draw(growths: Sequence[Growth], path: Path) -> None:
    """Write the picture; raises InputError when the file cannot be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for growth in growths:
        megabytes = [size / (1 << 20) for size in growth.sizes]
        axes.plot(megabytes, growth.seconds, marker="o", markersize=3, label=f"{growth.shape} (exponent {growth.exponent:.2f})")
    if growths:
        sizes = (growths[0].sizes[0], growths[0].sizes[-1])
        wanted = [size / 1e6 / WANTED for size in sizes]
        axes.plot([size / (1 << 20) for size in sizes], wanted, color="0.6", linestyle="--", label=f"{WANTED} MB/s")
    axes.set(xscale="log", yscale="log", xlabel="size of the text (MB)", ylabel="CPU time of the reading (s)")
    axes.set_title("Time grows with the size of the text, not faster")
    axes.grid(visible=True, which="both", color="0.9")
    if growths:
        axes.legend(fontsize="x-small", loc="lower right")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="png")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be written'}") from None
