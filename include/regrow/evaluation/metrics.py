"""Test metrics with intervals."""

from __future__ import annotations

import math

import numpy as np

from regrow.evaluation.bootstrap import resamples
from regrow.evaluation.delong import auc_interval
from regrow.evaluation.intervals import METRICS, Floats, Interval, Labels, percentiles
from regrow.evaluation.weighted import Weighted


def measure(y: Labels, p: Floats, *, confidence: float = 0.95, n_boot: int = 200, seed: int = 0) -> dict[str, Interval]:
    """Every metric of probabilities p [n, k] for class indices y [n].

    Intervals are stratified percentile bootstraps, for two classes' roc_auc DeLong's. Without rows, or where a
    probability is not finite, all is NaN.
    """
    predictions = Weighted(y, p)
    values = predictions.measure(np.ones(len(y)))
    draws = drawn(predictions, y, n_boot, seed)
    columns = zip(METRICS, values, draws.T, strict=True)
    found = {name: _interval(float(value), column, confidence) for name, value, column in columns}
    if predictions.sound and p.shape[1] == 2:
        found["roc_auc"] = auc_interval(y, p[:, 1], confidence)
    return found


def drawn(predictions: Weighted, y: Labels, n_boot: int, seed: int) -> Floats:
    """The metrics under each resample, [n_boot, metrics]."""
    if not predictions.sound:
        return np.full((n_boot, len(predictions.names)), np.nan)
    return np.stack([predictions.measure(weights) for weights in resamples(y, n_boot, seed)])


def _interval(value: float, draws: Floats, confidence: float) -> Interval:
    whole = bool(np.isfinite(draws).all()) and math.isfinite(value)
    low, high = percentiles(draws, confidence) if whole else (math.nan, math.nan)
    return Interval(value=value, low=low, high=high, method="bootstrap")
