from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from regrow.evaluation.delong import auc_difference, auc_interval


def drawn(n: int, seed: int, signal: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    return y, np.round(signal * y + rng.normal(size=n), 1)


def variance_by_definition(y: np.ndarray, score: np.ndarray) -> float:
    """DeLong, DeLong and Clarke-Pearson's structural components, pair by pair."""
    positive, negative = score[y == 1], score[y == 0]
    psi = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    return float(v10.var(ddof=1) / len(positive) + v01.var(ddof=1) / len(negative))


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_that_of_the_definition(seed: int) -> None:
    y, score = drawn(200, seed)
    found = auc_interval(y, score, 0.95)
    half = 1.959963984540054 * variance_by_definition(y, score) ** 0.5
    assert found.value == pytest.approx(roc_auc_score(y, score))
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    truth = 0.7602499389065233  # of two normals one standard deviation apart: ndtr(1 / sqrt(2))
    rng, hits = np.random.default_rng(0), 0
    for _ in range(400):
        y = (rng.random(200) < 0.4).astype(np.int64)
        found = auc_interval(y, y + rng.normal(size=200), 0.9)
        hits += found.low <= truth <= found.high
    assert 0.86 < hits / 400 < 0.94


def test_a_model_against_itself_differs_by_exactly_nothing() -> None:
    y, score = drawn(200, 1)
    found = auc_difference(y, score, score, 0.95)
    assert (found.value, found.low, found.high) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)


def test_the_paired_interval_is_narrower_than_two_apart() -> None:
    y, score = drawn(500, 2)
    other = score + np.random.default_rng(3).normal(size=500) * 0.1
    paired = auc_difference(y, score, other, 0.95)
    alone = auc_interval(y, score, 0.95)
    assert paired.high - paired.low < 0.3 * (alone.high - alone.low)


def test_swapping_the_two_swaps_the_sign() -> None:
    y, score = drawn(300, 4)
    other = score + np.random.default_rng(5).normal(size=300)
    there, back = auc_difference(y, score, other, 0.95), auc_difference(y, other, score, 0.95)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


@pytest.mark.parametrize("positives", [0, 1])
def test_without_two_rows_of_each_class_there_is_no_interval(positives: int) -> None:
    y = np.zeros(30, dtype=np.int64)
    y[:positives] = 1
    assert not auc_interval(y, np.arange(30.0), 0.95).whole


def test_a_score_of_nan_gives_no_interval() -> None:
    y, score = drawn(50, 0)
    score[3] = np.nan
    assert not auc_interval(y, score, 0.95).whole


def test_a_perfect_ranking_stays_within_one() -> None:
    y, _ = drawn(100, 0)
    found = auc_interval(y, y.astype(float), 0.95)
    assert (found.value, found.high) == (1.0, 1.0)
