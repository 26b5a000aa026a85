"""A measured value with its interval, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regrow.frozen import Frozen

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

METRICS = ("roc_auc", "average_precision", "log_loss", "brier", "accuracy", "precision", "recall", "f1")


class Interval(Frozen):
    """NaN where there was nothing to measure; as JSON, null."""

    value: float
    low: float
    high: float
    method: str
    """`delong` or `bootstrap`."""

    @property
    def whole(self) -> bool:
        return all(map(math.isfinite, (self.value, self.low, self.high)))

    def as_json(self) -> dict[str, Any]:
        numbers: Mapping[str, float] = {"value": self.value, "low": self.low, "high": self.high}
        return {**{name: finite(number) for name, number in numbers.items()}, "method": self.method}


def finite(number: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return number if math.isfinite(number) else None


def percentiles(draws: Floats, confidence: float) -> tuple[float, float]:
    """The central interval of the draws [b]."""
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    return float(low), float(high)
