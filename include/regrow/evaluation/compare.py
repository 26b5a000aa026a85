"""Candidate against champion on the very same rows."""

from __future__ import annotations

import math

import numpy as np

from regrow.evaluation.bootstrap import resamples
from regrow.evaluation.delong import auc_difference
from regrow.evaluation.intervals import Floats, Interval, Labels, percentiles
from regrow.evaluation.weighted import Weighted


def difference(
    metric: str,
    y: Labels,
    candidate: Floats,
    champion: Floats,
    *,
    confidence: float = 0.95,
    n_boot: int = 200,
    seed: int = 0,
) -> Interval:
    """`metric` of the candidate's probabilities [n, k] minus the champion's [n, k], paired by row.

    DeLong for the roc_auc of two classes; otherwise both are measured under the same stratified resamples. NaN where
    either cannot be measured.
    """
    if metric == "roc_auc" and candidate.shape[1] == champion.shape[1] == 2:
        return auc_difference(y, candidate[:, 1], champion[:, 1], confidence)
    ours, theirs = Weighted(y, candidate, (metric,)), Weighted(y, champion, (metric,))
    unit = np.ones(len(y))
    value = float(ours.measure(unit)[0] - theirs.measure(unit)[0])
    if not math.isfinite(value):
        return Interval(value=math.nan, low=math.nan, high=math.nan, method="bootstrap")
    draws = np.array([(ours.measure(w) - theirs.measure(w))[0] for w in resamples(y, n_boot, seed)])
    low, high = percentiles(draws, confidence)
    return Interval(value=value, low=low, high=high, method="bootstrap")
