"""Whether 30 % means 30 %: predicted against observed."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from regrow.evaluation.intervals import Floats, Labels
from regrow.frozen import Frozen


class Bin(Frozen):
    rows: int
    predicted: float
    """Mean probability."""
    observed: float
    """Share of rows where it came true."""
    low: float
    high: float
    """Wilson's interval of `observed`."""


class Calibration(Frozen):
    bins: tuple[Bin, ...]
    """By rising probability, about equally many rows in each."""
    expected_error: float
    """Expected calibration error: |observed - predicted|, weighted by rows."""
    subject: str
    """What the probability is of."""


def calibrate(y: Labels, p: Floats, *, bins: int = 10, confidence: float = 0.95) -> Calibration:
    """Two classes: the probability of class 1. More: the highest probability, and whether its class was right."""
    if p.shape[1] == 2:
        score, came_true, subject = p[:, 1], y == 1, "the positive class"
    else:
        score, came_true, subject = p.max(axis=1), p.argmax(axis=1) == y, "the predicted class"
    order = np.argsort(score, kind="stable")
    parts = [rows for rows in np.array_split(order, min(bins, max(len(y), 1))) if len(rows)]
    found = tuple(_bin(score[rows], came_true[rows], confidence) for rows in parts)
    gaps = [bin.rows * abs(bin.observed - bin.predicted) for bin in found]
    return Calibration(bins=found, expected_error=sum(gaps) / len(y) if len(y) else math.nan, subject=subject)


def _bin(score: Floats, came_true: Floats, confidence: float) -> Bin:
    rows, observed = len(score), float(came_true.mean())
    low, high = wilson(observed, rows, confidence)
    return Bin(rows=rows, predicted=float(score.mean()), observed=observed, low=low, high=high)


def wilson(share: float, rows: int, confidence: float) -> tuple[float, float]:
    """The score interval of a share (Wilson, JASA 22, 1927)."""
    z = float(ndtri(0.5 + confidence / 2.0))
    scale = 1.0 + z * z / rows
    center = (share + z * z / (2.0 * rows)) / scale
    half = z / scale * math.sqrt(share * (1.0 - share) / rows + z * z / (4.0 * rows * rows))
    return max(0.0, center - half), min(1.0, center + half)
