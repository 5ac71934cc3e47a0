"""The weights of the ranking: data that `python -m bot fit` writes, never tuned by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.diagnosis.votes import VOTERS
from bot.errors import InputError

DEFAULT = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds for each unit of a voter's value, by voter; `fitted` is the day (ISO) on which they were fitted."""

    by_voter: Mapping[str, float]
    fitted: str = ""

    def of(self, voter: str) -> float:
        """The weight of a voter."""
        return self.by_voter[voter]


def load_weights(path: Path = DEFAULT) -> Weights:
    """The weights of a file that `fit` wrote; raises InputError that says what is wrong with it."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the weights of the ranking cannot be read: {error}; write them with `fit`") from None
    given = data.get("weights") if isinstance(data, dict) else None
    if not isinstance(given, dict) or given.keys() != set(VOTERS):
        missing = sorted(set(VOTERS) ^ (given.keys() if isinstance(given, dict) else set()))
        raise InputError(f"{path}: the weights do not fit this version's voters ({', '.join(missing)}); write them with `fit`")
    wrong = [name for name, value in given.items() if not isinstance(value, int | float) or not math.isfinite(value)]
    if wrong:
        raise InputError(f"{path}: no number: {', '.join(wrong)}; write the weights with `fit`")
    return Weights({name: float(value) for name, value in given.items()}, str(data.get("fitted", "")))
