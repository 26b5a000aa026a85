"""How good probabilities are. Labels are class positions [n], probabilities [n, k]; with two classes position 1 is the
positive one, with more the one-versus-rest values of the classes present are averaged without weights (macro).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from regrow.errors import NotFound
from regrow.spec.metrics import LOWER_IS_BETTER

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Flags = NDArray[np.bool_]
EPSILON = float(np.finfo(np.float64).eps)


def roc_auc(y: Labels, p: Probabilities) -> float:
    """Area under the ROC curve as the Mann-Whitney statistic (Hanley and McNeil 1982); NaN with one class only."""
    return _one_versus_rest(binary_roc_auc, y, p)


def binary_roc_auc(positive: Flags, score: Probabilities) -> float:
    """Of [n] flags and [n] scores; ties count half."""
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(mean_ranks[inverse][positive].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def average_precision(y: Labels, p: Probabilities) -> float:
    """Sum of precision times the step in recall over falling thresholds (Zhu 2004); NaN without positives."""
    return _one_versus_rest(_binary_average_precision, y, p)


def _binary_average_precision(positive: Flags, score: Probabilities) -> float:
    if not positive.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    # One point for each different score: equal scores cannot be told apart by a threshold.
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    steps = np.diff(hits[last], prepend=0) / hits[-1]
    return float(np.sum(steps * hits[last] / (last + 1)))


def log_loss(y: Labels, p: Probabilities) -> float:
    """Mean negative log likelihood of the true class (Good 1952), probabilities kept a machine epsilon away from 0."""
    sure = np.clip(p[np.arange(len(y)), y], EPSILON, 1.0)
    return float(-np.mean(np.log(sure)))


def brier(y: Labels, p: Probabilities) -> float:
    """Mean squared error of the probabilities (Brier 1950): of the positive class with two, summed over more."""
    if p.shape[1] == 2:
        return float(np.mean((p[:, 1] - y) ** 2))
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))


def accuracy(y: Labels, p: Probabilities) -> float:
    return float(np.mean(p.argmax(axis=1) == y))


def precision(y: Labels, p: Probabilities) -> float:
    """Of the rows called a class, the share that is; 0 where none is called it."""
    return _of_counts(y, p, lambda hits, called, _true: hits / called if called else 0.0)


def recall(y: Labels, p: Probabilities) -> float:
    """Of the rows of a class, the share called it; 0 where there is none."""
    return _of_counts(y, p, lambda hits, _called, true: hits / true if true else 0.0)


def f1(y: Labels, p: Probabilities) -> float:
    """Harmonic mean of precision and recall (van Rijsbergen 1979); 0 where both are."""
    return _of_counts(y, p, lambda hits, called, true: 2 * hits / (called + true) if called + true else 0.0)


def _one_versus_rest(binary: Callable[[Flags, Probabilities], float], y: Labels, p: Probabilities) -> float:
    if p.shape[1] == 2:
        return binary(y == 1, p[:, 1])
    values = [binary(y == position, p[:, position]) for position in np.unique(y)]
    return float(np.mean(values)) if values else float("nan")


def _of_counts(y: Labels, p: Probabilities, share: Callable[[int, int, int], float]) -> float:
    called = p.argmax(axis=1)
    positions = [1] if p.shape[1] == 2 else range(p.shape[1])
    counts = [(int(((called == c) & (y == c)).sum()), int((called == c).sum()), int((y == c).sum())) for c in positions]
    return float(np.mean([share(*count) for count in counts]))


METRICS: dict[str, Callable[[Labels, Probabilities], float]] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
    "accuracy": accuracy,
    "precision": precision,
    "recall": recall,
    "f1": f1,
}


def scores(y: Labels, p: Probabilities) -> dict[str, float]:
    """Every metric by its name."""
    return {name: metric(y, p) for name, metric in METRICS.items()}


def higher_is_better(metric: str) -> bool:
    """Raises NotFound for a metric that does not exist."""
    if metric not in METRICS:
        raise NotFound("metric", metric, METRICS)
    return metric not in LOWER_IS_BETTER
