"""Fitting the ranking's weights: regularised maximum likelihood of a conditional logit, cross-validated by failure.

McFadden, "Conditional logit analysis of qualitative choice behavior", 1974; several right options share the likelihood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.diagnosis.votes import NAMED, OPEN, OPEN_SYMPTOM, RULE, UNNAMED, VOTERS
from bot.errors import UserError
from bot.evaluation.examples import FOLDS, Example

Array = npt.NDArray[np.float64]

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Strengths of the regularisation that are tried."""
FREE = frozenset({OPEN, OPEN_SYMPTOM, UNNAMED, NAMED})
"""Voters for the rest classes: base rates, of either sign; every other one may only speak for a cause."""
STEPS = (RULE["possible"], RULE["likely"], RULE["certain"])
"""Each of them weighs at least as much as the one before."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights by voter, the strength of regularisation, and the cross-validated loss of each strength (nats a case)."""

    weights: dict[str, float]
    strength: float
    losses: dict[float, float]


def fit(examples: Sequence[Example]) -> Fit:
    """The weights with the strongest regularisation that predicts held-out failures as well as the best does.

    As well: its loss is higher by no more than one standard error of the difference (the one-standard-error rule of Breiman et
    al., "Classification and Regression Trees", 1984). Few cases cannot tell near strengths apart, and the weaker ones are surer.
    """
    held_out = {strength: _held_out_losses(examples, strength) for strength in STRENGTHS}
    losses = {strength: float(found.sum()) / sum(e.share for e in examples) for strength, found in held_out.items()}
    best = min(losses, key=lambda s: (round(losses[s], 6), -s))
    strength = max(s for s in STRENGTHS if _as_good(held_out[s] - held_out[best]))
    return Fit(fit_weights(examples, strength), strength, losses)


def fit_weights(examples: Iterable[Example], strength: float) -> dict[str, float]:
    """The weights that make the right options most likely; a penalty of `strength` on the squares of standardised weights."""
    batch = _Batch(list(examples))
    scale = np.sqrt((batch.values**2).sum(axis=0) / np.maximum((batch.values != 0).sum(axis=0), 1))
    scale[scale == 0] = 1.0
    to_weights = _steps() / scale[:, None]
    penalised = np.array([voter not in FREE for voter in VOTERS])

    def objective(parameters: Array) -> tuple[float, Array]:
        loss, gradient = batch.loss(to_weights @ parameters)
        shrunk = np.where(penalised, parameters, 0.0)
        return loss + strength * float(shrunk @ shrunk) / 2, to_weights.T @ gradient + strength * shrunk

    found = _minimise(objective, [(0.0, None) if voter not in FREE else (None, None) for voter in VOTERS])
    return {voter: round(float(weight), 4) for voter, weight in zip(VOTERS, to_weights @ found, strict=True)}


def probabilities(example: Example, weights: dict[str, float]) -> Array:
    """The probability of each option (k,)."""
    scores = example.values @ np.array([weights[voter] for voter in VOTERS])
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def folds(examples: Sequence[Example]) -> list[tuple[list[Example], list[Example]]]:
    """(to fit on, held out) for each fold that holds an example."""
    split = [([e for e in examples if e.fold != fold], [e for e in examples if e.fold == fold]) for fold in range(FOLDS)]
    return [(kept, held) for kept, held in split if kept and held]


def _held_out_losses(examples: Sequence[Example], strength: float) -> Array:
    """The loss of every example (n,) under weights that were fitted without its fold, times its share."""
    losses = []
    for kept, held in folds(examples):
        weights = fit_weights(kept, strength)
        losses += [-e.share * float(np.log(max(probabilities(e, weights)[e.right].sum(), 1e-12))) for e in held]
    return np.array(losses)


def _as_good(difference: Array) -> bool:
    """Whether a sum of differences (n,) is within one standard error of nothing."""
    return float(difference.sum()) <= float(difference.std() * np.sqrt(len(difference)))


class _Batch:
    """Many examples as one matrix, so that a step of the optimiser is a handful of array operations."""

    def __init__(self, examples: list[Example]) -> None:
        self.values = np.concatenate([e.values for e in examples])
        self._right = np.concatenate([e.right for e in examples])
        self._share = np.array([e.share for e in examples])
        lengths = [len(e.options) for e in examples]
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self._of = np.repeat(np.arange(len(examples)), lengths)

    def loss(self, weights: Array) -> tuple[float, Array]:
        """Negative log-likelihood of the right options and its gradient by weight."""
        scores = self.values @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, self._starts)[self._of])
        rights = np.where(self._right, powers, 0.0)
        total, right = np.add.reduceat(powers, self._starts), np.maximum(np.add.reduceat(rights, self._starts), 1e-300)
        pull = (powers / total[self._of] - rights / right[self._of]) * self._share[self._of]
        return float(self._share @ (np.log(total) - np.log(right))), self.values.T @ pull


def _steps() -> Array:
    """Matrix from free parameters to weights: the levels of a rule add up."""
    matrix = np.eye(len(VOTERS))
    for place, voter in enumerate(STEPS):
        for earlier in STEPS[:place]:
            matrix[VOTERS.index(voter), VOTERS.index(earlier)] = 1.0
    return matrix


def _minimise(objective: Callable[[Array], tuple[float, Array]], bounds: list[tuple[float | None, float | None]]) -> Array:
    try:
        from scipy.optimize import minimize
    except ImportError:
        raise UserError("Fitting needs scipy: pip install '.[dev]'") from None
    found = minimize(objective, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return np.asarray(found.x, dtype=np.float64)
