from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from regrow.evaluation.intervals import METRICS
from regrow.evaluation.weighted import Weighted
from regrow.training.scores import scores


def drawn(n: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.concatenate((np.arange(k), rng.integers(0, k, n - k))).astype(np.int64)
    raw = rng.random((n, k)) + 0.7 * np.eye(k)[y]
    p = np.round(raw / raw.sum(axis=1, keepdims=True), 2)
    return y, p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("seed", range(5))
def test_with_unit_weights_all_metrics_are_those_that_trials_are_told(k: int, seed: int) -> None:
    y, p = drawn(300, k, seed)
    measured = dict(zip(METRICS, Weighted(y, p).measure(np.ones(len(y))), strict=True))
    expected = scores(y, p)
    assert measured == pytest.approx({name: expected[name] for name in METRICS}, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_under_weights_two_classes_agree_with_scikit_learn(seed: int) -> None:
    y, p = drawn(300, 2, seed)
    w = np.random.default_rng(seed).integers(0, 4, len(y)).astype(float)
    measured = dict(zip(METRICS, Weighted(y, p).measure(w), strict=True))
    said = p.argmax(axis=1)
    assert measured == pytest.approx(
        {
            "roc_auc": reference.roc_auc_score(y, p[:, 1], sample_weight=w),
            "average_precision": reference.average_precision_score(y, p[:, 1], sample_weight=w),
            "log_loss": reference.log_loss(y, p, sample_weight=w),
            "brier": reference.brier_score_loss(y, p[:, 1], sample_weight=w),
            "accuracy": reference.accuracy_score(y, said, sample_weight=w),
            "precision": reference.precision_score(y, said, sample_weight=w),
            "recall": reference.recall_score(y, said, sample_weight=w),
            "f1": reference.f1_score(y, said, sample_weight=w),
        }
    )


def test_counting_a_row_twice_is_having_it_twice() -> None:
    y, p = drawn(200, 3, 1)
    w = np.random.default_rng(1).integers(0, 3, len(y))
    doubled = np.repeat(np.arange(len(y)), w)
    assert Weighted(y, p).measure(w.astype(float)) == pytest.approx(
        Weighted(y[doubled], p[doubled]).measure(np.ones(len(doubled)))
    )


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_probability_that_is_not_finite_makes_every_metric_nan(broken: float) -> None:
    y, p = drawn(50, 2, 0)
    p[7, 1] = broken
    assert np.isnan(Weighted(y, p).measure(np.ones(50))).all()


def test_no_rows_make_every_metric_nan() -> None:
    assert np.isnan(Weighted(np.empty(0, dtype=np.int64), np.empty((0, 2))).measure(np.ones(0))).all()


def test_one_class_alone_has_no_ranking() -> None:
    y, p = np.zeros(20, dtype=np.int64), np.full((20, 2), 0.5)
    measured = dict(zip(METRICS, Weighted(y, p).measure(np.ones(20)), strict=True))
    assert np.isnan(measured["roc_auc"])
    assert np.isnan(measured["average_precision"])
    assert measured["accuracy"] == 1.0


def test_a_class_that_is_never_said_has_no_precision() -> None:
    y = np.array([0, 1, 1, 0], dtype=np.int64)
    p = np.tile([0.9, 0.1], (4, 1))
    measured = dict(zip(METRICS, Weighted(y, p).measure(np.ones(4)), strict=True))
    assert (measured["precision"], measured["recall"], measured["f1"]) == (0.0, 0.0, 0.0)
