"""Stratified resamples of rows, as counts: every class keeps its number of rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from regrow.evaluation.intervals import Floats, Labels


def resamples(y: Labels, n_boot: int, seed: int) -> Iterator[Floats]:
    """`n_boot` weight vectors [n] for labels y [n]; the same for the same labels and seed (Efron, 1979)."""
    rng = np.random.default_rng(seed)
    strata = [np.flatnonzero(y == label) for label in np.unique(y)]
    for _ in range(n_boot):
        weights = np.zeros(len(y))
        for rows in strata:
            weights[rows] = np.bincount(rng.integers(0, len(rows), len(rows)), minlength=len(rows))
        yield weights
