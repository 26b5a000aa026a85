from __future__ import annotations

import math

import numpy as np
import pytest

from regrow.evaluation.calibration import calibrate, wilson
from regrow.evaluation.confusion import confusion


def test_a_model_that_says_what_happens_has_a_small_error() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    y = (rng.random(20_000) < p).astype(np.int64)
    honest = calibrate(y, np.column_stack((1 - p, p)))
    boasting = calibrate(y, np.column_stack((1 - p**3, p**3)))
    assert honest.expected_error < 0.015
    assert boasting.expected_error > 0.2


def test_bins_rise_and_hold_every_row_once() -> None:
    rng = np.random.default_rng(1)
    p = rng.random(1003)
    found = calibrate((p > 0.5).astype(np.int64), np.column_stack((1 - p, p)))
    assert sum(bin.rows for bin in found.bins) == 1003
    predicted = [bin.predicted for bin in found.bins]
    assert predicted == sorted(predicted)
    assert all(bin.low - 1e-12 <= bin.observed <= bin.high + 1e-12 for bin in found.bins)


def test_more_classes_are_judged_by_the_one_that_was_said() -> None:
    p = np.array([[0.8, 0.1, 0.1]] * 10)
    y = np.array([0] * 8 + [1, 2], dtype=np.int64)
    found = calibrate(y, p, bins=1)
    assert found.subject == "the predicted class"
    assert found.bins[0].observed == 0.8
    assert found.expected_error == pytest.approx(0.0)


def test_without_rows_there_is_nothing_to_say() -> None:
    found = calibrate(np.empty(0, dtype=np.int64), np.empty((0, 2)))
    assert found.bins == ()
    assert math.isnan(found.expected_error)


def test_wilsons_interval_is_that_of_its_paper() -> None:
    # 10 of 100 at 95 %: 0.0552 to 0.1744 (Newcombe, Statistics in Medicine 17, 1998, gives the method's worked cases).
    assert wilson(0.1, 100, 0.95) == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_the_confusion_matrix_has_actual_rows_and_said_columns() -> None:
    y = np.array([0, 0, 0, 1, 1], dtype=np.int64)
    p = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4]])
    assert confusion(y, p, ("no", "yes")).counts == ((2, 1), (1, 1))
