"""Insights as a picture."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from bot.state import Day, Insights

SERIES = (("seen", "seen", "#c9ccd4"), ("answered", "answered", "#5865f2"))
LINES = (("fixed", "fixed", "#23a55a", "o"), ("missed", "missed", "#da373c", "X"))
MAX_TICKS = 10
_drawing = threading.Lock()


def draw(insights: Insights, title: str, first: date, days: int) -> bytes:
    """A PNG with the counts of each day (UTC); blocking, about half a second, the first time a few."""
    # Imported here: it takes a second, and only who asks for a chart needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    all_days = every_day(insights.days, first, days)
    at = range(len(all_days))
    with _drawing:  # matplotlib's caches of fonts are shared and not guarded
        figure = Figure(figsize=(8, 4), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for field, label, color in SERIES:
            axes.bar(at, [getattr(day, field) for day in all_days], label=label, color=color, width=0.8)
        for field, label, color, marker in LINES:
            counts = [getattr(day, field) for day in all_days]
            shown = [(x, count) for x, count in zip(at, counts, strict=True) if count]
            axes.scatter([x for x, _ in shown], [y for _, y in shown], label=label, color=color, marker=marker, zorder=3)
        step = max(1, -(-len(all_days) // MAX_TICKS))
        axes.set_xticks(list(at)[::step], [day.day[5:] for day in all_days][::step])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(title, parse_math=False)
        axes.set(ylabel="messages a day (UTC)", xlim=(-0.6, len(all_days) - 0.4))
        axes.set_ylim(bottom=0, top=max(1, *(day.seen for day in all_days)) * 1.2)
        axes.grid(visible=True, axis="y", color="0.92")
        axes.set_axisbelow(True)
        axes.legend(loc="upper left", ncols=4, fontsize="small", frameon=False)
        file = BytesIO()
        figure.savefig(file, format="png")
    return file.getvalue()


def every_day(counted: Sequence[Day], first: date, days: int) -> list[Day]:
    """The counts of each of the days from `first` on, those without any included."""
    known = {day.day: day for day in counted}
    names = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    return [known.get(name, Day(name)) for name in names]


def alt_text(insights: Insights, days: int) -> str:
    """The picture in words, for those who do not see it."""
    answered = sum(insights.answered.values())
    return (
        f"Bars for each of {days} days: {insights.seen} messages seen, {answered} answered; "
        f"marks: {insights.fixed} fixed, {insights.missed} missed."
    )
