"""The area under the ROC curve with its variance, alone or for two models on the same rows.

DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), computed from midranks as Sun and Xu
(IEEE Signal Processing Letters 21, 2014) show: O(n log n).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from regrow.evaluation.intervals import Floats, Interval, Labels


def auc_interval(y: Labels, score: Floats, confidence: float) -> Interval:
    """y [n] of 0 and 1. NaN without two rows of each class."""
    areas, covariance = _areas(y, score[None, :])
    return _interval(float(areas[0]), float(covariance[0, 0]), confidence, (0.0, 1.0))


def auc_difference(y: Labels, candidate: Floats, champion: Floats, confidence: float) -> Interval:
    """AUC of `candidate` minus that of `champion`, paired: what both get right cancels out."""
    areas, covariance = _areas(y, np.stack((candidate, champion)))
    variance = covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1]
    return _interval(float(areas[0] - areas[1]), float(variance), confidence, (-1.0, 1.0))


def _areas(y: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Scores [m, n] to areas [m] and their covariance [m, m]."""
    positive = y == 1
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) < 2 or not np.isfinite(scores).all():
        return np.full(len(scores), np.nan), np.full((len(scores), len(scores)), np.nan)
    ranks = rankdata(scores, axis=1)
    within_positives = rankdata(scores[:, positive], axis=1)
    within_negatives = rankdata(scores[:, ~positive], axis=1)
    beaten = (ranks[:, positive] - within_positives) / n
    unbeaten = 1.0 - (ranks[:, ~positive] - within_negatives) / m
    covariance = np.atleast_2d(np.cov(beaten)) / m + np.atleast_2d(np.cov(unbeaten)) / n
    return beaten.mean(axis=1), covariance


def _interval(value: float, variance: float, confidence: float, bounds: tuple[float, float]) -> Interval:
    if not math.isfinite(variance):
        return Interval(value=value, low=math.nan, high=math.nan, method="delong")
    half = float(ndtri(0.5 + confidence / 2.0)) * math.sqrt(max(variance, 0.0))
    return Interval(value=value, low=max(bounds[0], value - half), high=min(bounds[1], value + half), method="delong")
