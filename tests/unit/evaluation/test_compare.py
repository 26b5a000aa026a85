from __future__ import annotations

import numpy as np
import pytest

from regrow.evaluation.compare import difference
from regrow.evaluation.intervals import METRICS


def drawn(n: int, k: int, signal: float, seed: int, y: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    if y is None:
        y = np.concatenate((np.arange(k), rng.integers(0, k, n - k))).astype(np.int64)
    raw = rng.random((n, k)) + signal * np.eye(k)[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("k", [2, 3])
def test_a_clearly_better_model_has_its_whole_interval_on_the_good_side(metric: str, k: int) -> None:
    y, worse = drawn(800, k, 0.1, 0)
    _, better = drawn(800, k, 0.9, 1, y)
    found = difference(metric, y, better, worse)
    assert found.high < 0 if metric in ("log_loss", "brier") else found.low > 0
    assert found.low < found.value < found.high


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_against_itself_does_not_differ(metric: str) -> None:
    y, p = drawn(300, 2, 0.3, 0)
    found = difference(metric, y, p, p)
    assert (found.value, found.low, found.high) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_that_answers_nan_has_no_difference(metric: str) -> None:
    y, p = drawn(300, 2, 0.3, 0)
    broken = p.copy()
    broken[5] = np.nan
    assert not difference(metric, y, broken, p).whole
    assert not difference(metric, y, p, broken).whole


def test_noise_alone_is_rarely_called_an_improvement() -> None:
    wins = 0
    for seed in range(60):
        y, p = drawn(300, 2, 0.4, seed)
        _, q = drawn(300, 2, 0.4, 1000 + seed, y)
        wins += difference("brier", y, p, q, seed=seed).high < 0
    assert wins <= 6
