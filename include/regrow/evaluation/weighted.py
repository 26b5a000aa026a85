"""All metrics of one set of predictions under row weights, fast enough to be asked hundreds of times.

A bootstrap resample is a vector of row counts, so sorting and ranking happen once and every resample costs a few passes
over the rows. With unit weights the metrics are the plain ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regrow.evaluation.intervals import METRICS, Floats, Labels

_RANKED = frozenset({"roc_auc", "average_precision"})
_TINY = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Ranking:
    """One class against the rest, rows in order of falling score; equal scores form one group."""

    order: Labels
    starts: Labels
    positive: Floats
    """[n], in that order."""

    @staticmethod
    def of(positive: Floats, score: Floats) -> Ranking:
        order = np.argsort(-score, kind="stable")
        ordered = score[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        return Ranking(order, starts, positive[order])

    def measure(self, weights: Floats) -> dict[str, float]:
        ordered = weights[self.order]
        positives = ordered * self.positive
        negatives = ordered - positives
        if len(self.starts) < len(self.order):
            positives = np.add.reduceat(positives, self.starts)
            negatives = np.add.reduceat(negatives, self.starts)
        hits, misses = np.cumsum(positives), np.cumsum(negatives)
        return {
            "roc_auc": _roc_auc(positives, negatives, hits, misses),
            "average_precision": _average_precision(positives, hits, misses),
        }


def _roc_auc(positives: Floats, negatives: Floats, hits: Floats, misses: Floats) -> float:
    """The chance that a positive scores above a negative, ties counted half. NaN without both classes."""
    pairs = hits[-1] * misses[-1]
    return float(_dot(positives, misses[-1] - misses + negatives / 2.0) / pairs) if pairs > 0 else float("nan")


def _average_precision(positives: Floats, hits: Floats, misses: Floats) -> float:
    """Precision at each score, weighted by the recall gained there (no interpolation). NaN without positives."""
    taken = hits + misses
    precision = hits / np.where(taken > 0, taken, 1.0)
    return float(_dot(positives, precision) / hits[-1]) if hits[-1] > 0 else float("nan")


def _dot(a: Floats, b: Floats) -> float:
    """Without BLAS, whose last digits depend on its number of threads."""
    return float(np.sum(a * b))


class Weighted:
    """Predictions p [n, k] of labels y [n], ready to be measured under weights [n].

    Two classes: the metrics of class 1. More: precision, recall, f1, roc_auc and average_precision are the plain mean
    over the classes, each against the rest; brier is the squared distance to the one-hot label.
    """

    def __init__(self, y: Labels, p: Floats, names: Sequence[str] = METRICS) -> None:
        self.names = tuple(names)
        self.classes = p.shape[1]
        self.sound = bool(len(y)) and bool(np.isfinite(p).all())
        if not self.sound:
            return
        hot = np.eye(self.classes)[y]
        self._log_loss = -np.log(np.clip(p[np.arange(len(y)), y], _TINY, 1.0))
        self._brier = np.square(p[:, 1] - hot[:, 1]) if self.classes == 2 else np.square(p - hot).sum(axis=1)
        self._cells = y * self.classes + np.argmax(p, axis=1)
        self._rankings = self._ranked(y, p, hot)

    def _ranked(self, y: Labels, p: Floats, hot: Floats) -> tuple[Ranking, ...]:
        if not _RANKED & set(self.names):
            return ()
        wanted = [1] if self.classes == 2 else range(self.classes)
        return tuple(Ranking.of(hot[:, c], p[:, c]) for c in wanted)

    def measure(self, weights: Floats) -> Floats:
        """The metrics in the order of `names`; all NaN where there are no rows or a prediction is not finite."""
        if not self.sound:
            return np.full(len(self.names), np.nan)
        found = self._from_confusion(weights)
        found["log_loss"] = float(_dot(weights, self._log_loss) / weights.sum())
        found["brier"] = float(_dot(weights, self._brier) / weights.sum())
        if self._rankings:
            ranked = [ranking.measure(weights) for ranking in self._rankings]
            found |= {name: float(np.mean([each[name] for each in ranked])) for name in _RANKED}
        return np.array([found[name] for name in self.names])

    def _from_confusion(self, weights: Floats) -> dict[str, float]:
        cells = np.bincount(self._cells, weights=weights, minlength=self.classes**2).astype(np.float64)
        matrix: Floats = cells.reshape(self.classes, self.classes)
        hits, actual, said = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
        f1 = _share(2.0 * hits, actual + said)
        shares = {"precision": _share(hits, said), "recall": _share(hits, actual), "f1": f1}
        first = 1 if self.classes == 2 else 0
        found = {name: float(share[first:].mean()) for name, share in shares.items()}
        return {**found, "accuracy": float(hits.sum() / cells.sum())}


def _share(part: Floats, whole: Floats) -> Floats:
    """0 where there is nothing to share."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
