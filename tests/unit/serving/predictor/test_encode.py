"""Named values become the matrix, or a sentence that names column, row and value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regrow.serving.predictor.encode import Encoder
from regrow.serving.predictor.problem import Problem
from support.serving_models import TABLE

ENCODER = Encoder(TABLE)


def columns(**changed: Any) -> dict[str, Any]:
    return {"distance": [1.5, 2], "carrier": ["UA", "AA"], "hour": [3, None]} | changed


def test_columns_become_a_matrix_in_the_tables_order_whatever_theirs() -> None:
    encoded = ENCODER.encode(dict(reversed(columns().items())))
    np.testing.assert_array_equal(encoded.matrix, [[1.5, 2, 3], [2, 0, np.nan]])
    assert encoded.matrix.flags.c_contiguous
    assert encoded.unknown == 0


def test_a_category_that_training_never_saw_is_missing_and_counted_and_null_is_only_missing() -> None:
    encoded = ENCODER.encode(columns(carrier=["ZZ", None]))
    assert np.isnan(encoded.matrix[:, 1]).all()
    assert encoded.unknown == 1


@pytest.mark.parametrize(
    ("changed", "code", "told"),
    [
        pytest.param({"distanse": [1, 2]}, "unknown_column", "'distanse'; did you mean 'distance'", id="unknown"),
        pytest.param({"zzz": [1, 2]}, "unknown_column", "distance, carrier, hour", id="unknown without a guess"),
        pytest.param({"hour": ["three", 4]}, "wrong_type", "'hour', row 0: 'three' is not a number", id="text"),
        pytest.param({"hour": [3, True]}, "wrong_type", "'hour', row 1: True is not a number", id="boolean"),
        pytest.param({"hour": [3, [4]]}, "wrong_type", r"'hour', row 1: \[4\] is not a number", id="list"),
        pytest.param({"carrier": ["AA", 4]}, "wrong_type", "'carrier', row 1: 4 is not text", id="number as category"),
        pytest.param({"hour": [3, "x" * 200]}, "wrong_type", r"row 1: 'x+\.\.\. is not a number", id="long text"),
        pytest.param({"distance": [1, -1e39]}, "not_finite", "'distance', row 1", id="too large in 32 bits"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed: dict[str, Any], code: str, told: str) -> None:
    with pytest.raises(Problem, match=told) as caught:
        ENCODER.encode(columns(**changed))
    assert (caught.value.status, caught.value.code) == (422, code)


def test_a_missing_column_is_refused_though_its_values_may_be_null() -> None:
    with pytest.raises(Problem, match="the features carrier, hour are not there"):
        ENCODER.encode({"distance": [1]})


def test_codes_of_categories_are_checked_in_a_plain_matrix() -> None:
    encoded = ENCODER.encode_codes([1, 2, 3, 4, 7, 5, 6, None, 7, 8, 0.5, 9])
    np.testing.assert_array_equal(encoded.matrix[:, 1], [2, np.nan, np.nan, np.nan])
    assert encoded.unknown == 2
    assert list(encoded.columns) == ["distance", "carrier", "hour"]
