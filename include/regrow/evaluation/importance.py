"""What a model leans on: how much worse it gets when one feature is shuffled (Breiman, Machine Learning 45, 2001)."""

from __future__ import annotations

import numpy as np

from regrow.evaluation.intervals import Floats, Labels
from regrow.evaluation.weighted import Weighted
from regrow.frozen import Frozen
from regrow.serving.models import Scorer
from regrow.spec.metrics import LOWER_IS_BETTER


class Importance(Frozen):
    feature: str
    permutation: float
    """How much of the metric shuffling this feature costs; below 0: noise."""
    gain: float | None
    """The format's own figure as a share of all, where it has one."""


class Importances(Frozen):
    metric: str
    rows: int
    """How many test rows were shuffled."""
    repeats: int
    features: tuple[Importance, ...]
    """The most important first."""


def importances(
    scorer: Scorer, matrix: Floats, y: Labels, metric: str, *, seed: int, rows: int = 2000, repeats: int = 2
) -> Importances:
    """Of a seeded sample of at most `rows` test rows."""
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(y))[:rows])
    matrix, y = matrix[chosen], y[chosen]
    whole = _value(scorer, matrix, y, metric)
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    losses = [
        sign * (whole - np.mean([_value(scorer, _shuffled(matrix, i, rng), y, metric) for _ in range(repeats)]))
        for i in range(matrix.shape[1])
    ]
    found = zip(scorer.card.table.names, losses, _gains(scorer), strict=True)
    ranked = sorted((Importance(feature=f, permutation=float(loss), gain=gain) for f, loss, gain in found), key=_rank)
    return Importances(metric=metric, rows=len(y), repeats=repeats, features=tuple(ranked))


def _rank(importance: Importance) -> tuple[float, str]:
    return (-importance.permutation, importance.feature)


def _shuffled(matrix: Floats, column: int, rng: np.random.Generator) -> Floats:
    changed = matrix.copy()
    changed[:, column] = rng.permutation(matrix[:, column])
    return changed


def _value(scorer: Scorer, matrix: Floats, y: Labels, metric: str) -> float:
    return float(Weighted(y, scorer.predict(matrix), (metric,)).measure(np.ones(len(y)))[0])


def _gains(scorer: Scorer) -> list[float | None]:
    gain = scorer.gain()
    if gain is None:
        return [None] * len(scorer.card.table.features)
    return [float(share) for share in gain / max(float(gain.sum()), np.finfo(float).tiny)]
