from __future__ import annotations

import time

import numpy as np
import pytest

from regrow.evaluation.bootstrap import resamples
from regrow.evaluation.intervals import METRICS
from regrow.evaluation.metrics import drawn as draws_of
from regrow.evaluation.metrics import measure
from regrow.evaluation.weighted import Weighted


def drawn(n: int, k: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.concatenate((np.arange(k), rng.integers(0, k, n - k))).astype(np.int64)
    raw = rng.random((n, k)) + 0.4 * np.eye(k)[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("k", [2, 3])
def test_every_metric_lies_in_its_interval(k: int) -> None:
    y, p = drawn(500, k)
    found = measure(y, p)
    assert tuple(found) == METRICS
    for interval in found.values():
        assert interval.low < interval.value < interval.high


def test_two_classes_have_delongs_interval_and_more_the_bootstraps() -> None:
    assert measure(*drawn(100, 2))["roc_auc"].method == "delong"
    assert measure(*drawn(100, 3))["roc_auc"].method == "bootstrap"


def test_the_same_seed_gives_the_same_intervals_and_another_does_not() -> None:
    y, p = drawn(300)
    assert measure(y, p, seed=1) == measure(y, p, seed=1)
    assert measure(y, p, seed=1)["brier"] != measure(y, p, seed=2)["brier"]


def test_more_confidence_is_a_wider_interval() -> None:
    y, p = drawn(300)
    wide, narrow = measure(y, p, confidence=0.99), measure(y, p, confidence=0.8)
    assert all(wide[m].low < narrow[m].low and wide[m].high > narrow[m].high for m in METRICS)


def test_four_times_the_rows_halve_the_interval() -> None:
    few, many = measure(*drawn(1000)), measure(*drawn(4000))
    for metric in METRICS:
        ratio = (many[metric].high - many[metric].low) / (few[metric].high - few[metric].low)
        assert 0.35 < ratio < 0.7


def test_the_bootstrap_and_delong_agree_on_the_area_under_the_curve() -> None:
    y, p = drawn(1000)
    delong = measure(y, p)["roc_auc"]
    draws = draws_of(Weighted(y, p, ("roc_auc",)), y, 400, 0)[:, 0]
    assert np.quantile(draws, [0.025, 0.975]) == pytest.approx([delong.low, delong.high], abs=0.008)


def test_a_resample_keeps_the_number_of_rows_of_each_class() -> None:
    y, _ = drawn(90, 3)
    for weights in resamples(y, 20, 0):
        assert np.array_equal(np.bincount(y, weights=weights), np.bincount(y))


def test_nan_probabilities_have_no_metrics() -> None:
    y, p = drawn(50)
    p[0, 0] = np.nan
    assert not any(interval.whole for interval in measure(y, p).values())


def test_json_has_null_for_what_could_not_be_measured() -> None:
    y = np.zeros(30, dtype=np.int64)
    written = measure(y, np.full((30, 2), 0.5))["roc_auc"].as_json()
    assert written == {"value": None, "low": None, "high": None, "method": "delong"}


def test_sixty_thousand_rows_take_less_than_three_seconds() -> None:
    y, p = drawn(60_000)
    started = time.process_time()
    measure(y, p)
    assert time.process_time() - started < 3.0
