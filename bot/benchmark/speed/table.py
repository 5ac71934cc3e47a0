"""One table for everything that is measured: absolute figures beside ratios, targets beside both."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, how much of which unit, and what it is a ratio of.

    `base` is what the figure is divided by, in the same unit; `target` the most (with `at_most` False: the least) it should be.
    A target with `on_ratio` is one on the ratio. Without a value the row says why in `note`.
    """

    part: str
    what: str
    value: float | None
    unit: str = "ms"
    base: float | None = None
    target: float | None = None
    on_ratio: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value divided by its base; None where either is missing."""
        return None if self.value is None or not self.base else self.value / self.base

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing was measured."""
        figure = self.ratio if self.on_ratio else self.value
        return None if figure is None or self.target is None else figure <= self.target


HEADER = "| Part | Measured | Value | Ratio | Target | Note |\n|---|---|---:|---:|---:|---|"


def line(row: Row) -> str:
    """The row of the Markdown table under `HEADER`."""
    value = "-" if row.value is None else f"{number(row.value)} {row.unit}"
    ratio = "-" if row.ratio is None else f"{number(row.ratio)} ×"
    return f"| {row.part} | {row.what} | {value} | {ratio} | {_target(row)} | {row.note} |"


def table(rows: Iterable[Row]) -> str:
    """The whole table as Markdown."""
    return "\n".join([HEADER, *map(line, rows)])


def number(value: float) -> str:
    """A figure with three significant digits, and no more than it has before the point."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 4)}f}"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    wanted = f"≤ {number(row.target)} {'×' if row.on_ratio else row.unit}"
    return wanted if row.met is None else f"{wanted}, {'met' if row.met else '**missed**'}"
